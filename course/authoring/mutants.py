"""Plausible wrong answers, made from a right one: what learners really get wrong, one at a time.

Mutation libraries change any operator of any program. These are the slips of a beginner with
data: one off, the other comparison, a step left out, the other summary, the wrong column, a
constant, the input handed back, the input changed on the way.
"""

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass

OTHER: dict[type[ast.AST], tuple[type[ast.AST], ...]] = {
    ast.Add: (ast.Sub,), ast.Sub: (ast.Add,), ast.Mult: (ast.Div, ast.Pow, ast.Add),
    ast.Div: (ast.Mult, ast.FloorDiv), ast.FloorDiv: (ast.Div,), ast.Pow: (ast.Mult,),
    ast.Mod: (ast.FloorDiv,), ast.Lt: (ast.LtE,), ast.LtE: (ast.Lt,), ast.Gt: (ast.GtE,),
    ast.GtE: (ast.Gt,), ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.And: (ast.Or,),
    ast.Or: (ast.And,), ast.BitAnd: (ast.BitOr,), ast.BitOr: (ast.BitAnd,), ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,),
}  # fmt: skip
"""An operator and those that are easily taken for it."""

_PAIRS = (
    ("mean", "median"), ("min", "max"), ("count", "size"), ("first", "last"), ("any", "all"),
    ("idxmin", "idxmax"), ("head", "tail"), ("isna", "notna"), ("isnull", "notnull"),
    ("nlargest", "nsmallest"), ("upper", "lower"), ("append", "extend"),
)  # fmt: skip
NAMES = {a: b for pair in _PAIRS for a, b in (pair, pair[::-1])} | {
    "sum": "mean", "len": "sum", "sorted": "list", "set": "list", "std": "var", "nunique": "count",
    "cumsum": "sum", "loc": "iloc",
}  # fmt: skip
"""A function and the one that learners take for it."""

MOST = 24


@dataclass(frozen=True, slots=True)
class Mutant:
    """A wrong answer.

    Attributes:
        slip: what the learner did, in words.
        source: the whole cell.
        line: the line of the right answer that was changed, from 1.
    """

    slip: str
    source: str
    line: int


def mutants(source: str, strings: tuple[str, ...] = (), most: int = MOST) -> list[Mutant]:
    """Return wrong answers made from a right one, each different, at most ``most``.

    Args:
        source: a solution cell of Python.
        strings: texts, of columns say, that a learner could take for the right one.
        most: how many; of many possible ones a fair share of each slip is taken.
    """
    try:
        whole = ast.parse(source)
    except (SyntaxError, ValueError):
        return []
    seen, kinds = {ast.unparse(whole)}, list[list[Mutant]]()
    for slip in (*_WHOLE, *(_at_nodes(change) for change in _NODES), _columns(strings)):
        found = []
        for text, changed, line in slip(whole):
            code = ast.unparse(ast.fix_missing_locations(changed))
            if code not in seen:
                seen.add(code)
                found.append(Mutant(text, code + "\n", line))
        kinds.append(found)
    return _fair(kinds, most)


def _fair(kinds: list[list[Mutant]], most: int) -> list[Mutant]:
    """Take one of each kind in turn."""
    chosen: list[Mutant] = []
    for number in range(max(map(len, kinds), default=0)):
        chosen += [found[number] for found in kinds if number < len(found)]
    return chosen[:most]


_Change = tuple[str, ast.Module, int]
_Slip = Callable[[ast.Module], Iterator[_Change]]
_NodeSlip = Callable[[ast.AST], Iterator[tuple[str, ast.AST]]]


def _at_nodes(change: _NodeSlip) -> _Slip:
    """Make of a change to one node one for each node of a tree."""

    def slip(whole: ast.Module) -> Iterator[_Change]:
        for number, node in enumerate(ast.walk(whole)):
            for text, new in change(node):
                yield text, _replaced(whole, number, new), getattr(node, "lineno", 1)

    return slip


def _replaced(whole: ast.Module, number: int, new: ast.AST) -> ast.Module:
    twin = copy.deepcopy(whole)
    target = list(ast.walk(twin))[number]
    _Put(target, copy.deepcopy(new)).visit(twin)
    return twin


class _Put(ast.NodeTransformer):
    """Puts one node in the place of another."""

    def __init__(self, target: ast.AST, new: ast.AST) -> None:
        self.target, self.new = target, new

    def visit(self, node: ast.AST) -> ast.AST:
        return self.new if node is self.target else self.generic_visit(node)


