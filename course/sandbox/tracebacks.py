"""What IPython works out anew for every traceback, though it comes out the same: kept from the first.

More notebooks have an error in them than have none, and most of the time that showing one takes goes
into the colours of a style, the rules of Python's grammar, and a walk through all modules for each frame.
The text stays the same to the letter.
"""

import functools
import importlib
import inspect
import sys
from contextlib import suppress
from types import FrameType, ModuleType
from typing import Any

_NO_FILE = "/\0"


def keep() -> None:
    """Keep it for this process and those that are forked from it."""
    inspect.getmodule = _modules_known(inspect.getmodule)
    for part in (_keep_styles, _keep_colours, _keep_rules):
        with suppress(
            ImportError, AttributeError
        ):  # a release without it: that takes its time again
            part()


def look_around() -> None:
    """Learn where the modules that are imported by now lie, for the tracebacks to come."""
    inspect.getmodule(sys._getframe())  # noqa: SLF001


def _modules_known(plain: Any) -> Any:
    """Return `inspect.getmodule`, walking through the modules only when there are others than before."""
    seen: tuple[int, str] = 0, ""

    @functools.wraps(plain)
    def getmodule(object: Any, _filename: str | None = None) -> ModuleType | None:  # noqa: A002
        nonlocal seen
        if isinstance(object, FrameType):
            now = len(sys.modules), next(reversed(sys.modules), "")
            if now != seen:
                plain(object, _NO_FILE)
                seen = now
            try:
                file = inspect.getabsfile(object, _filename)
            except (TypeError, FileNotFoundError):
                return None
            if file not in inspect.modulesbyfile:
                return None
        return plain(object, _filename)  # type: ignore[no-any-return]

    return getmodule


def _keep_styles() -> None:
    """Let the style that marks the faulty part of a line be one and the same."""
    library: Any = importlib.import_module("stack_data")
    library.style_with_executing_node = functools.cache(library.style_with_executing_node)


def _keep_colours() -> None:
    """Let the terminal's nearest colours be looked for once for each style."""
    formatter: Any = importlib.import_module("pygments.formatters.terminal256").Terminal256Formatter
    plain, made = formatter._setup_styles, dict[tuple[object, ...], tuple[Any, Any]]()  # noqa: SLF001

    @functools.wraps(plain)
    def setup(self: Any) -> None:
        key = type(self), self.style, self.usebold, self.useunderline, self.useitalic
        if key not in made:
            plain(self)
            made[key] = self.style_string, self.best_match
        self.style_string, self.best_match = made[key]

    formatter._setup_styles = setup  # noqa: SLF001


def _keep_rules() -> None:
    """Let a lexer that has no rules of its own use those of the class that it comes from, as they are."""
    meta: Any = importlib.import_module("pygments.lexer").RegexLexerMeta
    plain = meta.__call__

    @functools.wraps(plain)
    def call(cls: Any, *arguments: Any, **named: Any) -> Any:
        (base, *others), own = cls.__bases__, vars(cls)
        if (
            not others
            and not {"_tokens", "tokens", "flags"} & own.keys()
            and "_tokens" in vars(base)
        ):
            for name in ("_tokens", "_all_tokens", "_tmpname"):
                setattr(cls, name, getattr(base, name))
        return plain(cls, *arguments, **named)

    meta.__call__ = call
