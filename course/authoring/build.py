"""A lesson's source: its questions, its public tests, and the sheet that travels with it. Pure."""

import ast
import symtable
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from course.errors import Invalid, nearest
from course.layout import COURSE_FILE
from course.model import Kind, Question
from course.notebook import NotebookNode, graded_cells, marks
from course.questions import Item, check
from course.questions.text import MAGIC, QuizTextError, is_quiz, parse
from course.testing import tangle

CALLS = {"course.quiz": Kind.QUIZ, "course.check": Kind.CODE}


def call_of(source: str) -> tuple[str, str]:
    """Return ("course.quiz" or "course.check", question) of a cell that is only that call.

    Both are empty for any other cell.
    """
    try:
        statement = ast.parse(source.strip()).body
    except (SyntaxError, ValueError, RecursionError):
        return "", ""
    match statement:
        case [ast.Expr(ast.Call(func, [ast.Constant(str(question))], []))]:
            name = ast.unparse(func)
            return (name, question) if name in CALLS else ("", "")
    return "", ""


def questions(name: str, node: NotebookNode) -> list[Question]:
    """Return the graded questions of one notebook, in order.

    Args:
        name: the notebook's name without ``.ipynb``.
        node: the source, the release or a mended submission.
    """
    found = []
    for cell, about, heading in graded_cells(node):
        function, _ = call_of(cell.source) if cell.cell_type == "code" else ("", "")
        if about.get("task") or about.get("solution"):
            kind = Kind.WRITTEN
        elif is_quiz(cell.source):
            kind = Kind.QUIZ
        else:
            kind = CALLS.get(function, Kind.TESTS)
        found.append(
            Question(about["grade_id"], name, kind, float(about.get("points", 0)), heading)
        )
    return found


def refuse_shared_names(lesson: str, sources: Sequence[tuple[str, NotebookNode]]) -> None:
    """Require that no question of a lesson has the name of one in another of its notebooks.

    nbgrader wants names unique in one notebook only, and such lessons of its own stay as they are;
    a saved answer and the tests of an exercise are found by the lesson and the question's name alone.

    Raises:
        Invalid: with every such name and its places.
    """
    graded = [(each, name) for name, node in sources for each in questions(name, node)]
    asked = [(each.id, name) for name, node in sources for each in quizzes(name, node)]
    ours = {each.id for each, _ in graded if each.kind in (Kind.QUIZ, Kind.CODE)}
    ours |= {each for each, _ in asked}
    places = {(each.id, name) for each, name in graded} | set(asked)
    times = Counter(each for each, _ in places if each in ours)
    shared = [f"'{each}' in {name}.ipynb" for each, name in sorted(places) if times[each] > 1]
    if shared:
        raise Invalid(
            f"notebooks of '{lesson}' share a question's name", where=lesson, found=", ".join(shared),
            expected="every question of a lesson has a name of its own",
            hint="change one of them: the cell's grade_id, and the name in its quiz, check and tests",
        )  # fmt: skip


def quizzes(name: str, node: NotebookNode) -> list[Item]:
    """Return the ``%%quiz`` questions of one notebook, checked; see `lesson_quizzes`."""
    return lesson_quizzes([(name, node)])


def lesson_quizzes(
    notebooks: Sequence[tuple[str, NotebookNode]], objectives: Collection[str] | None = None
) -> list[Item]:
    """Return the ``%%quiz`` questions of a lesson's notebooks, checked.

    Args:
        notebooks: names without ``.ipynb``, and sources.
        objectives: ids of the course's objectives; None when they are not known.

    Raises:
        Invalid: with every mistake of the lesson at once, each with cell and line.
    """
    items: list[Item] = []
    problems: list[str] = []
    for name, node in notebooks:
        file = f"{name}.ipynb, " if len(notebooks) > 1 else ""
        for cell in node.cells:
            if cell.cell_type == "code" and is_quiz(cell.source):
                found = _quiz(cell, items, objectives)
                problems += [f"{file}cell '{cell.id}', {text}" for text in found]
    if problems:
        raise Invalid(
            "\n    ".join(["a question can't be released", *problems]),
            where=", ".join(f"{name}.ipynb" for name, _ in notebooks),
        )
    return items


def _quiz(
    cell: NotebookNode, items: list[Item], objectives: Collection[str] | None
) -> Iterator[str]:
    """Add a cell's question to the items; yield what is wrong with it."""
    try:
        item = parse(cell.source)
    except QuizTextError as error:
        yield from (f"line {line}: {text}" for line, text in error.problems)
        return
    first = cell.source[: cell.source.index(MAGIC)].count("\n") + 1
    found = [*check(item), *_marks(item, cell)]
    if item.id in {other.id for other in items}:
        found.append(f"the name '{item.id}' is taken by another question; give it another")
    if item.objective and objectives is not None and item.objective not in objectives:
        hint = nearest(item.objective, objectives) or f"{COURSE_FILE} declares the objectives"
        found.append(f"there is no objective '{item.objective}'; {hint}")
    items.append(item)
    for text in found:
        yield f"line {max(getattr(text, 'line', 0), first)}, question '{item.id}': {text}"


def _marks(item: Item, cell: NotebookNode) -> Iterator[str]:
    about = marks(cell)
    if not about:
        yield "the cell has no nbgrader metadata; give it a grade_id and lock it"
    elif about["grade_id"] != item.id:
        yield f"its nbgrader grade_id is '{about['grade_id']}'; give both the same name"
    if bool(item.points) != bool(about.get("grade")) or (
        item.points and float(about.get("points", 0)) != item.points
    ):
        yield f"points={item.points:g} here, {about.get('points', 0)} in nbgrader's metadata"