def _numbers(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    if (
        isinstance(node, ast.Constant)
        and isinstance(node.value, (int, float))
        and not isinstance(node.value, bool)
    ):
        for step, word in ((1, "more"), (-1, "less")):
            yield f"{node.value} is one {word}", ast.Constant(node.value + step)


def _flags(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield f"{node.value} is {not node.value}", ast.Constant(not node.value)


def _operators(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    if isinstance(node, (ast.BinOp, ast.BoolOp)):
        for other in OTHER.get(type(node.op), ()):
            new = copy.copy(node)
            new.op = other()  # type: ignore[assignment]
            yield f"{_sign(node.op)} is {_sign(new.op)}", new
    if isinstance(node, ast.Compare):
        for other in OTHER.get(type(node.ops[0]), ()):
            compared = copy.copy(node)
            compared.ops = [other(), *node.ops[1:]]  # type: ignore[list-item]
            yield f"{_sign(node.ops[0])} is {_sign(compared.ops[0])}", compared
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.Not, ast.Invert, ast.USub)):
        yield f"{_sign(node.op)} is left out", node.operand


def _sign(operator: ast.AST) -> str:
    one, two = ast.Name("a"), ast.Name("b")
    if isinstance(operator, ast.unaryop):
        return ast.unparse(ast.UnaryOp(operator, one)).replace("a", "").strip()
    made: ast.AST = ast.Compare(one, [operator], [two])  # type: ignore[list-item]
    if isinstance(operator, ast.boolop):
        made = ast.BoolOp(operator, [one, two])
    elif isinstance(operator, ast.operator):
        made = ast.BinOp(one, operator, two)
    return ast.unparse(made)[1:-1].strip()


def _summaries(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    if isinstance(node, ast.Attribute) and node.attr in NAMES:
        new = copy.copy(node)
        new.attr = NAMES[node.attr]
        yield f"{node.attr} is {new.attr}", new
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in NAMES:
        yield f"{node.id} is {NAMES[node.id]}", ast.Name(NAMES[node.id], ast.Load())
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in NAMES:
        yield f"'{node.value}' is '{NAMES[node.value]}'", ast.Constant(NAMES[node.value])


def _steps(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """Leave out a step of a chain: table.dropna().mean() -> table.mean()."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        inner = node.func.value
        if not (isinstance(inner, ast.Name) and inner.id in ("pd", "np", "plt", "math")):
            yield f".{node.func.attr}(…) is left out", inner


def _keywords(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    if isinstance(node, ast.Call):
        for keyword in node.keywords:
            if keyword.arg is not None:
                new = copy.copy(node)
                new.keywords = [each for each in node.keywords if each is not keyword]
                yield f"{keyword.arg}=… is left out", new


_NODES: tuple[_NodeSlip, ...] = (_operators, _summaries, _steps, _numbers, _flags, _keywords)


def _functions(whole: ast.Module) -> Iterator[tuple[int, ast.FunctionDef]]:
    for number, node in enumerate(whole.body):
        if isinstance(node, ast.FunctionDef):
            yield number, node


def _constants(whole: ast.Module) -> Iterator[_Change]:
    for number, function in _functions(whole):
        for value in (None, 0):
            twin = copy.deepcopy(whole)
            twin.body[number].body = [ast.Return(ast.Constant(value))]  # type: ignore[attr-defined]
            yield f"{function.name} returns {value}", twin, function.lineno
    for number, node in enumerate(whole.body):
        if isinstance(node, ast.Assign):
            twin = copy.deepcopy(whole)
            twin.body[number].value = ast.Constant(None)  # type: ignore[attr-defined]
            yield f"{ast.unparse(node.targets[0])} is None", twin, node.lineno


def _unchanged(whole: ast.Module) -> Iterator[_Change]:
    for number, function in _functions(whole):
        if function.args.args:
            twin = copy.deepcopy(whole)
            first = function.args.args[0].arg
            twin.body[number].body = [ast.Return(ast.Name(first, ast.Load()))]  # type: ignore[attr-defined]
            yield f"{function.name} returns its input", twin, function.lineno


def _left_out(whole: ast.Module) -> Iterator[_Change]:
    for number, function in _functions(whole):
        for place, statement in enumerate(function.body):
            if len(function.body) > 1 and not isinstance(statement, (ast.Return, ast.Expr)):
                twin = copy.deepcopy(whole)
                del twin.body[number].body[place]  # type: ignore[attr-defined]
                first = ast.unparse(statement).splitlines()[0]
                yield f"the statement '{first}' is left out", twin, statement.lineno


_SPOILED = """
def {name}(*args, **kwargs):
    result = _right_{name}(*args, **kwargs)
    for each in args[:1]:
        if isinstance(each, (list, set, dict, bytearray)):
            each.clear()
        elif hasattr(each, 'iloc') and len(each):
            each.drop(each.index, inplace=True)
    return result
"""


def _spoils(whole: ast.Module) -> Iterator[_Change]:
    for number, function in _functions(whole):
        if function.args.args:
            twin = copy.deepcopy(whole)
            twin.body[number].name = f"_right_{function.name}"  # type: ignore[attr-defined]
            twin.body[number + 1 : number + 1] = ast.parse(_SPOILED.format(name=function.name)).body
            yield f"{SPOILS}: {function.name} empties it", twin, function.lineno


SPOILS = "the input is changed on the way"
"""How the slip of a function that spoils its argument begins; not every exercise forbids it."""

_WHOLE: tuple[_Slip, ...] = (_constants, _unchanged, _left_out, _spoils)


def _columns(strings: tuple[str, ...]) -> _Slip:
    """Take another text of the lesson where one is used as a column."""

    def change(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
        if (
            isinstance(node, ast.Subscript)
            and isinstance(node.slice, ast.Constant)
            and isinstance(node.slice.value, str)
        ):
            others = [text for text in strings if text != node.slice.value][:1]
            for other in others:
                new = copy.copy(node)
                new.slice = ast.Constant(other)
                yield f"the column '{node.slice.value}' is '{other}'", new

    return _at_nodes(change)
