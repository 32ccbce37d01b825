"""What to call a function with: the lesson's own calls, and inputs that fit its arguments. Pure."""

import ast
import builtins
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from course.authoring.suggested import identifier

EXAMPLE, OTHER, EMPTY, SINGLE = "example", "other values", "nothing in it", "one element"
SIGNS, MISSING, ORDER = "zero and negative", "missing values", "unsorted and repeated"
_MOST = 60

_FAMILIES: dict[str, list[tuple[str, str]]] = {
    "number": [(EXAMPLE, "3"), (OTHER, "2.5"), (OTHER, "1000"), (SIGNS, "0"), (SIGNS, "-2")],
    "small": [(EXAMPLE, "1"), (OTHER, "2"), (SIGNS, "0"), (SIGNS, "-2")],
    "numbers": [
        (EXAMPLE, "[4, 1, 3]"), (EMPTY, "[]"), (SINGLE, "[5]"), (SIGNS, "[-1, -4, 2.5]"), (SIGNS, "[0, 0]"),
        (ORDER, "[2, 7, 2, 2]"), (ORDER, "[9, 8, 1]"), (MISSING, "[1, None, 3]"), (MISSING, '[1.0, float("nan"), 3.0]'),
    ],
    "text": [
        (EXAMPLE, '"Some text"'), (EMPTY, '""'), (SINGLE, '"a"'), (OTHER, '"  Two words "'), (OTHER, '"\u00c4rger, UPPER"'),
    ],
    "texts": [
        (EXAMPLE, '["pear", "apple", "fig"]'), (EMPTY, "[]"), (SINGLE, '["fig"]'), (ORDER, '["fig", "pear", "fig"]'),
        (MISSING, '["fig", None]'),
    ],
    "series": [
        (EXAMPLE, "pd.Series([4.0, 1.0, 3.0])"), (EMPTY, 'pd.Series([], dtype="float64")'), (SINGLE, "pd.Series([5.0])"),
        (SIGNS, "pd.Series([-1.0, 0.0, 2.5])"), (ORDER, "pd.Series([2.0, 7.0, 2.0])"), (MISSING, "pd.Series([1.0, None, 3.0])"),
    ],
    "mapping": [(EXAMPLE, '{"a": 1, "b": 2}'), (EMPTY, "{}"), (SINGLE, '{"a": 5}'), (SIGNS, '{"a": -1, "b": 0}')],
    "truth": [(EXAMPLE, "True"), (OTHER, "False")],
    "nothing": [(EXAMPLE, "None")],
}  # fmt: skip
_ANNOTATED = {
    "DataFrame": "frame", "Series": "series", "list[str]": "texts", "dict": "mapping", "Mapping": "mapping",
    "list": "numbers", "Sequence": "numbers", "Iterable": "numbers", "tuple": "numbers", "bool": "truth",
    "str": "text", "int": "number", "float": "number",
}  # fmt: skip
_NAMED = (
    (r"^(df|table|frame|data|rows|.*_(table|frame|df))$", "frame"), (r"series|column", "series"),
    (r"^(words|names|texts|strings|lines)$", "texts"), (r"^(text|word|name|string|s|line|path|key)$", "text"),
    (r"^(dict|mapping|counts)$", "mapping"), (r"^(numbers|values|items|xs|ys|\w+s)$", "numbers"),
)  # fmt: skip
_OF_SERIES = {"str", "dt", "isna", "notna", "fillna", "dropna", "map", "mean", "median", "astype"}
_OF_TEXT = {"lower", "upper", "split", "strip", "startswith", "endswith", "title"}
_OF_FRAME = {"columns", "groupby", "merge", "loc", "query", "assign", "drop", "pivot_table"}


@dataclass(frozen=True, slots=True)
class Sample:
    """Rows of a table of the lesson, which are a constant of the tests.

    Attributes:
        name: of the constant.
        columns: column -> code of some values in it.
        texts: the columns of text.
    """

    name: str
    columns: Mapping[str, tuple[str, ...]]
    texts: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Function:
    """A function that an exercise asks for.

    Attributes:
        node: its definition, solution included.
        calls: calls of it that stand in the lesson, as code.
        columns: what may be columns: texts in it, and the names of its arguments.
    """

    node: ast.FunctionDef
    calls: tuple[ast.Call, ...] = ()
    columns: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """Its name."""
        return self.node.name


