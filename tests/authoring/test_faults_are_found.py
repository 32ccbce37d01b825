"""A good lesson has no finding; with one fault in it, that fault is found at its place."""

import base64
import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import classroom
import nbformat
import pytest

from course.authoring import rules
from course.authoring.draft import Draft
from course.authoring.finding import Finding
from course.authoring.trials import of, wrong_answers
from course.demo.sample import sample_folder
from course.term import Course
from course.term.inspection import check, read, run, uncovered

pytestmark = pytest.mark.thorough

Spoil = Callable[[Path], None]
HINT = "hint: you did it a moment ago"
OBJECTIVES = 'objectives = ["first-steps"]'


def notebook(root: Path) -> Path:
    return root / "notebooks/welcome/welcome.ipynb"


def cell(name: str, old: str, new: str) -> Spoil:
    """Return a fault: other words in one cell's source."""

    def spoil(root: Path) -> None:
        node = nbformat.read(notebook(root), as_version=4)
        (one,) = [each for each in node.cells if each.id == name]
        assert old in one.source
        one.source = one.source.replace(old, new)
        nbformat.write(node, notebook(root))

    return spoil


def nbgrader(name: str, **changes: object) -> dict[str, object]:
    """Return the metadata of a locked graded cell, as nbgrader's panel writes it, with changes."""
    about = {
        "grade": True, "grade_id": name, "locked": True, "points": 1, "schema_version": 3,
        "solution": False, "task": False,
    }  # fmt: skip
    return {"nbgrader": about | changes}


def added(
    source: str, kind: str = "code", place: int = 3, name: str = "new", **more: object
) -> Spoil:
    """Return a fault: one more cell."""

    def spoil(root: Path) -> None:
        node = nbformat.read(notebook(root), as_version=4)
        make = nbformat.v4.new_code_cell if kind == "code" else nbformat.v4.new_markdown_cell
        node.cells.insert(place, make(source, id=name, **more))
        nbformat.write(node, notebook(root))

    return spoil


def text(file: str, old: str, new: str) -> Spoil:
    """Return a fault: other words in a file."""

    def spoil(root: Path) -> None:
        whole = (root / file).read_text(encoding="utf-8")
        assert old in whole
        (root / file).write_text(whole.replace(old, new, 1), encoding="utf-8")

    return spoil


def several(*spoils: Spoil) -> Spoil:
    def spoil(root: Path) -> None:
        for each in spoils:
            each(root)

    return spoil


def file(name: str, content: str = "x") -> Spoil:
    def spoil(root: Path) -> None:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")

    return spoil


LONG = "This sentence " + "goes on and on " * 14 + "."
TESTS, TOML = "autograders/welcome.py", "course.toml"
SECOND = '\n[[lessons]]\nfolder = "{}"\nobjectives = ["first-steps"]\n'

