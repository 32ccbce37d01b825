"""The learner's notebook as a test sees it: names become values, functions become proxies.

A test runs on the trusted side. What it touches of the learner's crosses as plain data, so
equality is decided here and nothing that the learner's process does to itself can change it.
"""

import builtins
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from course.sandbox import Reply, Session, Strike, values


class StruckError(Exception):
    """A request ended by a limit or a dead process.

    Attributes:
        strike: which.
    """

    def __init__(self, strike: Strike, text: str) -> None:
        super().__init__(text)
        self.strike = strike


class LearnerError(Exception):
    """The learner's code raised; also an instance of the built-in class that it raised.

    Attributes:
        kind: the name of the nearest class that Python itself has.
    """

    kind = "Exception"


class MissingNameError(LearnerError):
    """The notebook defines no such name."""


class UnfitError(LearnerError, TypeError):
    """A test did something with what came that can't be done with its type."""


class Notebook:
    """A running notebook, by the names that it defines.

    Args:
        session: where it runs; its cells have been run so far as they should be.
        last: after how many seconds altogether a test on it has gone on beyond all limits, in a step
            that nothing else can end, and this process ends.

    Attributes:
        waiting: makes what to be in while the learner's process is asked, which has limits of its own.
        hidden: whether what is asked now belongs to a hidden test.
        told: whether a hidden test has handed a value over, which may stand in all that comes from then on.
    """

    def __init__(self, session: Session, last: float | None = None) -> None:
        self._session, self.last = session, last
        self.waiting: Callable[[], AbstractContextManager[object]] = nullcontext
        self.hidden = self.told = False

    def value(self, name: str) -> Any:
        """Return what ``name`` is in the notebook: plain data, or a `Proxy`.

        Raises:
            MissingNameError: when there is no such name.
        """
        reply = self._ask({"op": "get", "name": name})
        if reply.strike is Strike.ERROR and reply.value == ["NameError"]:
            raise MissingNameError(f"the notebook defines no '{name}'")
        return self._take(reply)

    def request(self, operation: dict[str, Any]) -> Any:
        """Carry out one request and return its value."""
        return self._take(self._ask(operation))

    def _ask(self, operation: dict[str, Any]) -> Reply:
        self.told |= self.hidden and bool(operation.get("args") or operation.get("kwargs"))
        with self.waiting():
            return self._session.ask(operation)

    def _take(self, reply: Reply) -> Any:
        if reply.strike is Strike.ERROR:
            raise _raised(reply)
        if reply.strike is not Strike.OK:
            raise StruckError(reply.strike, reply.error)
        try:
            return values.decode(reply.value, lambda handle: Proxy(self, handle))
        except values.UndecodableError as error:
            raise StruckError(Strike.PROTOCOL, f"what came is not a value ({error})") from error


class Proxy:
    """Something that stayed in the learner's process: call it, or read its attributes."""

    def __init__(self, notebook: Notebook, handle: values.Handle) -> None:
        self._notebook, self._handle = notebook, handle

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it over there; arguments and result cross as plain data."""
        operation = {
            "op": "call",
            "target": self._handle.id,
            "args": _pack(list(args)),
            "kwargs": _pack(kwargs),
        }
        return self._notebook.request(operation)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return self._notebook.request({"op": "attr", "target": self._handle.id, "name": name})

    @property
    def facts(self) -> Any:
        """Return the plain description, of a figure's axes say; None for most things."""
        return self._handle.facts

    def __repr__(self) -> str:
        return f"<{self._handle.type} of the notebook>"

    def __str__(self) -> str:
        return str(_STR(self)) if "__str__" in self._handle.special else repr(self)


_UNFIT = {
    "__getitem__": "has no [{0!r}]", "__setitem__": "has no [{0!r}]", "__delitem__": "has no [{0!r}]",
    "__iter__": "can't be gone through", "__len__": "has no length",
    "__contains__": "can't be searched with 'in'", "__enter__": "can't stand in 'with'",
    "__exit__": "can't stand in 'with'",
    **dict.fromkeys(("__lt__", "__le__", "__gt__", "__ge__"), "can't be compared by size"),
    **dict.fromkeys(("__int__", "__float__", "__complex__", "__index__", "__round__", "__abs__",
                     "__neg__", "__pos__", "__invert__"), "is not a number"),
    **{f"__{side}{name}__": "can't be calculated with"
       for name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "divmod", "pow", "matmul",
                    "and", "or", "xor", "lshift", "rshift")
       for side in ("", "r")},
}  # fmt: skip
"""What Python calls when a test does something with a value, and what to say of a `Proxy` then."""


def _special(name: str, said: str) -> Callable[..., Any]:
    """Return a method that asks the learner's object, where its class has such a method."""

    def method(self: Proxy, *arguments: object) -> Any:
        handle, notebook = self._handle, self._notebook
        if name in handle.special:
            asked = {"op": "special", "name": name, "args": _pack([self, *arguments])}
            return notebook.request(asked)
        article = "an" if handle.type[:1].lower() in "aeiou" else "a"
        raise UnfitError(f"what came is {article} {handle.type}, which {said.format(*arguments)}")

    return method


def _next(self: Proxy) -> Any:
    found = _NEXT(self)
    if not isinstance(found, list):
        raise UnfitError("what came can't be gone through")
    if not found:
        raise StopIteration
    return found[0]


_STR = _special("__str__", "")
_NEXT = _special("__next__", _UNFIT["__iter__"])

for _name, _said in _UNFIT.items():
    setattr(Proxy, _name, _special(_name, _said))
Proxy.__next__ = _next  # type: ignore[attr-defined]


def _pack(value: Any) -> Any:
    return values.encode(value, _handle_of)


def _handle_of(value: object) -> dict[str, Any]:
    if isinstance(value, Proxy):
        handle = value._handle  # noqa: SLF001  one module
        return {"$": "handle", "id": handle.id, "type": handle.type, "callable": handle.callable}
    raise values.UnencodableError(
        f"a test can't hand a {type(value).__name__} to the learner's code"
    )


def built_in(names: Iterable[object]) -> str:
    """Return the first of an exception's classes that Python itself has; "Exception" if none."""
    for name in names:
        known = getattr(builtins, str(name), None)
        if isinstance(known, type) and issubclass(known, BaseException):
            return str(name)
    return "Exception"


def _raised(reply: Reply) -> Exception:
    """Return an exception that a test's ``pytest.raises`` knows by its built-in class."""
    kind = built_in(reply.value or [])
    known = getattr(builtins, kind)
    plain = LearnerError(reply.error)
    plain.kind = kind
    # a stop would end a loop of the test
    if known in (StopIteration, StopAsyncIteration) or not issubclass(known, Exception):
        return plain
    try:
        made = type(reply.error.partition(":")[0] or kind, (LearnerError, known), {"kind": kind})
        return made(reply.error)  # type: ignore[no-any-return]
    except TypeError:  # classes that can't be made from one text, or joined with ours
        return plain
