"""The kinds of question, one file each, and nothing about where they are shown or stored.

A kind is five verbs (see `course.questions.item.Kind`). Adding one is adding its file and naming
it here; a package can add one through the entry point group ``course.questions``.
"""

from importlib.metadata import entry_points

from course.questions import (
    blanks,
    choice,
    matching,
    number,
    opinion,
    order,
    predict,
    short,
    words,
)
from course.questions.form import written
from course.questions.item import (
    Answer,
    Item,
    Kind,
    MalformedAnswerError,
    Option,
    Problem,
    Result,
    Rule,
    seed,
)
from course.questions.mistakes import mistakes

__all__ = [
    "Answer", "Item", "Kind", "MalformedAnswerError", "Option", "Problem", "Result", "Rule",
    "check", "kind_of", "kinds", "seed", "solution", "variant_after", "written",
]  # fmt: skip

_OWN: dict[str, Kind] = {
    "single": choice.Single(), "multiple": choice.Multiple(), "number": number.Number(),
    "text": short.Text(), "ordering": order.Ordering(), "matching": matching.Matching(),
    "blanks": blanks.Blanks(), "parsons": order.Parsons(), "predict": predict.Predict(),
    "words": words.Words(), "rating": opinion.Rating(), "poll": opinion.Poll(),
}  # fmt: skip
_MOST_ALIKE = 50
"""How many variants may look the same before we take it that there is no other."""


def kinds() -> dict[str, Kind]:
    """Return every kind by its name, those of installed packages included."""
    found = dict(_OWN)
    for entry in entry_points(group="course.questions"):
        found.setdefault(entry.name, entry.load()())
    return found


def kind_of(item: Item) -> Kind:
    """Return the kind that an item declares.

    Raises:
        KeyError: when no installed kind has that name.
    """
    return kinds()[item.kind] if (own := _OWN.get(item.kind)) is None else own


def check(item: Item) -> list[Problem]:
    """Return everything that an author did wrong in a question, each with its line and what to do."""
    try:
        kind = kind_of(item)
    except KeyError:
        names = ", ".join(sorted(kinds()))
        return [Problem(f"there is no kind '{item.kind}'; use one of {names}", 1)]
    return mistakes(item, kind)


def solution(item: Item, seed: int) -> str:
    """Return the right answer to one variant as Markdown; empty where it is not known here."""
    if not item.keyed:
        return ""
    kind = kind_of(item)
    return written(kind.prepare(item, seed), kind.parse(item, kind.samples(item, seed)["correct"]))


def variant_after(item: Item, learner: str, variant: int) -> int:
    """Return the number of the next variant that a learner will see as another one.

    It is the next number if there is no other variant.
    """
    kind = kind_of(item)
    last = kind.prepare(item, seed(learner, item.id, variant))
    for after in range(variant + 1, variant + _MOST_ALIKE):
        if kind.prepare(item, seed(learner, item.id, after)) != last:
            return after
    return variant + 1
