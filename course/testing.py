"""What the author of `autograders/<lesson>.py` says about a test, as decorators.

Light on purpose: the same file is read in the learner's kernel and by the grader.

    @public
    @points(2, question="mean-salary")
    @misconception("You took the sum.", when=lambda mean_salary: mean_salary([2, 4]) == 6)
    @hint("What does the sum still have to be divided by?")
    def test_small(mean_salary):
        assert mean_salary([1, 2, 3]) == 2

    @points(1, question="mean-salary")
    @needs(test_small)
    def test_empty(mean_salary): ...
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

Test = TypeVar("Test", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Misconception:
    """A known wrong idea: what to say to it, and how to recognise it.

    Attributes:
        text: what to say to the learner.
        when: takes names of the learner's notebook, like a test; true when the idea is there.
        see: what to look at again, such as a section's heading; may be empty.
    """

    text: str
    when: Callable[..., object]
    see: str = ""

    def __str__(self) -> str:
        return f"{self.text} Look again at: {self.see}." if self.see else self.text


@dataclass(frozen=True, slots=True)
class About:
    """What is declared of one test.

    Attributes:
        question: id of the question that it belongs to.
        points: what it is worth, at least 0.
        public: whether the learner has it and may run it.
        hints: Markdown, in steps: each says a little more.
        needs: names of test functions that must pass before this one is tried.
    """

    question: str = ""
    points: float = 0.0
    public: bool = False
    misconceptions: tuple[Misconception, ...] = ()
    hints: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


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


def misconception(
    text: str, *, when: Callable[..., object], see: str = ""
) -> Callable[[Test], Test]:
    """Declare what to say when the test fails and ``when`` recognises a known wrong idea.

    ``see`` names what to look at again.
    """
    return lambda test: _declare(
        test, misconceptions=(Misconception(text, when, see), *about(test).misconceptions)
    )


def hint(text: str) -> Callable[[Test], Test]:
    """Declare a hint for the test's exercise; several are given one after the other, top down."""
    if not isinstance(text, str) or not text.strip():
        raise ValueError(f"hint({text!r}): expected a text")
    return lambda test: _declare(test, hints=(text, *about(test).hints))


def needs(test: str | Callable[..., Any]) -> Callable[[Test], Test]:
    """Declare a test that must pass before this one is tried, by name or as the function."""
    name = test if isinstance(test, str) else getattr(test, "__name__", "")
    if not name:
        raise ValueError(f"needs({test!r}): expected a test, or a test's name")
    return lambda dependent: _declare(dependent, needs=(name, *about(dependent).needs))


def tangle(wanted: Mapping[str, Sequence[str]]) -> str:
    """Say what is wrong with how tests need one another; empty when nothing is.

    Args:
        wanted: every test's name with the names of those that it needs.
    """
    for test, names in wanted.items():
        for name in names:
            if name not in wanted:
                return f"{test} needs '{name}', and there is no such test"
    for test in wanted:
        path, queue = set[str](), list(wanted[test])
        while queue:
            name = queue.pop()
            if name == test:
                return f"{test} needs itself, by way of {', '.join(sorted(path)) or 'nothing else'}"
            if name not in path:
                path.add(name)
                queue += wanted[name]
    return ""


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