# what is done to the lesson, the rule that finds it, and where
READ: dict[str, tuple[Spoil, str, str]] = {
    "two names": (cell("how-to-run", "%%quiz how-to-run", "%%quiz double"), "name-twice", "double"),
    "no options": (cell("how-to-run", "- [", "- "), "quiz", "how-to-run 1"),
    "no right option": (cell("how-to-run", "[x]", "[ ]"), "quiz", "how-to-run 1"),
    "an option twice": (cell("how-to-run", "Escape", "Shift+Enter"), "quiz", "how-to-run 4"),
    "no prompt": (cell("how-to-run", "How do you run a cell and go on to the next?\n", ""), "quiz", "how-to-run 1"),
    "unknown kind": (cell("how-to-run", "points=1", "points=1 kind=singel"), "quiz", "how-to-run 1"),
    "unknown mode": (cell("how-to-run", "points=1", "points=1 mode=gradded"), "quiz", "how-to-run 1"),
    "unknown setting": (cell("how-to-run", "points=1", "points=1 tolerence=1"), "quiz", "how-to-run 1"),
    "no quiz name": (cell("how-to-run", "%%quiz how-to-run", "%%quiz"), "quiz", "how-to-run 1"),
    "points differ": (text(TOML, "points = 6", "points = 7"), "points", "course.toml"),
    "no points": (cell("double-answer", " points=3", ""), "mark", "double-answer 1"),
    "graded for nothing": (
        added("Why?", "markdown", metadata=nbgrader("why", points=0, solution=True, locked=False)), "points", "new"),
    "rubric short of the points": (
        added("#| answer: why points=2\n#| rubric: +1 a reason\n#| rubric: -1 none\nBecause.", "markdown"),
        "rubric", "new"),
    "test in the notebook": (added("assert True", metadata=nbgrader("inside")), "test-inside", "new"),
    "unknown mark": (cell("double-answer", "exercise:", "exercize:"), "mark", "double-answer 1"),
    "wrong answer to nothing": (added("#| wrong: nothing\nx = 1"), "wrong-answer", "new"),
    "wrong answer no python": (added("#| wrong: broken\ndef double(", place=7), "wrong-answer", "new 2"),
    "test of nothing": (text(TESTS, 'points(1, question="double")', 'points(1, question="duoble")'), "test-of-nothing", f"{TESTS} 7"),
    "exercise without test": (
        text(TESTS, 'question="double")\ndef test_small', 'question="how-to-run")\ndef test_small'), "test-points", "double-answer"),
    "test points differ": (text(TESTS, "points(2", "points(5"), "test-points", "double-answer"),
    "tests no python": (text(TESTS, "def test_small_number(double):", "def test_small_number(double)"), "tests", f"{TESTS} 8"),
    "solution not closed": (cell("double-answer", "    ### END SOLUTION", ""), "mark", "double-answer 4"),
    "solution in the open": (added("### BEGIN SOLUTION\nx = 1\n### END SOLUTION"), "solution", "new"),
    "answer without solution": (cell("double-answer", "### BEGIN SOLUTION", "#"), "mark", "double-answer 6"),
    "no solution marks": (
        several(cell("double-answer", "    ### BEGIN SOLUTION\n", ""), cell("double-answer", "    ### END SOLUTION", "")),
        "mark", "double-answer 1"),
    "unlocked test": (added('course.check("double")', metadata=nbgrader("again", locked=False)), "unlocked", "new"),
    "check of nothing": (added('course.check("dubble")'), "call", "new"),
    "quiz of nothing": (added('course.quiz("how-to")'), "call", "new"),
    "not declared": (text(TOML, 'folder = "welcome" ', 'folder = "hello" '), "undeclared", "course.toml"),
    "no objective": (text(TOML, OBJECTIVES, "objectives = []"), "objective", "course.toml"),
    "objective without lesson": (
        text(TOML, "[[lessons]]", '[[objectives]]\nid = "more"\ntext = "More"\n\n[[lessons]]'), "objective", "course.toml"),
    "requires itself": (text(TOML, OBJECTIVES, OBJECTIVES + '\nrequires = ["welcome"]'), "circle", "course.toml"),
    "requires a later one": (
        several(text(TOML, OBJECTIVES, OBJECTIVES + '\nrequires = ["later"]'), text(TOML, "[policies]", SECOND.format("later") + "\n[policies]")),
        "order", "course.toml"),
    "heading left out": (cell("run", "## Run", "#### Run"), "headings", "run 1"),
    "no title": (cell("title", "# Welcome", "Welcome"), "headings", "run 1"),
    "heading in an answer": (cell("wish", "#| answer: wish points=2", "#| answer: wish points=2\n\n## Next\n"), "hidden-heading", "wish 3"),
    "second title": (cell("wish-task", "## In", "# In"), "headings", "wish-task 1"),
    "picture without words": (several(file("notebooks/welcome/a.png"), cell("run", "Click", "![](a.png) Click")), "alt-text", "run 3"),
    "img without words": (cell("run", "Click", "<img src='https://x.org/a.png'> Click"), "alt-text", "run 3"),
    "picture named by its file": (
        several(file("notebooks/welcome/a.png"), cell("run", "Click", "![a.png](a.png) Click")), "alt-text", "run 3"),
    "video without captions": (several(file("notebooks/welcome/v.webm"), added('course.video("v.webm")')), "captions", "new"),
    "no video": (added('course.video("v.webm")'), "file-missing", "new"),
    "dead link": (cell("run", "Click", "[The plan](plan.md). Click"), "link", "run 3"),
    "link says nothing": (cell("run", "Click", "[here](https://example.org). Click"), "link-text", "run 3"),
    "column without heading": (added("| a |  |\n|---|---|\n| 1 | 2 |", "markdown"), "table", "new 1"),
    "html table without heading": (added("<table><tr><td>1</td></tr></table>", "markdown"), "table", "new"),
    "colour alone": (cell("run", "Click", "Look at the red one. Click"), "colour", "run 3"),
    "long sentence": (cell("run", "Click", LONG + " Click"), "sentence", "run 3"),
    "time": (added("word " * 9000, "markdown"), "minutes", "course.toml"),
    "no python": (cell("run-try", "21 + 21", "21 +"), "syntax", "run-try 1"),
    "machine path": (added("x = 1\np = '/home/ana/data.csv'"), "machine-path", "new 2"),
    "windows path": (added(r"p = 'C:\\Users\\ana'"), "machine-path", "new 1"),
    "no such file": (added("import pandas as pd\nt = pd.read_csv('data/none.csv')"), "file-missing", "new 2"),
    "network": (added("import requests"), "network", "new 1"),
    "url": (added("u = 'https://example.org/data.csv'"), "network", "new 1"),
    "unpinned": (added("%pip install pandas"), "unpinned", "new 1"),
    "outputs": (added("1", outputs=[nbformat.v4.new_output("stream", text="1")]), "outputs", "new"),
    "unfinished": (cell("run", "Click", "TODO: picture. Click"), "unfinished", "run 3"),
}  # fmt: skip


