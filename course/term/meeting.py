"""Live hours of a course: planned, with an agenda from what was asked and failed, recorded, put into the lesson."""

import datetime as dt
import re
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from course import layout as disk
from course import markup
from course.authoring import block
from course.errors import Invalid, NotFound
from course.exchange import transfer
from course.exchange.access import Access
from course.insight.voices import voices
from course.lesson import captions
from course.model import Mark
from course.pacing.calendar import Entry, written
from course.pacing.session import Answered, Failed, Session, Topic, agenda, read
from course.store import reading
from course.term import Course

FOLDER = "sessions"
_VIDEOS = (".webm", ".mp4", ".ogv", ".mov")


def plan(
    course: Course, title: str, start: dt.datetime, minutes: int, link: str, lessons: Sequence[str]
) -> tuple[Session, Path]:
    """Plan a live hour; returns it and its calendar file. The same name again moves it.

    Raises:
        NotFound: an unknown lesson.
        Invalid: the link is no address of the web.
    """
    for lesson in lessons:
        course.known(lesson)
    if link and not re.fullmatch(r"https?://\S+", link):
        raise Invalid(
            "not a link", expected="an address such as https://meet.example.org/room", found=link
        )
    key = re.sub(r"[^a-z0-9]+", "-", title.casefold()).strip("-") or "session"
    before = _all(course).get(key, Session(key, title, start, minutes))
    made = replace(
        before, title=title, start=start, minutes=minutes, link=link, lessons=tuple(lessons)
    )
    _keep(course, made)
    entry = Entry(
        f"session/{key}",
        title,
        start,
        minutes,
        f"About: {', '.join(lessons)}" if lessons else "",
        link,
    )
    path = _folder(course, key) / f"{key}.ics"
    disk.write(path, written(course.file.id, title, [entry], dt.datetime.now(dt.UTC)))
    return made, path


def write_agenda(course: Course, key: str) -> Path:
    """Write the agenda of a live hour as Markdown and HTML; returns the Markdown's file."""
    session = find(course, key)
    lessons = session.lessons or tuple(course.lessons())
    text = agenda(session, topics(course, lessons), failed(course, lessons))
    folder = _folder(course, session.id)
    disk.write(folder / "agenda.md", text)
    disk.write(folder / "agenda.html", _page(session.title, markup.block(text)))
    return folder / "agenda.md"


def topics(course: Course, lessons: Sequence[str]) -> list[Topic]:
    """Return what was asked about some lessons: at the office where there is one, else in what was handed in."""
    if transfer.over_service(course.config):
        with Access.of(course.layout.root).remote() as service:
            groups = [group for group in service.board() if group[0]["lesson"] in lessons]
        return [
            Topic(group[0]["lesson"], group[0]["text"], len(group), group[0]["test"]
                  or group[0]["error"].partition(":")[0], any(one["state"] == "open" for one in group), group[0]["id"])
            for group in groups
        ]  # fmt: skip
    return [
        Topic(lesson, row["text"], 1, row["error"].partition(":")[0], waits=True)
        for lesson in lessons for row in voices(course.submissions(lesson)) if row["kind"] == "asked"
    ]  # fmt: skip


def failed(course: Course, lessons: Sequence[str]) -> list[Failed]:
    """Return the graded questions of some lessons with the share of the points that was earned."""
    by: dict[tuple[str, str], list[Mark]] = {}
    with course.book() as book:
        for mark in reading.marks(book):
            if mark.lesson in lessons and mark.points is not None and mark.maximum:
                by.setdefault((mark.lesson, mark.question), []).append(mark)
    return [
        Failed(lesson, marks[0].title or question,
               sum(mark.points or 0 for mark in marks) / sum(mark.maximum for mark in marks), len(marks))
        for (lesson, question), marks in by.items()
    ]  # fmt: skip


def record(
    course: Course, key: str, present: Sequence[str], answered: Sequence[Answered]
) -> Session:
    """Note who was there and what was answered; answers go to the questions' threads at the office.

    Args:
        answered: a question may be named by the first letters of its id, as the agenda has it.

    Raises:
        NotFound: an unknown learner or question.
    """
    session = find(course, key)
    people = [person.id for person in course.learners()]
    for learner in present:
        disk.known(learner, people, "learner")
    whole = _told(course, session, answered)
    made = session.with_record(present, whole)
    _keep(course, made)
    return made


