"""Every error that course raises on purpose, as one family.

    CourseError
    ├── NotFound            a lesson, learner, question or file that is not there   (exit code 2)
    ├── Invalid             something that a person wrote is wrong                  (exit code 2)
    │   └── Refused         something that we will not do, for safety               (exit code 2)
    └── Unavailable         a disk, database, exchange or sandbox that is away      (exit code 1)

A learner's mistake is data (a verdict), never one of these.
"""

from collections.abc import Iterable


class CourseError(Exception):
    """Base of the family.

    Args:
        what: what went wrong, in one sentence.
        where: file, key, lesson, cell or question concerned; empty when there is none.
        expected: what would have been right.
        found: what was there instead.
        hint: what to do next.
    """

    exit_code = 1

    def __init__(
        self, what: str, *, where: str = "", expected: str = "", found: str = "", hint: str = ""
    ) -> None:
        super().__init__(what)
        self.what, self.where, self.expected = what, where, expected
        self.found, self.hint = found, hint

    def __str__(self) -> str:
        parts = [f"{self.where}: {self.what}" if self.where else self.what]
        parts += [f"expected: {self.expected}"] if self.expected else []
        parts += [f"found: {self.found}"] if self.found else []
        parts += [self.hint] if self.hint else []
        return "\n  ".join(parts)

    def __reduce__(self) -> tuple[object, ...]:
        # keyword-only arguments are lost by the default pickling of exceptions
        return _rebuild, (type(self), self.what, self.__dict__.copy())


def _rebuild(kind: type[CourseError], what: str, state: dict[str, str]) -> CourseError:
    error = kind(what)
    error.__dict__.update(state)
    return error


class NotFound(CourseError):
    """A named thing does not exist; the nearest existing name is offered."""

    exit_code = 2


class Invalid(CourseError):
    """A person wrote something that can't be understood."""

    exit_code = 2


class Refused(Invalid):
    """A request that is not carried out for safety's sake."""


class Unavailable(CourseError):
    """The disk, the database, the exchange or the sandbox can't serve now."""


def nearest(name: str, known: Iterable[str]) -> str:
    """Return a hint that names the known entry closest to ``name``; empty when none is close."""
    from difflib import get_close_matches  # noqa: PLC0415  only on the error path

    close = get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f"did you mean '{close[0]}'?" if close else ""
