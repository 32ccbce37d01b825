"""What an author can do wrong in a question of any kind."""

from collections.abc import Iterator

from course.errors import nearest
from course.questions.item import Item, Kind, Problem, seed
from course.questions.vary import problem, values

COMMON = ("points", "mode", "kind", "tries")
"""Settings of the first line that every kind knows."""
_SEEDS = tuple(seed("author", "check", number) for number in range(40))
_CREDIT = ("all", "each")


def mistakes(item: Item, kind: Kind) -> list[Problem]:
    """Return everything that is wrong with a question, each with what to do."""
    found = [*_common(item, kind), *_variables(item)]
    found += [each if isinstance(each, Problem) else Problem(each) for each in kind.check(item)]
    return found or list(_samples(item, kind))


def _common(item: Item, kind: Kind) -> Iterator[Problem]:
    if not item.prompt:
        yield Problem("the question has no text; write it below the first line", 1)
    for name, value in item.settings:
        if name not in kind.settings:
            known = nearest(name, (*kind.settings, *COMMON))
            yield Problem(
                f"the setting '{name}' is unknown in a question of kind {item.kind}"
                f"{'; ' + known if known else ''}", 1,
            )  # fmt: skip
        elif name == "credit" and value not in _CREDIT:
            yield Problem(f"credit={value} is unknown; use 'all' or 'each'", 1)
    if item.mode == "graded" and item.unlock != "never":
        yield Problem(
            "the solution of a graded question stays with the grader; leave out 'solution:', "
            "the feedback after grading says what was right", 1,
        )  # fmt: skip
    if item.mode == "must-correct" and not item.varies:
        yield Problem(
            "a must-correct question is asked again as another variant; give it options to "
            "shuffle, or numbers that vary: let n = 10..20", 1,
        )  # fmt: skip
    if item.mode == "must-correct" and item.tries:
        yield Problem("a must-correct question has any number of tries; leave out tries=", 1)


def _variables(item: Item) -> Iterator[Problem]:
    for place, (name, spec) in enumerate(item.variables):
        before = item.variables[:place]
        try:
            known = values(Item("", "", "", variables=before), 0)
        except ValueError:
            return  # told already
        said = problem(name, spec, known)
        if said:
            yield Problem(said)


def _samples(item: Item, kind: Kind) -> Iterator[Problem]:
    """Answer the question as it will be answered, in many variants."""
    for number in _SEEDS if item.variables else _SEEDS[:1]:
        try:
            samples = kind.samples(item, number)
            right, wrong = (
                kind.grade(item, kind.parse(item, samples[name]), number).share
                for name in ("correct", "wrong")
            )
        except ValueError as error:
            yield Problem(f"its own answer can't be used{_which(item, number)}: {error}")
            return
        if right not in (1, None):
            yield Problem(f"its own right answer does not count as right{_which(item, number)}")
            return
        if wrong and right is not None:
            yield Problem(f"a wrong answer counts as right{_which(item, number)}")
            return


def _which(item: Item, number: int) -> str:
    known = values(item, number)
    return f" (with {', '.join(f'{n} = {v}' for n, v in known.items())})" if known else ""
