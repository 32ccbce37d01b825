"""Python's syntax tree without what a reader would not miss: docstrings and the names of locals. Pure.

A local is renamed only where that can change nothing: a name that a `global`, `nonlocal` or `import` mentions
stays, and so do all names of code that looks names up at run time.
"""

import ast
from collections.abc import Iterator
from typing import Any

_LOOKED_UP = {"eval", "exec", "locals", "vars", "globals", "dir"}
_Function = ast.FunctionDef | ast.AsyncFunctionDef
_Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


def plain(tree: ast.Module) -> str:
    """Return the tree as text, the same for two that differ only in what makes no difference.

    Raises:
        RecursionError: for code nested too deeply.
    """
    return ast.dump(normal(tree))


def normal(tree: ast.Module) -> ast.Module:
    """Return the same tree, changed: no docstrings, and locals called ``·1``, ``·2`` and so on.

    Raises:
        RecursionError: for code nested too deeply.
    """
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            _undocumented(node)
    if not names & _LOOKED_UP:
        _Renamed().visit(tree)
    return tree


def _undocumented(node: _Function | ast.ClassDef) -> None:
    first = node.body[0]
    if (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    ):
        node.body[:1] = [] if node.body[1:] else [ast.Pass()]


class _Renamed(ast.NodeTransformer):
    """Calls the locals of every function by their number, in the order in which they come."""

    def __init__(self) -> None:
        self.scope: dict[str, str] = {}  # of where we are
        self.outer: dict[
            str, str
        ] = {}  # of what a function here sees; a class's own names are not among them
        self.count = 0

    def visit_Name(self, node: ast.Name) -> ast.Name:
        node.id = self.scope.get(node.id, node.id)
        return node

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.arg = self.scope.get(node.arg, node.arg)
        return node  # its annotation was visited outside

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.AST:
        node.name = self.scope.get(node.name or "", node.name)
        return self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return self._function(node)

    def visit_Lambda(self, node: ast.Lambda) -> ast.Lambda:
        self._defaults(node.args)
        self._inside(_bound(node.args, [node.body]), node.args, [node.body])
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.ClassDef:
        for part in (*node.decorator_list, *node.bases, *node.keywords):
            self.visit(part)
        node.name = self.scope.get(node.name, node.name)
        before, own = self.scope, _bound(None, node.body)
        self.scope = {name: new for name, new in before.items() if name not in own}
        for statement in node.body:
            self.visit(statement)
        self.scope = before
        return node

    def visit_ListComp(self, node: ast.ListComp) -> ast.AST:
        return self._comprehension(node)

    def visit_SetComp(self, node: ast.SetComp) -> ast.AST:
        return self._comprehension(node)

    def visit_DictComp(self, node: ast.DictComp) -> ast.AST:
        return self._comprehension(node)

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> ast.AST:
        return self._comprehension(node)

    def _function(self, node: _Function) -> ast.AST:
        for part in (
            *node.decorator_list,
            *_annotations(node),
            *([node.returns] if node.returns else []),
        ):
            self.visit(part)
        self._defaults(node.args)
        node.name = self.scope.get(node.name, node.name)
        self._inside(_bound(node.args, node.body), node.args, node.body)
        return node

    def _comprehension(self, node: _Comprehension) -> ast.AST:
        """A comprehension's own names are its targets; its first iterable belongs to what is around it."""
        self.visit(node.generators[0].iter)
        own = {name for each in node.generators for name in _stored(each.target)}
        parts = [part for each in node.generators for part in (each.target, *each.ifs)]
        parts += [each.iter for each in node.generators[1:]]
        parts += [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        self._inside(own, None, parts)
        return node

    def _defaults(self, args: ast.arguments) -> None:
        for each in (*args.defaults, *args.kw_defaults):
            if each is not None:
                self.visit(each)

    def _inside(self, own: set[str], args: ast.arguments | None, parts: list[Any]) -> None:
        before = self.scope, self.outer
        self.scope = self.outer = self.outer | dict(self._numbered(own, args, parts))
        for each in _arguments(args):
            self.visit_arg(each)
        for part in parts:
            self.visit(part)
        self.scope, self.outer = before

    def _numbered(
        self, own: set[str], args: ast.arguments | None, parts: list[Any]
    ) -> Iterator[tuple[str, str]]:
        order = [each.arg for each in _arguments(args)]
        order += [name for part in parts for name in _names(part)]
        for name in dict.fromkeys(each for each in order if each in own):
            self.count += 1
            yield name, f"·{self.count}"  # no identifier: nobody else has this name


def _arguments(args: ast.arguments | None) -> list[ast.arg]:
    if args is None:
        return []
    some = [*args.posonlyargs, *args.args, args.vararg, *args.kwonlyargs, args.kwarg]
    return [each for each in some if each is not None]


def _annotations(node: _Function) -> list[ast.expr]:
    return [each.annotation for each in _arguments(node.args) if each.annotation is not None]


def _bound(args: ast.arguments | None, body: list[Any]) -> set[str]:
    """Return the names that a function or class binds itself, and that may be called otherwise."""
    stays: set[str] = set()
    own = {each.arg for each in _arguments(args)}
    for node in (each for part in body for each in _here(part)):
        match node:
            case ast.Global() | ast.Nonlocal():
                stays.update(node.names)
            case ast.Import() | ast.ImportFrom():
                stays.update((each.asname or each.name).partition(".")[0] for each in node.names)
            case ast.MatchAs() | ast.MatchStar() | ast.MatchMapping():
                stays.add(getattr(node, "name", None) or getattr(node, "rest", None) or "")
            case ast.Name(ctx=ast.Store() | ast.Del()):
                own.add(node.id)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                own.add(node.name)
            case ast.ExceptHandler() if node.name:
                own.add(node.name)
    return own - stays


def _here(node: Any) -> Iterator[ast.AST]:
    """Yield the nodes of a scope, without those of the scopes within it; `:=` reaches out of a comprehension."""
    yield node
    if isinstance(node, _Comprehension):
        yield from (each.target for each in ast.walk(node) if isinstance(each, ast.NamedExpr))
        return
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
        return
    for child in ast.iter_child_nodes(node):
        yield from _here(child)


def _stored(target: ast.AST) -> Iterator[str]:
    yield from (
        each.id
        for each in ast.walk(target)
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
    )


def _names(node: ast.AST) -> Iterator[str]:
    """Yield all names below a node, in the order in which they stand."""
    name = getattr(node, "id", None) or (
        node.name
        if isinstance(
            node, ast.ExceptHandler | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
        )
        else None
    )
    if name:
        yield name
    for child in ast.iter_child_nodes(node):
        yield from _names(child)