def functions(answer: str, lesson: Iterable[str]) -> list[Function]:
    """Return the functions that an answer defines, each with the calls that stand in the lesson.

    Args:
        answer: source of the answer, solution included.
        lesson: sources of the lesson's cells, code and Markdown.
    """
    texts, found = list(lesson), list[Function]()
    for node in _tree(answer).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            examples = _doctests(ast.get_docstring(node) or "")
            calls = [*_calls(node.name, [examples]), *_calls(node.name, texts)]
            unique = {ast.unparse(call): call for call in calls}
            found.append(Function(node, tuple(unique.values()), frozenset(_columns(node))))
    return found


def raised(function: Function) -> set[str]:
    """Return the names of the exceptions that a function raises itself."""
    calls = (
        each.exc for each in ast.walk(function.node) if isinstance(each, ast.Raise) and each.exc
    )
    return {ast.unparse(call.func if isinstance(call, ast.Call) else call) for call in calls}


def _tree(source: str) -> ast.Module:
    lines = ["" if line.lstrip().startswith(("%", "!")) else line for line in source.splitlines()]
    try:
        return ast.parse("\n".join(lines))
    except (SyntaxError, ValueError):
        return ast.Module([], [])


def _doctests(text: str) -> str:
    found = re.findall(r"^\s*>>> (.*)$", text, re.MULTILINE)
    return "\n".join(line for line in found if _tree(line).body)


def _calls(name: str, sources: Iterable[str]) -> Iterator[ast.Call]:
    """Yield the calls of a function outside of functions, in code and in Markdown's code."""
    for source in sources:
        fences = re.findall(r"```(?:python|py)?\n(.*?)```", source, re.DOTALL)
        parts = [*fences, *re.findall(r"`([^`\n]+\))`", source)] if "`" in source else [source]
        for part in parts:
            plain = _tree(part) if ">>>" not in part else _tree(_doctests(part))
            outside = (
                each for each in plain.body if not isinstance(each, ast.FunctionDef | ast.ClassDef)
            )
            for node in itertools.chain.from_iterable(map(ast.walk, outside)):
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Name)
                    and node.func.id == name
                ):
                    yield node


def _columns(node: ast.FunctionDef) -> set[str]:
    """Return the texts in a function, the names of columns among them."""
    texts = {
        each.value for each in ast.walk(node)
        if isinstance(each, ast.Constant) and isinstance(each.value, str)
    }  # fmt: skip
    return texts | {argument.arg for argument in node.args.args}


def candidates(function: Function, samples: Sequence[Sample]) -> list[tuple[dict[str, str], ...]]:
    """Return choices of input families, the likeliest first; see `cases`.

    A choice has one dictionary for each argument that must be given: label and number -> code.
    """
    arguments = function.node.args
    asked = [*arguments.posonlyargs, *arguments.args]
    needed = asked[: len(asked) - len(arguments.defaults)]
    tables = sorted(samples, key=lambda sample: -len(function.columns & set(sample.columns)))
    options = []
    for argument in needed:
        guess = _guess(function.node, argument)
        others = ("small", "number", "numbers", "text", "series", "frame", "column", "texts")
        order = [guess, *(name for name in others if name != guess)]
        options.append([each for family in order for each in _of(family, tables, function.columns)])
    ranked = sorted(
        itertools.islice(itertools.product(*(enumerate(each) for each in options)), 4000),
        key=lambda choice: sum(rank for rank, _ in choice),
    )  # fmt: skip
    return [tuple(family for _, family in choice) for choice in ranked[:_MOST]]


def _guess(node: ast.FunctionDef, argument: ast.arg) -> str:
    note = ast.unparse(argument.annotation) if argument.annotation else ""
    for name, family in _ANNOTATED.items():
        if note and name in note:
            return family
    used = {
        each.attr for each in ast.walk(node)
        if isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name) and each.value.id == argument.arg
    }  # fmt: skip
    looked = any(
        isinstance(each, ast.Subscript) and isinstance(each.value, ast.Name) and each.value.id == argument.arg
        and isinstance(each.slice, ast.Constant) and isinstance(each.slice.value, str) for each in ast.walk(node)
    )  # fmt: skip
    if held := _held_against(node, argument.arg):
        return held
    if looked or used & _OF_FRAME:
        return "frame"
    if used & _OF_TEXT:
        return "text"
    if used & _OF_SERIES:
        return "series"
    return next((family for form, family in _NAMED if re.search(form, argument.arg)), "number")


