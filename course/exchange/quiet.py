"""Calling nbgrader without its noise, and with its errors translated into ours."""

import contextlib
import logging
import warnings
from collections.abc import Iterator

from course.errors import CourseError, Invalid, Unavailable

_LOGGERS = ("traitlets", "tornado.application", "alembic", "nbgrader")
_AGAIN = "nothing is half-written; mend it and run the same command again"
_DISK = ("OSError: [Errno", "PermissionError: ")  # how nbgrader's log tells of what it swallowed


class _Heard(logging.Handler):
    """Keeps what nbgrader logs, so that an error can say what nbgrader said."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


@contextlib.contextmanager
def nbgrader(doing: str) -> Iterator[list[str]]:
    """Run nbgrader's code: its warnings are kept, not printed; its errors become ours.

    Args:
        doing: what is being done, for the error message: "building the release of cleaning".

    Yields:
        the list to which nbgrader's warnings and errors are added.

    Raises:
        Unavailable: the database, the disk or the exchange refused.
        Invalid: nbgrader refused for another reason, with the reason in its words.
    """
    import sqlalchemy.exc  # noqa: PLC0415  heavy

    heard = _Heard()
    loggers = [logging.getLogger(name) for name in _LOGGERS]
    before = [(log.propagate, log.level, list(log.handlers)) for log in loggers]
    for log in loggers:
        log.propagate, log.handlers = False, [heard]
        log.setLevel(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield heard.lines
    except (CourseError, KeyboardInterrupt):
        raise
    except (sqlalchemy.exc.OperationalError, OSError) as error:
        raise Unavailable(
            f"{doing} did not work", found=_short(str(error)),
            hint=_AGAIN,
        ) from error  # fmt: skip
    except Exception as error:
        if isinstance(error.__cause__, CourseError):  # an error of ours that nbgrader was told
            raise error.__cause__ from error
        reason = _reason([line for line in heard.lines if line.strip()] or [str(error)])
        if reason.startswith(_DISK):
            raise Unavailable(
                f"{doing} did not work", found=_short(reason),
                hint=_AGAIN,
            ) from error  # fmt: skip
        raise Invalid(f"{doing} did not work", found=_short(reason)) from error
    finally:
        for log, (propagate, level, handlers) in zip(loggers, before, strict=True):
            log.propagate, log.handlers = propagate, handlers
            log.setLevel(level)


def _reason(lines: list[str]) -> str:
    """Return the line that says most: the last line of a traceback, else the first error."""
    traced = [line for line in lines if "Traceback (most recent" in line]
    return traced[0].strip().splitlines()[-1] if traced else lines[0]


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 500 else text[:500] + " …"  # noqa: PLR2004  a few lines
