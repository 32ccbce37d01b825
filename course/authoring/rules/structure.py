"""Names, points, marks and dates: what the gradebook will be built on."""

import ast
import datetime as dt
from collections.abc import Iterator
from math import isclose

from course.authoring import build, versions
from course.authoring.draft import Draft, tree
from course.authoring.finding import Finding
from course.authoring.reviews import State
from course.authoring.rubric import rubrics
from course.errors import nearest
from course.model import Kind
from course.notebook import marks
from course.questions import check
from course.questions.text import QuizTextError, is_quiz, parse

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"


def names_are_unique(draft: Draft) -> Iterator[Finding]:
    """Cells, questions and exercises each have a name of their own."""
    graded, ids = dict[str, str](), dict[tuple[str, str], int]()
    for file, cell in draft.cells():
        ids[file, cell.id] = ids.get((file, cell.id), 0) + 1
        if ids[file, cell.id] == 2:  # noqa: PLR2004  the first double
            yield draft.at("cell-id-twice", "error", (file, cell), "two cells have this id",
                            "give one of them another id")  # fmt: skip
        name = marks(cell).get("grade_id")
        if name is None:
            continue
        if name in graded:
            yield draft.at("name-twice", "error", (file, cell),
                            f"the name '{name}' is taken by cell '{graded[name]}'",
                            "give one of them another name: marks are kept by it")  # fmt: skip
        graded.setdefault(name, cell.id)


def quizzes_can_be_read(draft: Draft) -> Iterator[Finding]:
    """Every question is written as its kind asks for."""
    for file, cell in draft.cells("code"):
        if not is_quiz(cell.source):
            continue
        try:
            item = parse(cell.source)
        except QuizTextError as error:
            for line, text in error.problems:
                yield draft.at("quiz", "error", (file, cell), text, line=line)
            continue
        for problem in check(item):
            yield draft.at("quiz", "error", (file, cell), str(problem), line=problem.line)


def points_add_up(draft: Draft) -> Iterator[Finding]:
    """What the questions earn is what `course.toml` says, and what their tests share out."""
    total = sum(question.points for question in draft.questions)
    declared = draft.about.points
    if draft.unclear:
        pass  # nobody can add up what can't be read
    elif declared is not None and declared != total:
        listed = ", ".join(f"{q.id} {q.points:g}" for q in draft.questions)
        yield draft.about_file(
            "points", "error",
            f"lesson '{draft.name}' is declared to be worth {declared:g} points; its questions "
            f"add up to {total:g} ({listed})",
            "change the declared points, or those of a question",
        )  # fmt: skip
    elif declared is None and draft.questions:
        yield draft.about_file(
            "points", "note", f"lesson '{draft.name}' declares no points; they add up to {total:g}",
            f"add points = {total:g}, so that a slip is found",
        )  # fmt: skip
    for question in draft.questions:
        if (
            question.points == 0
            and question.kind is not Kind.QUIZ
            and question.id not in draft.unclear
        ):
            file, cell = draft.place(question.id)
            yield Finding("points", "warning", file, f"'{question.id}' is graded and worth 0 points",
                          "give it points, or take the mark away", cell)  # fmt: skip


def exercises_have_tests(draft: Draft) -> Iterator[Finding]:
    """Every exercise has tests, and every test an exercise."""
    tested = dict[str, float]()
    for name, worth, line in _declared(draft.tests):
        tested[name] = tested.get(name, 0.0) + worth
        if name not in {question.id for question in draft.questions} | draft.unclear:
            hint = nearest(name, (question.id for question in draft.questions))
            yield Finding("test-of-nothing", "error", draft.tests_file,
                          f"a test is about '{name}', which is no graded question of the lesson",
                          hint or "name a question, or remove the test", line=line)  # fmt: skip
    if tree(draft.tests) is None:
        return  # a rule of its own tells
    for question in draft.questions:
        if question.kind is Kind.CODE and question.id not in tested:
            file, cell = draft.place(question.id)
            yield Finding("no-test", "error", file, f"the exercise '{question.id}' has no test",
                          f"write one in {draft.tests_file or 'autograders/'}: "
                          f'@points(1, question="{question.id}")', cell)  # fmt: skip
        elif (
            question.kind is Kind.CODE
            and tested[question.id] != question.points
            and question.id not in draft.unclear
        ):
            file, cell = draft.place(question.id)
            yield Finding("test-points", "error", file,
                          f"'{question.id}' is worth {question.points:g} points, its tests "
                          f"{tested[question.id]:g}", "make both the same", cell)  # fmt: skip


