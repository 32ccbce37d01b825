"""What the author of `autograders/<lesson>.py` says about a test, as decorators.

Light on purpose: the same file is read in the learner's kernel and by the grader.

    @public
    @points(2, question="mean-salary")
    @misconception("You took the sum.", when=lambda mean_salary: mean_salary([2, 4]) == 6)
    def test_small(mean_salary):
        assert mean_salary([1, 2, 3]) == 2
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

Test = TypeVar("Test", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Misconception:
    """A known wrong idea: what to say to it, and how to recognise it.

    Attributes:
        text: what to say to the learner.
        when: takes names of the learner's notebook, like a test; true when the idea is there.
    """

    text: str
    when: Callable[..., object]


@dataclass(frozen=True, slots=True)
class About:
    """What is declared of one test.

    Attributes:
        question: id of the question that it belongs to.
        points: what it is worth, at least 0.
        public: whether the learner has it and may run it.
    """

    question: str = ""
    points: float = 0.0
    public: bool = False
    misconceptions: tuple[Misconception, ...] = ()


def about(test: Callable[..., Any]) -> About:
    """Return what is declared of a test function; the empty declaration when nothing is."""
    found = getattr(test, "__course__", None)
    return found if isinstance(found, About) else About()


def _declare(test: Test, **changes: Any) -> Test:
    test.__course__ = replace(about(test), **changes)  # type: ignore[attr-defined]
    return test


def points(worth: float, *, question: str) -> Callable[[Test], Test]:
    """Declare which question a test belongs to and what it is worth, in points."""
    if not isinstance(worth, (int, float)) or not 0 <= worth < float("inf"):
        raise ValueError(f"points({worth!r}, question={question!r}): expected a number from 0 up")
    return lambda test: _declare(test, question=question, points=float(worth))


def public(test: Test) -> Test:
    """Declare that a test travels with the release, for `course.check`."""
    return _declare(test, public=True)


def misconception(text: str, *, when: Callable[..., object]) -> Callable[[Test], Test]:
    """Declare what to say when the test fails and ``when`` recognises a known wrong idea."""
    return lambda test: _declare(
        test, misconceptions=(Misconception(text, when), *about(test).misconceptions)
    )


def answer(exercise: str, text: str, *, error: str = "", words: Sequence[str] | str = ()) -> None:
    """Prepare an answer to what learners will ask with `course.ask`; it travels with the release.

    Args:
        exercise: the exercise's id.
        text: the answer.
        error: what the learner's last error says then, "KeyError" for example; by default any.
        words: the question holds one of these; by default any.
    """
    asked = [words] if isinstance(words, str) else words
    if not all(isinstance(value, str) for value in (exercise, text, error, *asked)):
        raise TypeError(f"answer({exercise!r}, ...): expected texts")
