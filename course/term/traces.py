"""Where a person's traces lie among the files of a course: folders and files of theirs, and files that name them among others."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course.certificate import FOLDER
from course.exchange import mirror, requests
from course.layout import Layout

_OF_THEIRS = (
    ".course/attempts/{who}",
    ".course/earlier/{who}",
    f"{FOLDER}/{{who}}",
    ".course/cache/*/{who}+*",
)
"""Folders below the course's, beside nbgrader's own."""
_NAMED = (".course/drafts/*/{who}.html", "{letters}/* {who}.eml")
"""Files that are called after whom they are about."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A file that names a person among others.

    Attributes:
        about: what it says of them.
        rest: the file without that.
    """

    path: Path
    about: Any
    rest: str


def folders(layout: Layout, who: str) -> list[Path]:
    """Return the folders that are somebody's, wherever a course keeps such."""
    found = [step / who for step in (layout.submitted, layout.autograded, layout.feedback)]
    found += [
        path for each in _OF_THEIRS for path in sorted(layout.root.glob(each.format(who=who)))
    ]
    inbound = (layout.exchange / layout.course_id / "inbound").glob("*+*+*")
    found += [each for each in sorted(inbound) if each.name.split("+")[0] == who]
    return [each for each in found if each.is_dir()]


def files(layout: Layout, who: str, letters: str) -> list[Path]:
    """Return the files that are somebody's and lie among those of others.

    Args:
        letters: the folder of letters that were written and not sent.
    """
    named = [
        path
        for each in _NAMED
        for path in sorted(layout.root.glob(each.format(who=who, letters=letters)))
    ]
    return [*named, *_feedback(layout, who), *requests.sent_by(layout, who)]


def _feedback(layout: Layout, who: str) -> list[Path]:
    """Return what was returned to somebody over the exchange, by the secrets of what they handed in."""
    own = folders(layout, who)
    secrets = {
        path.read_text("utf-8")
        for folder in own
        for path in folder.rglob(mirror.SECRET)
        if path.is_file() and not path.is_symlink()
    }
    names = {path.stem for path in (layout.feedback / who).glob("*/*.html")}
    place = layout.exchange / layout.course_id / "feedback"
    pages = (
        place / mirror.page_name(secret, name)
        for secret in sorted(secrets)
        if secret
        for name in sorted(names)
    )
    return [page for page in pages if page.is_file()]


def mentions(layout: Layout, who: str) -> Iterator[Mention]:
    """Yield the files that name somebody among others."""
    place = layout.root / ".course"
    numbers = layout.exchange / layout.course_id / mirror.NUMBERS
    for path, parted in (
        (place / "told.jsonl", _lines(lambda line: who == json.loads(line)["person"])),
        (place / "keys.json", _entries(lambda name, _value: name == who)),
        (numbers, _entries(lambda _name, value: value["receipt"]["learner"] == who)),
        *((path, _present(who)) for path in sorted(layout.root.glob("sessions/*/session.json"))),
        *((path, _lines(re.compile(rf"(?<![\w.@-]){re.escape(who)}(?![\w@-])").search)) for path in sorted((place / "grading").glob("*.log"))),
    ):  # fmt: skip
        if path.is_file():
            about, rest = parted(path.read_text("utf-8", "replace"))
            if about:
                yield Mention(path, about, rest)


Parted = Callable[[str], tuple[Any, str]]
"""Takes a file's text; returns what it says of somebody, and the text without that."""


def _lines(is_theirs: Callable[[str], object]) -> Parted:
    def known(line: str) -> bool:
        try:
            return bool(is_theirs(line))
        except (ValueError, KeyError, TypeError):
            return False  # the last line of a process that was killed

    def parted(text: str) -> tuple[list[str], str]:
        lines = [(line, known(line)) for line in text.splitlines(keepends=True)]
        rest = "".join(line for line, is_so in lines if not is_so)
        return [line.rstrip("\n") for line, is_so in lines if is_so], rest

    return parted


def _entries(is_theirs: Callable[[str, Any], bool]) -> Parted:
    def parted(text: str) -> tuple[dict[str, Any], str]:
        every = json.loads(text)
        mine = {name: value for name, value in every.items() if is_theirs(name, value)}
        rest = {name: value for name, value in every.items() if name not in mine}
        return mine, json.dumps(rest, indent=1)

    return parted


def _present(who: str) -> Parted:
    def parted(text: str) -> tuple[dict[str, Any], str]:
        session = json.loads(text)
        was_there = who in session["present"]
        rest = {**session, "present": [each for each in session["present"] if each != who]}
        about = {key: session[key] for key in ("id", "title", "start")} if was_there else {}
        return about, json.dumps(rest, indent=1, ensure_ascii=False)

    return parted