def rubrics_reach_the_points(draft: Draft) -> Iterator[Finding]:
    """The items of a rubric that earn points add up to those of their question."""
    worth = {question.id: question.points for question in draft.questions}
    nodes = ((name, node) for name, (_, node) in draft.notebooks.items())
    for (_, question), rubric in rubrics(nodes).items():
        if question in worth and rubric.reaches and not isclose(rubric.reaches, worth[question]):
            file, cell = draft.place(question)
            yield Finding("rubric", "warning", file,
                          f"'{question}' is worth {worth[question]:g} points, the items of its rubric "
                          f"add up to {rubric.reaches:g}", "make both the same", cell)  # fmt: skip


def tests_stand_outside(draft: Draft) -> Iterator[Finding]:
    """Tests in the notebook run in the learner's process, where they can be read and deceived."""
    for question in draft.questions:
        if question.kind is Kind.TESTS:
            file, cell = draft.place(question.id)
            yield Finding("test-inside", "note", file,
                          f"the test of '{question.id}' stands in the notebook: it runs in the learner's "
                          "process, where it can be read and deceived",
                          "move it to autograders/, and put course.check(...) here", cell)  # fmt: skip


def _declared(tests: str) -> Iterator[tuple[str, float, int]]:
    """Yield question, points and line of every ``@points`` of a tests file."""
    try:
        tree = ast.parse(tests)
    except SyntaxError:
        return
    for test in (node for node in tree.body if isinstance(node, ast.FunctionDef)):
        about = versions.declared(test)
        lines = [d.lineno for d in test.decorator_list if versions.name_of(d) == "points"]
        question, worth = about["question"], about["points"] or 0
        if lines and question and isinstance(question, str) and isinstance(worth, (int, float)):
            yield question, float(worth), lines[0]


def tests_are_python(draft: Draft) -> Iterator[Finding]:
    """The tests can be read, and what travels of them uses no fixture."""
    try:
        ast.parse(draft.tests)
    except SyntaxError as error:
        yield Finding("tests", "error", draft.tests_file, f"the tests are no Python: {error.msg}",
                      "mend this line, or the one above", line=error.lineno or 0)  # fmt: skip


def solutions_are_marked(draft: Draft) -> Iterator[Finding]:
    """What is to be written by learners stands between the marks that hide it."""
    unclear = {cell for _, cell, _, _, _ in draft.mistakes}
    for file, cell in draft.cells():
        begins, ends = cell.source.count(BEGIN), cell.source.count(END)
        about = marks(cell)
        if cell.id in unclear:
            pass  # told with its mark
        elif begins != ends:
            line = next((n for n, text in enumerate(cell.source.splitlines(), 1) if BEGIN in text
                         or END in text), 0)  # fmt: skip
            yield draft.at("solution", "error", (file, cell),
                            f"{begins} '{BEGIN}' and {ends} '{END}'", "each begin needs its end",
                            line)  # fmt: skip
        elif begins and not about.get("solution"):
            yield draft.at("solution", "error", (file, cell),
                            "a solution stands in a cell that is not marked as an answer: it would "
                            "be released", "mark the cell, or remove the solution")  # fmt: skip
        elif (
            about.get("solution")
            and not about.get("grade")
            and cell.cell_type == "code"
            and not begins
        ):
            yield draft.at("solution", "error", (file, cell), "an answer cell without a solution "
                            f"between '{BEGIN}' and '{END}'",
                            "the whole cell would be released as it stands")  # fmt: skip
        if about.get("grade") and not about.get("solution") and not about.get("locked"):
            yield draft.at("unlocked", "error", (file, cell), "a graded cell is not locked",
                            "lock it: a learner could change what it tests")  # fmt: skip


def marks_can_be_read(draft: Draft) -> Iterator[Finding]:
    """The marks in the source are written as they should be, and wrong answers are about something."""
    for file, cell, line, text, hint in draft.mistakes:
        yield Finding("mark", "error", file, text, hint, cell, line)
    for wrong in draft.wrong:
        if not wrong.answer:
            file, _ = draft.notebooks[wrong.notebook]
            yield Finding("wrong-answer", "error", file, f"the wrong answer '{wrong.slip}' is about no "
                          "exercise", "put it below an exercise, or name one: of=NAME", wrong.cell)  # fmt: skip