def place_of(finding: Finding) -> str:
    line = f" {finding.line}" if finding.line else ""
    return f"{finding.cell or finding.file}{line}"


@pytest.fixture
def good(tmp_path: Path) -> Path:
    classroom.course("new our --title Small", tmp_path)
    return tmp_path / "our"


def released(draft: Draft) -> Draft:
    """Return a lesson with its source in the place of its release, to count what would be tried."""
    files = {
        f"{name}.ipynb": nbformat.writes(node).encode()
        for name, (_, node) in draft.notebooks.items()
    }
    return replace(draft, release=files)


def found(root: Path) -> list[Finding]:
    return list(rules.look(read(Course.open(root), "welcome")))


def test_a_good_lesson_has_no_finding(good: Path) -> None:
    assert check(Course.open(good), "welcome") == []


@pytest.mark.parametrize("fault", READ)
def test_a_fault_is_found_at_its_place(good: Path, fault: str) -> None:
    spoil, rule, place = READ[fault]
    assert found(good) == []
    spoil(good)
    findings = found(good)
    assert (rule, place) in [(each.rule, place_of(each)) for each in findings], findings
    assert all(each.text and each.file for each in findings)


# what only shows when the lesson is built and run
RUN: dict[str, tuple[Spoil, str, str]] = {
    "the solution fails": (cell("double-answer", "2 * number", "3 * number"), "solution-fails", "double-answer"),
    "a cell fails": (cell("run-try", "21 + 21", "21 + x"), "cell-fails", "run-try 1"),
    "the solution is slow": (
        several(cell("double-answer", "return 2", "import time; time.sleep(1.5); return 2"),
                text(TOML, "cell_seconds = 30", "cell_seconds = 2")), "slow", "double-answer"),
    "points for nothing": (
        text(TESTS, "assert double(2) == 4", "assert callable(double)"), "free-points", "double-answer"),
    "weak tests": (
        several(text(TESTS, "    assert double(3) == 6\n    assert double(-1.5) == -3\n", "    assert double(2) == 4\n")),
        "wrong-passes", "double-answer 5"),
    "an own wrong answer passes": (
        added("#| wrong: adds-two\ndef double(number):\n    return number + 2 if number == 2 else 2 * number", place=7),
        "wrong-passes", "new"),
    "a misconception does not fire": (
        added('#| wrong: adds-two says="You added two."\ndef double(number):\n    return number + 2', place=7),
        "misconception", "new"),
    "another seed": (added("import random\nrandom.random()"), "seed", "new"),
    "a mark of a solution is left": (file("notebooks/welcome/notes.txt", "### BEGIN SOLUTION"), "mark-leaks", "release/welcome/notes.txt"),
    "a solution in a file": (file("notebooks/welcome/help.txt", "return 2 * number"), "solution-leaks", "double-answer 5"),
    "a rubric in a file": (
        several(cell("wish", "points=2", "points=2\n#| rubric: +2 says what to try next"),
                file("notebooks/welcome/help.txt", "says what to try next")), "rubric-leaks", "wish"),
    "a key in a file": (
        file("notebooks/welcome/help.txt", "right: it runs the cell and moves on"), "key-leaks", "how-to-run 3"),
    "a solution in the metadata": (
        added("1", metadata={"note": "return 2 * number"}), "solution-leaks", "double-answer 5"),
    "a solution attached": (
        added("Look: ![a note](attachment:a.txt)", "markdown",
              attachments={"a.txt": {"text/plain": base64.b64encode(b"return 2 * number").decode()}}),
        "solution-leaks", "double-answer 5"),
    "a solution in a checkpoint": (
        file("notebooks/welcome/old.bak", "x"), "odd-file", "release/welcome/old.bak"),
    "tests that can't be imported": (text(TESTS, "import misconception", "import misconceptoin"), "tests", f"{TESTS} 3"),
    "a text that can't be read": (file("notebooks/welcome/second.md", "---\njupytext:\n  a\n  b: c\n---\n"), "source",
                                  "notebooks/welcome/second.md 4"),
    "an odd file": (file("notebooks/welcome/solution.py", ""), "odd-file", "release/welcome/solution.py"),
    "a hidden test in a file": (file("notebooks/welcome/help.txt", "assert double(-1.5) == -3"), "test-leaks", f"{TESTS} 16"),
}  # fmt: skip


