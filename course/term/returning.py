"""Feedback goes out: what it would be, now or at a time, whole or by question, in versions."""

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from course import kept
from course import layout as disk
from course.errors import CourseError, Invalid
from course.exchange import transfer
from course.feedback import page
from course.grading.turn import turn
from course.model import HELD, Learner, Mark
from course.review.news import composed, name, news
from course.store import disputes, lateness, personal, reading, returns
from course.store.database import Gradebook, note
from course.store.returns import Told
from course.term import Course
from course.term.proving import gather

__all__ = ["Draft", "Scheduled", "carry_out", "drafts", "give_back", "schedule", "scheduled"]

_SCHEDULE = Path(".course") / "returns.json"


@dataclass(frozen=True, slots=True)
class Draft:
    """The page that a learner would get now.

    Attributes:
        html: the page.
        told: what it tells; its version is the next one.
        before: what was told last; None at the first time.
        news: title of a question and what is new with it.
        state: "draft" when it would go out, "released" when it is as it went out.
    """

    learner: Learner
    html: str
    told: Told
    before: Told | None
    news: tuple[tuple[str, str], ...]
    state: str

    @property
    def held(self) -> int:
        """How many questions it keeps back."""
        return sum(mark.state == HELD for mark in self.told.marks)


@dataclass(frozen=True, slots=True)
class Scheduled:
    """Feedback that goes out at a time.

    Attributes:
        at: when, in UTC.
        questions: only these; empty for the whole lesson.
        by: who said so.
    """

    lesson: str
    at: dt.datetime
    questions: tuple[str, ...] = field(default=())
    by: str = ""


def drafts(
    course: Course, lesson: str, questions: Sequence[str] = (), learner: str | None = None
) -> Iterator[Draft]:
    """Yield what each learner who handed in would get now, by id.

    Args:
        questions: tell only these anew, by id or as NOTEBOOK/QUESTION; empty for all.
        learner: only this one's.

    Raises:
        NotFound: no such lesson, question or learner.
    """
    course.known(lesson)
    course.settle(lesson)
    people = {person.id: person for person in course.learners()}
    with course.book() as book:
        attempts = {who: row for (_, who), row in reading.attempts(book, lesson).items()}
        if learner is not None:
            disk.known(learner, sorted(attempts), "graded submission of", lesson)
        marks: dict[str, list[Mark]] = {}
        for mark in reading.marks(book, lesson, learner):
            marks.setdefault(mark.learner, []).append(mark)
        _check(lesson, questions, marks)
        common = _Common.read(book, lesson)
        there = [
            who for who in sorted(attempts) if course.layout.submission(who, lesson).is_dir()
        ]  # not forgotten
        for who in there if learner is None else [learner]:
            person = people.get(who, Learner(who))
            yield common.draft(course, person, marks.get(who, []), attempts[who], questions)


@dataclass(frozen=True, slots=True)
class _Common:
    """What the drafts of a lesson are made of, read once."""

    lesson: str
    late: dict[str, float]
    due: dict[str, dt.datetime]
    last: dict[str, Told]
    threads: dict[str, dict[str, list[disputes.Message]]]

    @classmethod
    def read(cls, book: Gradebook, lesson: str) -> "_Common":
        with book.reading() as connection:
            due = lateness.due_dates(connection, lesson)
            threads: dict[str, dict[str, list[disputes.Message]]] = {}
            for place, said in disputes.threads(connection, lesson).items():
                mine = threads.setdefault(place.learner, {})
                mine[f"{place.notebook}/{place.question}"] = said
        return cls(lesson, reading.late(book, lesson), due, returns.last(book, lesson), threads)

    def draft(
        self, course: Course, person: Learner, marks: Sequence[Mark], attempt: Any,
        questions: Sequence[str],
    ) -> Draft:  # fmt: skip
        """Return one learner's draft; the digest is of the page without what is new on it."""
        before, threads = self.last.get(person.id), self.threads.get(person.id, {})
        shown = composed(marks, before.marks if before else (), questions)
        late = 0.0 if any(m.state == HELD for m in shown) else self.late.get(person.id, 0.0)
        open_now = {name(mark) for mark in shown if mark.state != HELD}
        threads = {key: said for key, said in threads.items() if key in open_now}
        answers = {key: len(said) for key, said in threads.items()}

        def made(new: tuple[tuple[str, str], ...] = ()) -> str:
            return page(course.file, course.file.lesson(self.lesson), person, shown, dict(attempt), late,
                        due=self.due.get(person.id), threads=threads, news=new,
                        since=before.at if before else None)  # fmt: skip

        html = made()
        digest = hashlib.sha256(html.encode()).hexdigest()
        same = attempt["feedback"] == digest
        new: tuple[tuple[str, str], ...] = ()
        if before and not same:
            new = news(shown, before.marks, answers, before.answers, (before.late, late))
            html = made(new)
        told = Told(before.version + 1 if before else 1, shown, late, answers, digest)
        return Draft(person, html, told, before, new, "released" if same else "draft")


