"""What is different between two versions of a lesson, in an author's words. Pure."""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from course.authoring.versions import Facts, is_code

_LINES = 12
_ALIKE = 0.8


@dataclass(frozen=True, slots=True)
class Change:
    """One difference.

    Attributes:
        what: "question", "test", "text" or "file".
        name: of the question, test, section or file.
        text: the difference in words.
        diff: lines that went (``- ``) and came (``+ ``), shortened.
        questions: the graded questions whose marks it may change.
    """

    what: str
    name: str
    text: str
    diff: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "\n".join([f"{self.what} {self.text}", *(f"      {line}" for line in self.diff)])

    def data(self) -> dict[str, Any]:
        """Return the change as plain data."""
        return asdict(self)


def compare(before: Facts, after: Facts) -> list[Change]:
    """Return the differences between two versions: questions, tests, texts, files."""
    return [
        *_questions(before["questions"], after["questions"]), *_tests(before, after),
        *_texts(before["sections"], after["sections"]), *_files(before["files"], after["files"]),
    ]  # fmt: skip


def _questions(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    gone, come = [q for q in before if q not in after], [q for q in after if q not in before]
    renamed = dict(_renamed(before, after, gone, come))
    for old, new in renamed.items():
        yield Change("question", new, f"'{old}' is called '{new}' now; marks are kept by the name",
                     (), (new,) if after[new]["points"] else ())  # fmt: skip
    for name in gone:
        if name not in renamed:
            yield Change("question", name, f"'{name}' ({_worth(before[name])}) was removed")
    for name in come:
        if name not in renamed.values():
            yield Change("question", name, f"'{name}' ({_worth(after[name])}) was added", (),
                         (name,) if after[name]["points"] else ())  # fmt: skip
    pairs = {name: name for name in before if name in after} | renamed
    for old, new in pairs.items():
        yield from _question(new, before[old], after[new])


def _renamed(
    before: Mapping[str, Any], after: Mapping[str, Any], gone: list[str], come: list[str]
) -> Iterator[tuple[str, str]]:
    """Pair names that went with names that came for the same thing."""
    free = list(come)
    for old in gone:
        for new in free:
            texts = ["\n".join(side["text"]).replace(name, "")
                     for name, side in ((old, before[old]), (new, after[new]))]  # fmt: skip
            matcher = difflib.SequenceMatcher(None, texts[0], texts[1], autojunk=False)
            alike = matcher.ratio() >= _ALIKE
            if before[old]["kind"] == after[new]["kind"] and alike:
                free.remove(new)
                yield old, new
                break


def _worth(question: Mapping[str, Any]) -> str:
    return f"{question['kind']}, {_points(question['points'])}"


def _points(points: float) -> str:
    return f"{points:g} point{'s' * (points != 1)}"


def _question(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    marked = (name,) if new["points"] or old["points"] else ()
    if old["points"] != new["points"]:
        yield Change("question", name, f"'{name}' is worth {_points(new['points'])}, "
                     f"not {old['points']:g}", (), marked)  # fmt: skip
    if old["kind"] != new["kind"]:
        yield Change(
            "question", name, f"'{name}' is {new['kind']} now, not {old['kind']}", (), marked
        )
    if old["notebook"] != new["notebook"]:
        yield Change("question", name, f"'{name}' moved from {old['notebook']} to {new['notebook']}",
                     (), marked)  # fmt: skip
    if old["text"] != new["text"]:
        said = "has another solution" if is_code(new) else "is written differently"
        yield Change("question", name, f"'{name}' {said}", _diff(old["text"], new["text"]),
                     () if is_code(new) else marked)  # fmt: skip


def _tests(before: Facts, after: Facts) -> Iterator[Change]:
    old, new = before["tests"], after["tests"]
    for name in (name for name in old if name not in new):
        yield Change("test", name, f"{name} of '{old[name]['question']}' was removed", (),
                     _about(old[name]))  # fmt: skip
    for name, test in new.items():
        if name not in old:
            yield Change("test", name, f"{name} of '{test['question']}' was added"
                         f" ({_points(test['points'])})", (), _about(test))  # fmt: skip
            continue
        said = list(_test(old[name], test))
        if said:
            both = tuple(dict.fromkeys((*_about(old[name]), *_about(test))))
            yield Change(
                "test", name, f"{name} of '{test['question']}' {', '.join(said)}", (), both
            )
    if before["shared"] != after["shared"] and new:
        every = tuple(dict.fromkeys(q for test in new.values() for q in _about(test)))
        yield Change("test", "", "data or functions that the tests share were changed", (), every)


def _about(test: Mapping[str, Any]) -> tuple[str, ...]:
    return (test["question"],) if test["question"] else ()


def _test(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    if old["hash"] != new["hash"]:
        yield "tests something else"
    if old["question"] != new["question"]:
        yield f"was about '{old['question']}'"
    if old["points"] != new["points"]:
        yield f"is worth {_points(new['points'])}, not {old['points']:g}"
    if old["public"] != new["public"]:
        yield "is public now" if new["public"] else "is hidden now"


def _texts(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    for name in (name for name in before if name not in after):
        yield Change("text", name, f"section '{name}' was removed", _diff(before[name], []))
    for name, lines in after.items():
        if name not in before:
            yield Change("text", name, f"section '{name}' was added", _diff([], lines))
        elif before[name] != lines:
            yield Change("text", name, f"section '{name}' was changed", _diff(before[name], lines))


def _diff(old: list[str], new: list[str]) -> tuple[str, ...]:
    """Return the lines that differ, the first ones only."""
    lines = [
        line for line in difflib.ndiff(old, new) if line[:2] in ("- ", "+ ") and line[2:].strip()
    ]
    more = len(lines) - _LINES
    return (*lines[:_LINES], *([f"  ({more} more)"] if more > 0 else []))


def _files(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Change]:
    for name in sorted({*before, *after}):
        if before.get(name) != after.get(name):
            said = "removed" if name not in after else "changed" if name in before else "added"
            yield Change("file", name, f"{name} was {said}")
