"""What a reader meets, with eyes, ears or a screen reader: headings, pictures, links, sentences."""

import re
from collections.abc import Iterator
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.token import Token

from course.authoring.draft import Draft
from course.authoring.finding import Finding
from course.notebook import NotebookNode, marks
from course.questions.text import is_quiz

LONG = 40
"""Words of a sentence from which on it is hard to follow."""
WORDS_A_MINUTE = 180
MINUTES_OF_AN_EXERCISE = 4.0
MINUTES_OF_A_QUIZ = 1.0
_COLOURS = "red|green|blue|yellow|orange|purple|pink|grey|gray"
_BY_COLOUR = re.compile(
    rf"\b(?:the|in|marked|shown|coloured|colored)\s+(?:{_COLOURS})\b(?:\s+(?:one|ones|part|line|"
    r"cells?|rows?|bars?|text|button))?", re.IGNORECASE,
)  # fmt: skip
_HTML_IMAGE = re.compile(r"<img\b(?![^>]*\balt\s*=\s*['\"][^'\"]+)[^>]*>", re.IGNORECASE)
_VIDEO = re.compile(r"course\.video\(\s*['\"]([^'\"]+)['\"]")
_VAGUE = {"here", "click here", "this", "link", "this link", "more", "read more"}


def _blocks(cell: NotebookNode) -> list[Token]:
    return MarkdownIt("commonmark").enable("table").parse(cell.source)


def _inline(cell: NotebookNode) -> Iterator[tuple[int, Token]]:
    """Yield the line in the cell, and each inline token."""
    for block in _blocks(cell):
        line = (block.map or [0])[0] + 1
        for token in block.children or []:
            yield line, token


def headings_are_in_order(draft: Draft) -> Iterator[Finding]:
    """One title at the top; no level is left out on the way down."""
    for file, node in draft.notebooks.values():
        level, titles = 0, 0
        for cell in node.cells:
            if cell.cell_type != "markdown":
                continue
            for token in _blocks(cell):
                if token.type != "heading_open":
                    continue
                now, line = int(token.tag[1]), (token.map or [0])[0] + 1
                titles += now == 1
                if now == 1 and titles > 1:
                    yield draft.at("headings", "warning", (file, cell), "a second title",
                                    "use ## for a section", line)  # fmt: skip
                elif now > level + 1:
                    yield draft.at("headings", "warning", (file, cell),
                                    f"a heading of level {now} after one of level {level}"
                                    if level else "the notebook does not begin with a title",
                                    f"use {'#' * (level + 1)}", line)  # fmt: skip
                level = now


def headings_are_shown(draft: Draft) -> Iterator[Finding]:
    """No heading stands in a model answer, which learners don't get: a new cell was forgotten."""
    for file, cell in draft.cells("markdown"):
        for token in _blocks(cell) if marks(cell).get("solution") else ():
            if token.type == "heading_open":
                line = (token.map or [0])[0] + 1
                yield draft.at("hidden-heading", "warning", (file, cell),
                                f"the heading '{cell.source.splitlines()[line - 1]}' stands in a model "
                                "answer, which learners don't get",
                                "begin a new cell above it (in a .md file, put a line '+++' there)",
                                line)  # fmt: skip


def pictures_have_words(draft: Draft) -> Iterator[Finding]:
    """Every picture has an alternative text."""
    for file, cell in draft.cells("markdown"):
        for line, token in _inline(cell):
            words = (token.content or "".join(c.content for c in token.children or [])).strip()
            if token.type == "image" and (not words or re.fullmatch(r"\S+\.\w{3,4}|image", words)):
                yield draft.at("alt-text", "error", (file, cell),
                                f"the picture {token.attrs.get('src', '')} has no alternative text",
                                "say in words what it shows: ![words](file)", line)  # fmt: skip
        for match in _HTML_IMAGE.finditer(cell.source):
            line = cell.source.count("\n", 0, match.start()) + 1
            yield draft.at("alt-text", "error", (file, cell), "an <img> without alt text",
                            'add alt="what it shows"', line)  # fmt: skip


def videos_have_captions(draft: Draft) -> Iterator[Finding]:
    """Every video is there, with its captions beside it."""
    for file, cell in draft.cells("code"):
        for name in _VIDEO.findall(cell.source):
            video = draft.folder / name
            if "://" not in name and not video.is_file():
                yield draft.at("file-missing", "error", (file, cell), f"there is no file {name}",
                                "put it into the lesson's folder")  # fmt: skip
            elif not video.with_suffix(".vtt").is_file():
                yield draft.at("captions", "error", (file, cell), f"{name} has no captions",
                                f"write them into {video.with_suffix('.vtt').name}")  # fmt: skip


