"""What goes out to learning platforms: statements of records and marks, and packages that launch a lesson."""

from collections.abc import Iterator, Sequence
from typing import Any

from course.certificate import proof
from course.errors import Invalid
from course.layout import COURSE_FILE
from course.lesson import record
from course.model import Learner, Mark
from course.platforms import package, xapi
from course.platforms.package import Launch
from course.platforms.xapi import Place
from course.term import Course, certifying

__all__ = ["launch", "left_out", "place", "statements"]


def place(course: Course) -> Place:
    """Return where a course's statements belong.

    Raises:
        Invalid: `course.toml` gives the course no address of its own.
    """
    file = course.file
    if not file.platforms.home:
        raise Invalid(
            "the course has no address of its own yet", where=str(course.layout.root / COURSE_FILE),
            expected='[platforms] with home = "https://training.example.org"',
            hint="it need not lead anywhere, and must not change later: names of activities begin with it",
        )  # fmt: skip
    titles = {name: file.lesson(name).title or name for name in course.lessons()}
    return Place(file.platforms.home, (file.id, file.title), titles)


def statements(course: Course, lessons: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield the statements of what learners did in lessons and handed in, and of their marks.

    Raises:
        NotFound: no such lesson.
        Invalid: see `place`.
    """
    where, people = place(course), {each.id: each for each in course.learners()}
    for lesson in lessons:
        course.known(lesson)
        for work in course.submissions(lesson):
            who = people.get(work.learner, Learner(work.learner))
            yield from xapi.of_record(record.lines(work.folder), who, lesson, where)
        marks: dict[str, list[Mark]] = {}
        for mark in course.marks(lesson):
            marks.setdefault(mark.learner, []).append(mark)
        for learner, mine in marks.items():
            yield from xapi.of_marks(mine, people.get(learner, Learner(learner)), where)


def left_out(course: Course, lessons: Sequence[str]) -> list[str]:
    """Return in words of whose records nothing goes out, since they are too large to be read."""
    works = [work for lesson in lessons for work in course.submissions(lesson)]
    return [
        f"{work.learner}, {work.lesson}: the record has {size / 1e6:.1f} MB, at most {record.MAX_BYTES // 10**6} MB are "
        f"read; only the marks go out. Put aside what does not belong to it: {work.folder / record.NAME}"
        for work in works if (size := record.size(work.folder)) > record.MAX_BYTES
    ]  # fmt: skip


def launch(course: Course, lesson: str) -> Launch:
    """Return what a package says of a lesson.

    Raises:
        NotFound: no such lesson.
        Invalid: see `place`.
    """
    declared, where = course.known(lesson), place(course)
    texts = {each.id: each.text for each in course.file.objectives}
    return Launch(
        where.activity(lesson), lesson, declared.title or lesson, where.course[1], declared.minutes,
        tuple((one, texts[one]) for one in declared.objectives), declared.pass_mark,
        course.file.platforms.learn.replace("{lesson}", lesson), proof.issuer(certifying.key(course)),
    )  # fmt: skip


def packed(course: Course, lesson: str, kind: package.Kind) -> bytes:
    """Return a lesson's package, see `course.platforms.package`."""
    return package.build(launch(course, lesson), kind)