def answers_are_graded(draft: Draft) -> Iterator[Finding]:
    """An answer cell is followed by its test."""
    for file, node in draft.notebooks.values():
        answer = None
        for cell in node.cells:
            about = marks(cell)
            if about.get("grade"):
                answer = None
            elif about.get("solution"):
                answer = cell
        if answer is not None:
            yield draft.at("no-test", "warning", (file, answer), "nothing after this answer is graded",
                           "add course.check(...) with points after it")  # fmt: skip


def calls_have_an_end(draft: Draft) -> Iterator[Finding]:
    """``course.check`` and ``course.quiz`` name what there is."""
    known = {"course.check": {name for name, _, _ in _declared(draft.tests)},
             "course.quiz": set(draft.items)}  # fmt: skip
    for file, cell in draft.cells("code"):
        function, name = build.call_of(cell.source)
        if function and name not in known[function]:
            hint = nearest(name, known[function])
            if function == "course.check" and marks(cell).get("grade"):
                continue  # told as an exercise without a test
            yield draft.at("call", "error", (file, cell),
                            f'{function}("{name}") names nothing of this lesson', hint)  # fmt: skip


def stays_the_same(draft: Draft) -> Iterator[Finding]:
    """A new version keeps the names and points that learners' marks are filed under."""
    if not draft.before:
        return
    old = {q.id: q for name, node in draft.before.items() for q in build.questions(name, node)}
    new = {question.id: question for question in draft.questions}
    for name in old.keys() - new.keys():
        hint = nearest(name, new.keys() - old.keys())
        yield draft.about_file(
            "renamed", "warning", f"question '{name}' of the released '{draft.name}' is gone; marks "
            "for it will stand alone", hint or "keep the name if it is the same question",
        )  # fmt: skip
    for name in old.keys() & new.keys():
        if old[name].points != new[name].points:
            file, cell = draft.place(name)
            yield Finding("points-changed", "warning", file, f"'{name}' was worth "
                          f"{old[name].points:g} points when it was released; now "
                          f"{new[name].points:g}", "grade again after the release", cell)  # fmt: skip


def dates_are_sane(draft: Draft) -> Iterator[Finding]:
    """Nothing is due before what comes before it, or before anybody could begin."""
    lessons = list(draft.course.lessons)
    here = next((n for n, each in enumerate(lessons) if each.folder == draft.name), None)
    if here is None:
        yield draft.about_file(
            "undeclared", "warning", f"lesson '{draft.name}' is not in course.toml",
            f'add [[lessons]] with folder = "{draft.name}"',
        )  # fmt: skip
        return
    due = lessons[here].due
    for earlier in lessons[:here]:
        if _is_before(due, earlier.due):
            yield draft.about_file(
                "dates", "warning", f"lesson '{draft.name}' is due before '{earlier.folder}', which "
                "comes earlier in the course", "change the order, or one of the dates",
            )  # fmt: skip
    if isinstance(due, dt.timedelta) and due <= dt.timedelta(0):
        yield draft.about_file(
            "dates", "error", f"lesson '{draft.name}' is due before anybody starts",
            "give a time after the start, such as '1 week'",
        )  # fmt: skip


def _is_before(one: object, two: object) -> bool:
    """Whether two dates, or two times after the start, are the wrong way round."""
    if isinstance(one, dt.datetime) and isinstance(two, dt.datetime):
        return one < two
    return isinstance(one, dt.timedelta) and isinstance(two, dt.timedelta) and one < two


def is_approved(draft: Draft) -> Iterator[Finding]:
    """Those who answer for the lesson have seen it as it is, and not too long ago."""
    now = draft.review
    if now is None or now.state is State.APPROVED or not now.wanted:
        return
    urgent = draft.course.policies.require_review or now.state is State.DUE
    yield draft.about_file(
        "review", "warning" if urgent else "note", f"review of lesson '{draft.name}': {now}",
        f"look at it (course diff {draft.name}), then: course review approve {draft.name}",
    )  # fmt: skip


RULES = (
    names_are_unique, quizzes_can_be_read, points_add_up, exercises_have_tests, rubrics_reach_the_points, tests_stand_outside,
    tests_are_python, solutions_are_marked, marks_can_be_read, answers_are_graded, calls_have_an_end,
    stays_the_same, dates_are_sane, is_approved,
)  # fmt: skip
