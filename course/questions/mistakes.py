"""What an author can do wrong in a question of any kind."""

from collections.abc import Iterator

from course.errors import nearest
from course.questions.item import Item, Kind, Problem, seed, used
from course.questions.vary import values, written

COMMON = ("points", "mode", "kind", "tries")
"""Settings of the first line that every kind knows."""
_SEEDS = tuple(seed("author", "check", number) for number in range(40))
_CREDIT = ("all", "each")


def mistakes(item: Item, kind: Kind) -> list[Problem]:
    """Return everything that is wrong with a question, each with what to do."""
    found = [*_common(item, kind), *_variables(item), *kind.check(item)] or list(
        _samples(item, kind)
    )
    return [Problem(each, getattr(each, "line", 0) or 1) for each in found]


def _common(item: Item, kind: Kind) -> Iterator[str]:
    if not item.prompt:
        yield ("the question has no text; write it below the first line")
    for name, value in item.settings:
        if name not in kind.settings:
            known = nearest(name, (*kind.settings, *COMMON))
            yield (
                f"the setting '{name}' is unknown in a question of kind {item.kind}"
                f"{'; ' + known if known else ''}"
            )
        elif name == "credit" and value not in _CREDIT:
            yield (f"credit={value} is unknown; use 'all' or 'each'")
    if item.mode == "graded" and item.unlock != "never":
        yield (
            "the solution of a graded question stays with the grader; leave out 'solution:', "
            "the feedback after grading says what was right"
        )
    if item.mode == "must-correct" and not item.varies:
        yield (
            "a must-correct question is asked again as another variant; give it options to "
            "shuffle, or numbers that vary: let n = 10..20"
        )
    if item.mode == "must-correct" and item.tries:
        yield ("a must-correct question has any number of tries; leave out tries=")


def _variables(item: Item) -> Iterator[str]:
    seen = dict(item.without_key().variables)
    for name, spec in item.variables:
        needed = used(item.variables, [rule.text for rule in item.rules])
        if name in dict(needed) and name not in seen and "{" not in spec:
            yield f"'{name}' changes the answer and is never shown; put {{{name}}} into the prompt"
        elif name not in seen and name not in dict(needed):
            yield f"'{name}' varies and is used nowhere; write {{{name}}} where it belongs"


def _samples(item: Item, kind: Kind) -> Iterator[str]:
    """Answer the question as it will be answered, in many variants."""
    for number in _SEEDS if item.variables else _SEEDS[:1]:
        try:
            samples = kind.samples(item, number)
            right, wrong = (
                kind.grade(item, kind.parse(item, samples[name]), number).share
                for name in ("correct", "wrong")
            )
        except ValueError as error:
            yield f"its own answer can't be used{_which(item, number)}: {error}"
            return
        if right not in (1, None):
            yield f"its own right answer does not count as right{_which(item, number)}"
            return
        if wrong and right is not None:
            yield f"a wrong answer counts as right{_which(item, number)}"
            return


def _which(item: Item, number: int) -> str:
    known = values(item, number)
    return f" (with {', '.join(f'{n} = {written(v)}' for n, v in known.items())})" if known else ""