@pytest.mark.thorough
@pytest.mark.parametrize("fault", RUN)
def test_a_fault_that_shows_in_a_run_is_found_at_its_place(good: Path, fault: str) -> None:
    spoil, rule, place = RUN[fault]
    spoil(good)
    findings = check(Course.open(good), "welcome")
    assert (rule, place) in [(each.rule, place_of(each)) for each in findings], findings


def test_an_author_s_wrong_answers_are_not_released_and_are_told_what_they_should_be(
    good: Path,
) -> None:
    added(
        '#| wrong: squared says="You squared the number."\ndef double(number):\n    return number**2',
        place=7,
    )(good)
    assert check(Course.open(good), "welcome") == []
    classroom.course("release welcome", good)
    assert "number**2" not in (good / "release/welcome/welcome.ipynb").read_text(encoding="utf-8")


def test_what_is_accepted_is_not_told_again(good: Path) -> None:
    cell("run", "Click", "TODO: picture. Click")(good)
    accepted = '\n[[accepted]]\nrule = "unfinished"\nwhere = "run"\nreason = "comes in May"\n'
    text(TOML, "[policies]", accepted + "\n[policies]")(good)
    assert check(Course.open(good), "welcome") == []


def test_the_command_tells_people_and_programs_and_ends_with_one(
    good: Path, tmp_path: Path
) -> None:
    several(cell("run-try", "21 + 21", "21 +"), cell("run", "## Run", "#### Run"))(good)
    said = classroom.course(f"check welcome --sarif {tmp_path / 'r.sarif'}", good, code=1).out
    assert re.search(
        r"error syntax: notebooks/welcome/welcome.ipynb, cell 'run-try', line 1: ", said
    )
    assert "    use ##\n" in said
    assert said.splitlines()[0].startswith("error")
    (run,) = json.loads((tmp_path / "r.sarif").read_text(encoding="utf-8"))["runs"]
    rules_told = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    assert {"syntax", "headings"} <= rules_told == {each["ruleId"] for each in run["results"]}
    listed = json.loads(classroom.course("check welcome --json", good, code=1).out)
    assert {each["rule"] for each in listed} == rules_told