def turn_quizzes(node: NotebookNode) -> None:
    """Replace each ``%%quiz`` cell by its call, in place: what a learner gets."""
    for cell in node.cells:
        if cell.cell_type == "code" and is_quiz(cell.source):
            cell.source = f'course.quiz("{parse(cell.source).id}")'


def public_tests(source: str, file: str) -> str:
    """Return the part of a lesson's tests that may travel: public tests and what they use.

    Args:
        source: text of `autograders/<lesson>.py`.
        file: its name, for errors.

    Raises:
        Invalid: when it is not Python, a public test asks for a pytest fixture or needs a hidden
            test, tests need one another in vain, or a hint stands where no learner finds it.
    """
    try:
        tree = ast.parse(source)
        names = {id(node): _names(node) for node in tree.body}
    except SyntaxError as error:
        raise Invalid(
            "the tests are not valid Python", where=f"{file}:{error.lineno}", found=str(error.msg)
        ) from error
    _refuse_fixtures(tree, file)
    _refuse_needs([node for node in tree.body if _is_test(node)], file)
    kept = {id(node) for node in tree.body if _is_public(node)}
    while True:
        used = {name for each in kept for name in names[each][1]}
        more = {id(node) for node in tree.body if names[id(node)][0] & used and not _is_test(node)}
        if more <= kept:
            break
        kept |= more
    return "\n\n".join(f"{ast.unparse(node)}\n" for node in tree.body if id(node) in kept)


def _refuse_fixtures(tree: ast.Module, file: str) -> None:
    """A public test runs in the learner's kernel, where pytest gives no fixtures."""
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    fixtures = {
        f.name for f in functions if any("fixture" in ast.unparse(d) for d in f.decorator_list)
    }
    for test in (function for function in functions if _is_public(function)):
        asked = sorted({argument.arg for argument in test.args.args} & fixtures)
        if asked:
            raise Invalid(
                "a public test can't use a pytest fixture",
                where=f"{file}:{test.lineno}",
                found=f"{test.name}({asked[0]})",
                hint=f"make '{asked[0]}' inside the test, or make the test hidden",
            )


def _refuse_needs(tests: list[Any], file: str) -> None:
    """A public test can't wait for a hidden one, which no learner has; nor can a hint be on one."""
    public = {test.name for test in tests if _is_public(test)}
    wanted = {test.name: _said(test, "needs") for test in tests}
    problem = tangle(wanted)
    for test in tests:
        hidden = [name for name in wanted[test.name] if name not in public]
        if not problem and test.name in public and hidden:
            problem = f"{test.name} is public and needs {hidden[0]}, which is hidden"
        if not problem and test.name not in public and _said(test, "hint"):
            problem = f"{test.name} is hidden and has a hint, which no learner would see"
    if problem:
        raise Invalid("the tests don't go together", where=file, found=problem,
                      hint="see @public, @needs(...) and @hint(...) there")  # fmt: skip


def _said(test: ast.FunctionDef, decorator: str) -> list[str]:
    """Return the arguments of a test's decorators of this name, as texts or as the names they are."""
    calls = [each for each in test.decorator_list if isinstance(each, ast.Call) and each.args]
    return [
        str(getattr(call.args[0], "value", getattr(call.args[0], "id", "")))
        for call in calls if ast.unparse(call.func).removeprefix("course.") == decorator
    ]  # fmt: skip


def _is_test(node: ast.stmt) -> bool:
    return isinstance(node, ast.FunctionDef) and node.name.startswith("test")


def _is_public(node: ast.stmt) -> bool:
    return isinstance(node, ast.FunctionDef) and any(
        ast.unparse(decorator) in ("public", "course.public") for decorator in node.decorator_list
    )


def _names(node: ast.stmt) -> tuple[set[str], set[str]]:
    """Return the module's names that a statement defines or changes, and those that it uses.

    A function's own names are not the module's: a test's argument called like the author's
    solution does not use it.
    """
    table = symtable.symtable(ast.unparse(node), "tests", "exec")
    defines = {s.get_name() for s in table.get_symbols() if s.is_assigned() or s.is_imported()}
    uses = {s.get_name() for s in table.get_symbols() if s.is_referenced()}
    inner = table.get_children()
    while inner:
        table = inner.pop()
        inner += table.get_children()
        uses |= {s.get_name() for s in table.get_symbols() if s.is_global()}
    targets = getattr(node, "targets", [getattr(node, "target", None)])
    return defines | {root for target in targets if (root := _root(target))}, uses


def _root(target: ast.AST | None) -> str:
    """Return "table" for the target of ``table["x"] = ...``."""
    while isinstance(target, ast.Subscript | ast.Attribute):
        target = target.value
    return target.id if isinstance(target, ast.Name) else ""


def imports(node: NotebookNode) -> tuple[str, ...]:
    """Return the modules that a notebook's code imports, sorted, as it names them: ``matplotlib.pyplot``, say."""
    found = set[str]()
    for cell in node.cells:
        if cell.cell_type != "code":
            continue
        try:
            tree = ast.parse(cell.source)
        except (SyntaxError, ValueError, RecursionError):
            continue
        for statement in ast.walk(tree):
            found |= _modules(statement)
    return tuple(sorted(name for name in found if name.partition(".")[0] != "course"))


def _modules(statement: Any) -> set[str]:
    match statement:
        case ast.Import(names):
            return {alias.name for alias in names}
        case ast.ImportFrom(module=str(module), level=0):
            return {module}
    return set()
