"""Words that no installed dictionary knows. Needs `jupyter-course[spelling]` and Hunspell's dictionaries."""

import gc
import re
import warnings
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt

from course.authoring.draft import Draft
from course.authoring.finding import Finding

PLACES = (Path("/usr/share/hunspell"), Path("/usr/share/myspell"), Path("/usr/share/myspell/dicts"))
"""Where systems keep Hunspell's dictionaries."""

_FORMULA = re.compile(r"\$\$.*?\$\$|\$[^$\n]+\$", re.DOTALL)
_WORD = re.compile(r"(?<![\w@/.\\-])[^\W\d_]+(?:['\u2019][^\W\d_]+)?(?![\w@/\\])")
_LEAST = 3  # letters


def words_are_known(draft: Draft) -> Iterator[Finding]:
    """Every word of the prose is in a dictionary, or among the course's own words.

    Code, formulas, links' targets and whatever begins with a capital letter are left out. Where no
    dictionary of the course's language is installed, nothing is said.
    """
    language = draft.course.spelling.language
    dictionaries = installed(language)
    own = {word.casefold() for word in draft.course.spelling.words}
    for file, cell in draft.cells("markdown") if dictionaries else ():
        seen = set[str]()
        for line, word in _words(cell.source):
            if word.casefold() in own | seen or known(word, dictionaries):
                continue
            seen.add(word.casefold())
            yield draft.at("spelling", "note", (file, cell), f"'{word}' is in no dictionary of '{language}'",
                           "mend it, or add it to words in [spelling] of course.toml", line)  # fmt: skip


def _words(source: str) -> Iterator[tuple[int, str]]:
    """Yield the line and each word of the prose that begins with a small letter."""
    plain = _FORMULA.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), source)
    for block in MarkdownIt("commonmark").enable("table").parse(plain):
        line = (block.map or [0])[0] + 1
        for token in block.children or []:
            line += token.type in ("softbreak", "hardbreak")
            if token.type == "text":
                for word in _WORD.findall(token.content):
                    if word[0].islower() and len(word) >= _LEAST:
                        yield line, word.replace("\u2019", "'")


@cache
def installed(language: str) -> tuple[Any, ...]:
    """Return the dictionaries of a language that are installed here: "en" finds en_GB and en_US."""
    try:
        from spylls.hunspell import Dictionary  # noqa: PLC0415  an extra; nothing without it
    except ImportError:
        return ()
    found = {
        path.stem: path.with_suffix("")
        for place in PLACES
        for path in sorted(place.glob("*.dic"))
        if re.split(r"[_-]", path.stem)[0] == language or path.stem == language
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # it leaves closing its files to Python
        made = tuple(Dictionary.from_files(str(path)) for path in found.values())
        gc.collect()
    return made


def known(word: str, dictionaries: Sequence[Any]) -> bool:
    """Return whether any of some dictionaries has a word."""
    return any(each.lookup(word) for each in dictionaries)


RULES = (words_are_known,)