# an author's slip in a mark or in Python, and the line of the file that it stands on
IN_TEXT = {
    "a setting": ("double points=3", "double point=3", {"mark"}),
    "an open bracket": ("return 2 * number", "return (2 * number", {"syntax"}),
    "an end": ("    ### END SOLUTION\n", "", {"mark"}),
    "a quiz": ("- [x] ", "- [ ] ", {"quiz"}),
    "a cell": ("21 + 21", "21 + x", {"cell-fails"}),
}


@pytest.mark.parametrize("slip", IN_TEXT)
def test_one_slip_in_a_text_is_told_once_with_the_line_of_its_file(good: Path, slip: str) -> None:
    classroom.course("convert welcome --to md", good)
    old, new, told = IN_TEXT[slip]
    source = good / "notebooks/welcome/welcome.md"
    lines = source.read_text(encoding="utf-8").splitlines()
    begin = next(n for n, line in enumerate(lines, 1) if line.startswith(("%%quiz", "#| exercise"))
                 and (slip == "quiz") == line.startswith("%%quiz"))  # fmt: skip
    text("notebooks/welcome/welcome.md", old, new)(good)
    findings = check(Course.open(good), "welcome")
    assert {each.rule for each in findings} == told
    (place,) = {each.file for each in findings}
    assert place == "notebooks/welcome/welcome.md"
    exact = next((n for n, line in enumerate(lines, 1) if old.rstrip() in line), begin)
    assert all(abs(each.line - exact) <= 2 for each in findings), findings
    assert f"welcome.md:{findings[0].line}, cell" in str(findings[0])


def test_a_lesson_that_can_t_be_read_keeps_no_other_from_being_looked_at(good: Path) -> None:
    classroom.course("new lesson other --as md", good)
    text("notebooks/other/other.md", "format_name: myst", "format_name myst")(good)
    cell("run", "## Run", "#### Run")(good)
    said = classroom.course("check --json", good, code=1).out
    assert {"source", "headings"} <= {each["rule"] for each in json.loads(said)}


def test_mistakes_of_the_course_file_are_findings_with_their_lines(good: Path) -> None:
    several(text(TOML, "points = 6", "points = -6"), text(TOML, 'late = "none"', 'late = "nine"'))(good)  # fmt: skip
    rows = (good / TOML).read_text(encoding="utf-8").splitlines()
    lines = [next(n for n, row in enumerate(rows, 1) if row.startswith(key)) for key in ("points", "late")]  # fmt: skip
    said = classroom.course("check --json --sarif report.sarif", good, code=1).out
    assert [(each["rule"], each["level"], each["file"], each["line"]) for each in json.loads(said)] == [
        ("course-file", "error", TOML, line) for line in lines
    ]  # fmt: skip
    (run,) = json.loads((good / "report.sarif").read_text(encoding="utf-8"))["runs"]
    places = [each["locations"][0]["physicalLocation"] for each in run["results"]]
    assert [(p["artifactLocation"]["uri"], p["region"]["startLine"]) for p in places] == [(TOML, line) for line in lines]  # fmt: skip
    said = classroom.course("check welcome", good, code=1).out
    assert f"error course-file: course.toml:{lines[0]}: lessons.0.points: expected:" in said
    assert said.splitlines()[-1] == "course.toml: 2 errors, 0 warnings, 0 notes"
    assert "lessons.0.points" in classroom.course("check --objectives", good, code=2).err