def _told(course: Course, session: Session, answered: Sequence[Answered]) -> list[Answered]:
    """Send answers to their threads, each once; returns them with whole ids."""
    if not any(each.question for each in answered):
        return list(answered)
    with Access.of(course.layout.root).remote() as service:
        ids = [str(one["id"]) for group in service.board() for one in group]
        whole = [
            Answered(_whole(each.question, ids), each.text) if each.question else each for each in answered
        ]  # fmt: skip
        for each in whole:
            if each.question and each not in session.answered:
                service.answer(each.question, each.text)
    return whole


def _whole(start: str, ids: Sequence[str]) -> str:
    found = [each for each in ids if each.startswith(start)]
    if len(found) != 1:
        raise NotFound(
            f"{len(found) or 'no'} question{'s begin' if len(found) > 1 else ' begins'} with '{start}'",
            expected="the first letters of its id, as the agenda has them", hint="course session agenda",
        )  # fmt: skip
    return found[0]


def close(
    course: Course,
    key: str,
    recording: Path,
    words: Path | None,
    questions: dict[str, str],
    lesson: str = "",
) -> Path:
    """Put the recording of a live hour into a lesson, as a video block; returns the source that has it.

    Args:
        words: its captions, WebVTT; None for none.
        questions: time, as in "0:42", and the quiz of the lesson that is asked there.
        lesson: which one; by default the first that the hour was about.

    Raises:
        NotFound: no such file or quiz.
        Invalid: no video, no lesson, or not a time.
    """
    session = find(course, key)
    name = lesson or next(iter(session.lessons), "")
    if not name:
        raise Invalid("no lesson is named", expected="--lesson LESSON", where=session.id)
    course.known(name)
    folder = course.layout.source / name
    for path, kinds in ((recording, _VIDEOS), (words, (".vtt",))):
        if path is not None and (not path.is_file() or path.suffix not in kinds):
            raise NotFound(
                "no such file",
                where=str(path),
                expected=f"a file that ends with {' or '.join(kinds)}",
            )
    _refuse_unknown(course, name, questions)
    source = disk.sources(folder)[0]
    file = f"{session.id}{recording.suffix}"
    _copy(recording, folder / file)
    if words is not None:
        _copy(words, folder / f"{session.id}.vtt")
    block.video(source, f"Recording: {session.title}", file, questions)
    _keep(course, replace(session, recording=file))
    return source


def _copy(source: Path, target: Path) -> None:
    """Copy a file that may be large, whole or not at all."""
    staged = target.with_name(f".{target.name}")
    try:
        shutil.copyfile(source, staged)
        staged.replace(target)
    except OSError as error:
        raise disk.refused(target, error) from error


def _refuse_unknown(course: Course, lesson: str, questions: dict[str, str]) -> None:
    there = sorted(course.items(lesson))
    for at, name in questions.items():
        try:
            captions.seconds(at)
        except ValueError as error:
            raise Invalid("not a time", expected='minutes and seconds, "1:20"', found=at) from error
        disk.known(name, there, "quiz", lesson)


def find(course: Course, key: str) -> Session:
    """Return a live hour; raise NotFound when there is none of that name."""
    every = _all(course)
    return every[disk.known(key, sorted(every), "session", str(course.layout.root / FOLDER))]


def sessions(course: Course) -> list[Session]:
    """Return the live hours, by their time."""
    return sorted(_all(course).values(), key=lambda one: one.start)


def _all(course: Course) -> dict[str, Session]:
    found = {}
    for path in (course.layout.root / FOLDER).glob("*/session.json"):
        try:
            found[path.parent.name] = read(path.read_text(encoding="utf-8"))
        except (ValueError, KeyError, TypeError) as error:
            raise Invalid(
                "this live hour can't be read", where=str(path), found=str(error), hint="put it back, or remove its folder"
            ) from error  # fmt: skip
    return found


def _folder(course: Course, key: str) -> Path:
    return course.layout.root / FOLDER / key


def _keep(course: Course, session: Session) -> None:
    disk.write(_folder(course, session.id) / "session.json", session.written())


def _page(title: str, body: str) -> str:
    from html import escape  # noqa: PLC0415  only here

    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" '
        f'content="width=device-width"><title>{escape(title)}</title><style>:root{{color-scheme:light dark}}'
        "body{max-width:44rem;margin:2rem auto;padding:0 1.2rem;font:17px/1.6 system-ui,sans-serif}"
        "li{margin:.4rem 0}h2{margin-top:1.8rem}</style></head><body><main>"
        + body
        + "</main></body></html>\n"
    )