def _check(lesson: str, questions: Sequence[str], marks: dict[str, list[Mark]]) -> None:
    """Raise NotFound for a question that the lesson has not."""
    there = next(iter(marks.values()), [])
    names = [mark.question for mark in there]
    for each in questions:
        if each not in (name(mark) for mark in there):
            disk.known(each, names, "question", lesson)


def give_back(
    course: Course, lesson: str, questions: Sequence[str] = (),
    tell: Callable[[str], object] = lambda _learner: None, by: str = "",
) -> list[str]:  # fmt: skip
    """Build feedback pages and put the new or changed ones on the exchange.

    Args:
        questions: tell only these anew; empty for the whole lesson.
        tell: called with each learner when the page is built.
        by: who returns it, for the ledger.

    What it shows of the objectives goes into the evidence ledger, and beside the feedback goes what is
    kept of the learner (`course.kept`).

    Returns:
        the learners who got a new page.
    """
    returned = []
    with course.book() as book:
        for draft in drafts(course, lesson, questions):
            tell(draft.learner.id)
            if draft.state == "released" or draft.held == len(draft.told.marks) > 0:
                continue
            rows, held = personal.told(book, draft.learner.id, lesson, draft.told.marks)
            own = kept.page(course.file, draft.learner, rows, held, dt.datetime.now(dt.UTC))
            _place(course, lesson, draft.learner.id, {kept.NAME: own}, draft.html)
            returns.save(book, lesson, draft.learner.id, replace(draft.told, by=by))
            returned.append(draft.learner.id)
    gather(course, lesson, by)
    return returned


def _place(course: Course, lesson: str, learner: str, more: Mapping[str, str], html: str) -> None:
    """Lay a learner's feedback out, one page per notebook, and more pages beside it."""
    work = course.layout.submission(learner, lesson)
    folder = course.layout.feedback / learner / lesson
    sealed = True
    for each in ("timestamp.txt", "submission_secret.txt"):
        if (work / each).is_file() and not (work / each).is_symlink():
            disk.write(folder / each, (work / each).read_bytes())
        else:
            sealed = False
    pages = {**more, **{each: html for each, _ in course.sources.notebooks(lesson)}}
    for each, text in pages.items():
        disk.write(folder / f"{each}.html", text)
    if sealed and course.layout.exchange.is_dir():  # work that came by file goes back by file
        transfer.give_back(course.layout, course.config, lesson, learner)


# at a time ----------------------------------------------------------------------------------------


def scheduled(course: Course) -> list[Scheduled]:
    """Return what is to go out at a time, the next first.

    Raises:
        Invalid: the list can't be read.
    """
    path = course.layout.root / _SCHEDULE
    if not path.is_file():
        return []
    try:
        found = [
            Scheduled(each["lesson"], dt.datetime.fromisoformat(each["at"]), tuple(each["questions"]), each["by"])
            for each in json.loads(path.read_text(encoding="utf-8"))
        ]  # fmt: skip
    except (ValueError, KeyError, TypeError) as error:
        raise Invalid(
            "the list of feedback to return later can't be read", where=str(path), found=str(error),
            hint="remove it and schedule again: course return LESSON --at TIME",
        ) from error  # fmt: skip
    return sorted(found, key=lambda each: each.at)


def schedule(
    course: Course, lesson: str, at: dt.datetime | None, questions: Sequence[str] = (), by: str = ""
) -> None:
    """Let a lesson's feedback go out at a time, in the place of an earlier plan; None cancels it."""
    course.known(lesson)
    with _alone(course):
        rest = [each for each in scheduled(course) if each.lesson != lesson]
        new = [Scheduled(lesson, at, tuple(questions), by)] if at is not None else []
        _write(course, rest + new)
    with course.book() as book, book.transaction() as connection:
        note(connection, by, "scheduled", lesson=lesson,
             after={"at": at.isoformat() if at else None, "questions": list(questions)})  # fmt: skip


def carry_out(
    course: Course, now: dt.datetime | None = None
) -> Iterator[tuple[Scheduled, list[str] | CourseError]]:
    """Return the feedback whose time has come; yields to whom it went, or why it did not.

    What did not go out stays on the list. Two at once do not return the same twice.
    """
    moment = now or dt.datetime.now(dt.UTC)
    if not any(each.at <= moment for each in scheduled(course)):
        return
    with _alone(course):
        for each in [each for each in scheduled(course) if each.at <= moment]:
            try:
                yield each, give_back(course, each.lesson, each.questions, by=each.by)
            except CourseError as error:
                yield each, error
            else:
                _write(course, [other for other in scheduled(course) if other != each])


def _alone(course: Course) -> Any:
    return turn(course.layout.root / ".course" / "returning", lambda _who: None)


def _write(course: Course, plans: Sequence[Scheduled]) -> None:
    path = course.layout.root / _SCHEDULE
    plain = [asdict(each) | {"at": each.at.isoformat()} for each in plans]
    disk.write(path, json.dumps(plain, indent=1))