def _held_against(node: ast.FunctionDef, name: str) -> str:
    """Return "column" for an argument that picks one, "=origin" for one that is held against one."""
    for each in ast.walk(node):
        chosen = each.slice if isinstance(each, ast.Subscript) else None
        if isinstance(each, ast.Call) and ast.unparse(each.func).endswith("groupby") and each.args:
            chosen = each.args[0]
        if isinstance(chosen, ast.Name) and chosen.id == name:
            return "column"
        if isinstance(each, ast.Compare) and isinstance(each.ops[0], ast.Eq | ast.NotEq):
            sides = [each.left, each.comparators[0]]
            texts = [
                side.slice.value for side in sides
                if isinstance(side, ast.Subscript) and isinstance(side.slice, ast.Constant)
            ]  # fmt: skip
            if texts and any(isinstance(side, ast.Name) and side.id == name for side in sides):
                return f"={texts[0]!s}"
    return ""


def _of(
    family: str, samples: Sequence[Sample], columns: frozenset[str]
) -> Iterator[dict[str, str]]:
    """Yield the inputs of a family: of tables, one dictionary for each table or column."""
    if family in _FAMILIES:
        yield _labelled(_FAMILIES[family])
    for sample in samples:
        names = sorted(sample.columns, key=lambda c: (c not in columns, c not in sample.texts))
        if family == "series":
            yield from (_labelled(_rows(f"{sample.name}[{name!r}]", ())) for name in names)
        elif family == "frame":
            held = [name for name in names if name in columns] or names[-1:]
            yield _labelled(_rows(sample.name, held[:2]))
        elif family == "column":
            names.sort(key=lambda name: name not in sample.texts)
            yield _plain_first(map(repr, names[:3]))
        elif family.startswith("=") and family[1:] in sample.columns:
            yield _plain_first(sample.columns[family[1:]])


def _plain_first(codes: Iterable[str]) -> dict[str, str]:
    return _labelled((EXAMPLE if n == 0 else OTHER, code) for n, code in enumerate(codes))


def _labelled(inputs: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {f"{label} {number}": code for number, (label, code) in enumerate(inputs)}


def _rows(name: str, columns: Iterable[str]) -> list[tuple[str, str]]:
    """Return a table, or a column of one, as it is and with other rows."""
    inputs = [(EXAMPLE, name), (EMPTY, f"{name}.head(0)"), (SINGLE, f"{name}.head(1)"),
              (ORDER, f"{name}.iloc[::-1]"), (ORDER, f"pd.concat([{name}, {name}])")]  # fmt: skip
    return inputs + [
        (MISSING, f"{name}.assign(**{{{column!r}: [None, *{name}[{column!r}][1:]]}})") for column in columns
    ]  # fmt: skip


def cases(function: Function, choice: tuple[dict[str, str], ...]) -> Iterator[tuple[str, str]]:
    """Yield label and call: first the plainest one, then each argument's other inputs in turn."""
    plain = [next(iter(family.values())) for family in choice]
    yield EXAMPLE, f"{function.name}({', '.join(plain)})"
    for place, family in enumerate(choice):
        for label, code in list(family.items())[1:]:
            given = [*plain[:place], code, *plain[place + 1 :]]
            yield label.rpartition(" ")[0], f"{function.name}({', '.join(given)})"


def sample_name(table: str) -> str:
    """Return what the tests call rows of a table of the lesson."""
    return f"{identifier(table).upper()}_SAMPLE"


def names(source: str) -> Iterator[str]:
    """Yield the names that a cell gives a value at its top, changed tables among them."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield node.name
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from (alias.asname or alias.name for alias in node.names)
        targets = getattr(node, "targets", [getattr(node, "target", None)])
        for target in targets:
            for each in ast.walk(target) if target is not None else ():
                if isinstance(each, ast.Name) and not hasattr(builtins, each.id):
                    yield each.id