def test_an_objective_that_nothing_graded_shows_is_told_for_the_course(good: Path) -> None:
    assert uncovered(Course.open(good)) == []
    again = '[[objectives]]\nid = "plot"\ntext = "Draw a line"\n\n[[lessons]]'
    several(
        text(TOML, "[[lessons]]", again), text(TOML, OBJECTIVES, 'objectives = ["first-steps", "plot"]'),
        cell("how-to-run", "hint:", "objective: first-steps\nhint:"),
        added("%%quiz axes mode=practice\nWhich?\n- [x] this\n- [ ] that\nobjective: plot"),
        added('course.section("all", objective="first-steps")', place=2, name="all"),
    )(good)  # fmt: skip
    (told,) = uncovered(Course.open(good))
    assert (told.rule, told.file) == ("assessed", "course.toml")
    assert "'plot' is reached" in told.text
    shown = classroom.course("check --objectives", good).out.splitlines()
    assert shown[-1].split() == ["plot", "welcome", "welcome", "nowhere"]


def test_every_rule_is_explained() -> None:
    package = Path(check.__code__.co_filename).parents[1]
    sources = [*package.glob("authoring/**/*.py"), package / "term" / "inspection.py"]
    named = {
        name for path in sources
        for name in re.findall(r'(?:draft\.at|Finding|about_file)\(\s*"([a-z-]+)"', path.read_text(encoding="utf-8"))
    }  # fmt: skip
    page = (package.parent / "docs/checks.md").read_text(encoding="utf-8")
    table = page[page.index("## Rules") :]
    assert len(named) > 40
    assert named <= set(re.findall(r"`([a-z-]+)`", table))


def sample_copy(folder: Path) -> Path:
    for name in ("course.toml", "nbgrader_config.py"):
        shutil.copy(sample_folder() / name, folder)
    for name in ("notebooks", "autograders"):
        shutil.copytree(sample_folder() / name, folder / name)
    return folder


@pytest.mark.thorough
def test_the_sample_course_has_no_finding(tmp_path: Path) -> None:
    term = Course.open(sample_copy(tmp_path))
    assert [str(each) for lesson in term.lessons() for each in check(term, lesson)] == []
    assert uncovered(term) == []


@pytest.mark.thorough
def test_a_good_suite_catches_at_least_25_wrong_answers(tmp_path: Path) -> None:
    twin = Course.open(sample_copy(tmp_path))
    twin.release("grouping", unapproved=True)
    draft = released(read(twin, "grouping"))
    trials = [*of(draft), *wrong_answers(draft)]
    results = dict(run(twin, twin.prepare("grouping"), trials, walls=True))
    wrong = [trial for trial in trials if trial.question]
    verdicts = {
        trial.name: next(v for v in results[trial.name].verdicts if v.question == trial.question)
        for trial in wrong
    }
    caught = [
        t for t in wrong if verdicts[t.name].score is not None and not verdicts[t.name].passed
    ]
    assert len(caught) >= 25
    assert len(caught) >= 0.9 * len(wrong)
    assert all(
        verdict.passed for verdict in results["solution"].verdicts if verdict.score is not None
    )


def test_a_good_suite_meets_many_wrong_answers_and_a_weak_one_is_named(good: Path) -> None:
    tried = wrong_answers(released(read(Course.open(sample_folder()), "grouping")))
    assert len(tried) >= 25
    text(
        TESTS, '@misconception("You squared the number.", when=lambda double: double(3) == 9)\n', ""
    )(good)
    text(
        TESTS,
        "    assert double(3) == 6\n    assert double(-1.5) == -3\n",
        "    assert double(2)\n",
    )(good)
    text(TESTS, "assert double(2) == 4", "assert double(2) > 0")(good)
    assert "weak-tests" in {each.rule for each in check(Course.open(good), "welcome")}
