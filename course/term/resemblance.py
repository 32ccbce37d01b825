"""Similar answers of a lesson, found in what was graded, and a page with both texts side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import jinja2

from course.desk.answer import cells
from course.errors import Invalid
from course.layout import known
from course.model import Kind
from course.review import similarity
from course.review.similarity import Similar
from course.term import Course

__all__ = ["Pair", "page", "similar"]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two similar answers to an exercise, with their texts."""

    question: str
    title: str
    pair: Similar
    texts: tuple[str, str]


def similar(course: Course, lesson: str, question: str = "", least: float = 0.6) -> list[Pair]:
    """Return the similar answers of a lesson, by exercise, the most similar first.

    Args:
        question: only this exercise; empty for all with code or own words.
        least: share from which on a pair is told, 0 to 1.

    Raises:
        NotFound: no such lesson or exercise.
        Invalid: nothing was graded yet.
    """
    course.known(lesson)
    asked = {one.id: one for one in course.source_questions(lesson) if one.kind is not Kind.QUIZ}
    if question:
        known(question, list(asked), "exercise", lesson)
    folders = {
        path.parent.name: path for path in sorted(course.layout.autograded.glob(f"*/{lesson}"))
    }
    if not folders:
        raise Invalid(
            f"nothing of '{lesson}' was graded yet", hint=f"run first: course autograde {lesson}"
        )
    found = []
    for name, one in asked.items():
        if question in ("", name):
            texts = {
                who: _text(folder / f"{one.notebook}.ipynb", name)
                for who, folder in folders.items()
            }
            given = {who: text for who, text in texts.items() if text.strip()}
            starter = _text(course.layout.release / lesson / f"{one.notebook}.ipynb", name)
            for pair in similarity.similar(given, starter, least):
                both = (given[pair.learners[0]], given[pair.learners[1]])
                found.append(Pair(name, one.title, pair, both))
    return found


def _text(notebook: Path, question: str) -> str:
    return "\n\n".join(
        cell["source"] for cell, role in cells(notebook, question) if role == "answer"
    )


def page(lesson: str, found: Sequence[Pair]) -> str:
    """Return a page of its own with every pair side by side; what is similar is marked, and not by colour alone."""
    folder = Path(__file__).parents[1] / "templates"
    room = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder), autoescape=True, undefined=jinja2.StrictUndefined
    )
    pairs = [
        {"question": one.question, "title": one.title, "share": f"{one.pair.share:.0%}",
         "sides": [{"learner": who, "lines": list(enumerate(text.split("\n"), 1)), "marked": set(lines)}
                   for who, text, lines in zip(one.pair.learners, one.texts, one.pair.lines, strict=True)]}
        for one in found
    ]  # fmt: skip
    return room.get_template("similar.html").render(lesson=lesson, pairs=pairs)
