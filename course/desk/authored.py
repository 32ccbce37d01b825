"""Rubrics as a lesson's author or `course.toml` has them, for questions that have none from the desk yet."""

from functools import lru_cache

from course import layout as disk
from course.authoring import marks
from course.authoring.rubric import rubrics
from course.authoring.source import Sources
from course.errors import CourseError
from course.layout import Layout
from course.review.rubric import Rubric, read
from course.settings import Rubric as Declared
from course.store.asked import Asked
from course.term import Course


def authored(course: Course, question: Asked) -> Rubric:
    """Return the rubric of `course.toml`, else the one above the answer in the lesson's source; an empty one if none."""
    lesson = question.lesson
    for each in course.file.rubrics:
        if (each.lesson, each.question) == (lesson, question.question) and each.notebook in (
            "",
            question.notebook,
        ):
            return _declared(each)
    changed = [path.stat().st_mtime_ns for path in disk.sources(course.layout.source / lesson)]
    return _all(course.layout, lesson, tuple(changed)).get(
        (question.notebook, question.question), Rubric()
    )


def _declared(one: Declared) -> Rubric:
    items = [
        {"id": f"author-{number}", **item.model_dump()} for number, item in enumerate(one.items)
    ]
    return read({**one.model_dump(), "items": items})


@lru_cache(maxsize=50)
def _all(layout: Layout, lesson: str, _changed: tuple[int, ...]) -> dict[tuple[str, str], Rubric]:
    """Return a lesson's rubrics, read once for each state of its sources."""
    try:
        nodes = [(path.stem, marks.apply(raw)[0]) for path, raw in Sources(layout).raw(lesson)]
    except CourseError:  # a draft with mistakes keeps nobody from marking what was released
        return {}
    return {
        place: read({
            "guide": written.text,
            "items": [
                {"id": f"author-{number}", "points": item.points, "text": item.text}
                for number, item in enumerate(written.items)
            ],
        })
        for place, written in rubrics(nodes).items()
    }  # fmt: skip