def links_have_a_target(draft: Draft) -> Iterator[Finding]:
    """What a link points to is there, and its text says what that is."""
    for file, cell in draft.cells("markdown"):
        for line, token in _inline(cell):
            target = str(token.attrs.get("href" if token.type == "link_open" else "src", ""))
            if token.type in ("link_open", "image") and _is_local(target):
                place = draft.folder / unquote(target.partition("#")[0])
                if not place.exists():
                    yield draft.at("link", "error", (file, cell), f"there is no file {target}",
                                    "mend the link, or put the file into the lesson's folder",
                                    line)  # fmt: skip
        for match in re.finditer(r"(?<!!)\[([^\]]+)\]\([^)]+\)", cell.source):
            if match[1].strip().lower() in _VAGUE:
                line = cell.source.count("\n", 0, match.start()) + 1
                yield draft.at("link-text", "warning", (file, cell),
                                f"the link's text is '{match[1]}'",
                                "say where it leads: a screen reader lists links alone", line)  # fmt: skip


def _is_local(target: str) -> bool:
    return bool(target) and not re.match(
        r"[a-z][a-z0-9+.-]*:|#|//|attachment:", target, re.IGNORECASE
    )


def tables_have_headers(draft: Draft) -> Iterator[Finding]:
    """Every column of a table has a heading."""
    for file, cell in draft.cells("markdown"):
        head = False
        for token in _blocks(cell):
            head = token.type == "th_open" or (head and token.type != "th_close")
            if head and token.type == "inline" and not token.content.strip():
                yield draft.at("table", "warning", (file, cell), "a column without a heading",
                                "name it in the table's first line",
                                (token.map or [0])[0] + 1)  # fmt: skip
        if "<table" in cell.source.lower() and "<th" not in cell.source.lower():
            yield draft.at("table", "warning", (file, cell), "a <table> without <th>",
                            "mark the headings as such")  # fmt: skip


def colour_is_not_alone(draft: Draft) -> Iterator[Finding]:
    """Nothing is told by its colour only."""
    for file, cell in draft.cells("markdown"):
        if match := _BY_COLOUR.search(cell.source):
            line = cell.source.count("\n", 0, match.start()) + 1
            yield draft.at("colour", "note", (file, cell), f"'{match[0]}' points by colour",
                            "say it in another way as well: not everybody sees it", line)  # fmt: skip


def sentences_can_be_followed(draft: Draft) -> Iterator[Finding]:
    """No sentence is so long that its beginning is forgotten at its end."""
    for file, cell in draft.cells("markdown"):
        for block in _blocks(cell):
            if block.type != "inline":
                continue
            for sentence in re.split(r"(?<=[.!?:;])\s+", block.content):
                words = len(sentence.split())
                if words > LONG:
                    first = " ".join(sentence.split()[:6])
                    yield draft.at("sentence", "warning", (file, cell),
                                    f"a sentence of {words} words: '{first} …'",
                                    "make two of it", (block.map or [0])[0] + 1)  # fmt: skip


def time_is_honest(draft: Draft) -> Iterator[Finding]:
    """The time that learners are told is about what reading, trying and answering takes."""
    words = sum(len(cell.source.split()) for _, cell in draft.cells("markdown"))
    quizzes = sum(is_quiz(cell.source) for _, cell in draft.cells("code"))
    exercises = sum(not is_quiz(c.source) and q.points > 0 for q in draft.questions
                    for _, c in draft.cells() if c.metadata.get("nbgrader", {}).get("grade_id") == q.id)  # fmt: skip
    guess = (
        words / WORDS_A_MINUTE + exercises * MINUTES_OF_AN_EXERCISE + quizzes * MINUTES_OF_A_QUIZ
    )
    told = draft.about.minutes
    if guess >= 5 and not guess / 2 <= told <= guess * 3:  # noqa: PLR2004  short ones vary too much
        yield draft.about_file(
            "minutes", "warning", f"lesson '{draft.name}' is said to take {told} minutes; its "
            f"{words} words, {exercises} exercises and {quizzes} quiz questions look like {guess:.0f}",
            "change minutes, or the lesson",
        )  # fmt: skip


RULES = (
    headings_are_in_order, headings_are_shown, pictures_have_words, videos_have_captions, links_have_a_target,
    tables_have_headers, colour_is_not_alone, sentences_can_be_followed, time_is_honest,
)  # fmt: skip
