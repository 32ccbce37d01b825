"""One function per step of a course's term: what the command line and the server call.

course = Course.open(Path("."))
course.release("cleaning")
course.collect("cleaning")
for graded in course.autograde("cleaning"): ...
"""

import datetime as dt
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course import layout as disk
from course import notebook as notebooks
from course.authoring import build, outline, reviews, versions
from course.authoring.source import Sources, travelling
from course.authoring.versions import Version
from course.deadline import Deadline, count_best, declared
from course.errors import Invalid
from course.exchange import config as nbgrader_config
from course.exchange import intake, transfer
from course.grading.pool import Staff, Workers
from course.grading.prepared import Prepared, fingerprint, gather, trusted
from course.grading.turn import Advance, turn
from course.layout import Layout
from course.model import Graded, Learner, ManualMark, Mark, Question, Submission
from course.questions import Item, sheet
from course.sandbox import Limits
from course.settings import CourseFile, Lesson, load
from course.store import earlier, lateness, reading
from course.store import lessons as saved
from course.store.database import Gradebook
from course.store.extensions import extensions
from course.store.grading import save_graded
from course.store.manual import save_manual
from course.store.roster import add_learners, learners
from course.term import attempts

__all__ = ["Collected", "Course", "LessonState"]

TRIAGE = "triage"


@dataclass(frozen=True, slots=True)
class LessonState:
    """How far one lesson is, in numbers of learners."""

    lesson: str
    title: str
    state: str  # "draft" or "released"
    submitted: int
    graded: int
    waiting: int  # for a person
    triage: int
    returned: int
    version: int  # of the last release; 0 when there is none
    review: str  # how its content stands with its reviewers


@dataclass(frozen=True, slots=True)
class Collected:
    """What collecting brought: whose work came or changed, what was left out, and what to look at, why."""

    learners: tuple[str, ...]
    left_out: tuple[tuple[str, str], ...] = ()
    look: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Course:
    """A course in a folder.

    Attributes:
        layout: where its parts lie.
        file: its `course.toml`; for an nbgrader course without one, a plain stand-in.
        config: nbgrader's configuration.
    """

    layout: Layout
    file: CourseFile
    config: Any

    @classmethod
    def open(cls, folder: Path | None = None) -> "Course":
        """Open the course at or above a folder.

        Raises:
            NotFound: when there is none.
            Invalid: when its `course.toml` or `nbgrader_config.py` is wrong.
        """
        root = disk.find_course(folder)
        file = load(root)
        config = nbgrader_config.read(root)
        layout = nbgrader_config.layout(root, config)
        return cls(
            layout, file or CourseFile(id=_plain(layout.course_id), title=layout.course_id), config
        )

    def book(self) -> Gradebook:
        """Open the gradebook; use it in ``with``."""
        return Gradebook(self.layout.db_url, self.layout.course_id)

    def lessons(self) -> list[str]:
        """Return the lessons in the order of `course.toml`, then the others by name."""
        there = self.layout.lessons()
        declared = [lesson.folder for lesson in self.file.lessons]
        return [name for name in declared if name in there] + [
            n for n in there if n not in declared
        ]

    def known(self, lesson: str) -> Lesson:
        """Return what `course.toml` says of a lesson; raise NotFound when there is no such lesson."""
        disk.known(lesson, self.lessons(), "lesson", str(self.layout.source))
        return self.file.lesson(lesson)

    # release ------------------------------------------------------------------------------------

    def release(self, lesson: str, *, unapproved: bool = False) -> Path:
        """Publish a lesson's release; returns its folder. ``unapproved`` is for a rehearsal."""
        declared = self.known(lesson)
        if self.file.policies.require_review and not unapproved:
            reviews.require(self.review(lesson), declared)
        questions = self.source_questions(lesson)
        total = sum(question.points for question in questions)
        if declared.points is not None and declared.points != total:
            raise Invalid(
                f"the points of '{lesson}' don't add up", where=str(self.layout.root / disk.COURSE_FILE),
                expected=f"{declared.points:g} points, as declared",
                found=f"{total:g} in the notebook: "
                + ", ".join(f"{q.id} {q.points:g}" for q in questions),
            )  # fmt: skip
        build.refuse_shared_names(lesson, self.sources.notebooks(lesson))
        version = self.version(lesson)
        released = self.rebuild(lesson, version)
        with self.book() as book:
            saved.save_questions(book, lesson, questions)
            if isinstance(declared.due, dt.datetime):
                saved.set_due(book, lesson, declared.due)
        transfer.publish(self.layout, self.config, lesson)
        self._announce()
        versions.keep(self.layout, lesson, version)
        return released

    def version(self, lesson: str) -> Version:
        """Return the version that a release would be now: the last one while nothing changed."""
        return versions.current(self.sources, lesson)

    def review(self, lesson: str) -> reviews.Standing:
        """Return how a lesson's content stands with those who answer for it."""
        return reviews.look(self.layout.root, self.file, lesson, lambda: self.version(lesson).hash)

    def rebuild(self, lesson: str, version: Version | None = None) -> Path:
        """Build a lesson's release into its place; the gradebook learns its cells."""
        self.book().close()  # made here where there is none: nbgrader would start a program for it
        source = self.sources.folder(lesson)
        built = transfer.build(self.layout, self.config, lesson, source, _first)
        self.write_sheet(lesson, built, version)
        return transfer.install(self.layout, built, lesson)

    def write_sheet(self, lesson: str, folder: Path, version: Version | None = None) -> None:
        """Write `lesson.json` into a built release, if the lesson has questions or tests of ours."""
        items, tests = self.items(lesson), self.layout.tests(lesson)
        if not items and not tests.is_file():
            return
        source = tests.read_text(encoding="utf-8") if tests.is_file() else ""
        nodes = (node for _, node in self.sources.notebooks(lesson))
        about = outline.about(self.file, lesson, nodes, source, tests.name)
        about |= (version or self.version(lesson)).about()
        checks = build.public_tests(source, tests.name)
        disk.write(folder / sheet.NAME, sheet.build(lesson, items.values(), checks, about))

    def _announce(self) -> None:
        """Tell learners' machines what the course is called and what is known of its lessons."""
        about = outline.announced(self.file, self.lessons())
        transfer.announce(self.layout, self.config, about)
        self.publish_dates()

    def publish_dates(self) -> None:
        """Tell the course service, where there is one, what learners' due dates are made of."""
        if not transfer.over_service(self.config):
            return
        with self.book() as book:
            transfer.schedule(self.layout, declared(self.file, extensions(book)))

    @property
    def sources(self) -> Sources:
        """The lessons as their authors wrote them."""
        return Sources(self.layout)

    def source_questions(self, lesson: str) -> list[Question]:
        """Return the graded questions of a lesson's source."""
        return [
            q for name, node in self.sources.notebooks(lesson) for q in build.questions(name, node)
        ]

    def items(self, lesson: str) -> dict[str, Item]:
        """Return the quiz questions of a lesson's source, keys included."""
        objectives = [objective.id for objective in self.file.objectives]
        found = build.lesson_quizzes(self.sources.notebooks(lesson), objectives)
        return {item.id: item for item in found}

    # learners -----------------------------------------------------------------------------------

    def learners(self) -> list[Learner]:
        """Return everybody who takes the course, by id."""
        with self.book() as book:
            return learners(book)

    def enrol(self, people: Sequence[Learner]) -> tuple[int, int]:
        """Add people or bring them up to date, all or none; returns how many are new and changed."""
        groups = [group.id for group in self.file.groups]
        for person in people:
            if person.group and groups:
                disk.known(person.group, groups, "group", str(self.layout.root / disk.COURSE_FILE))
        with self.book() as book:
            return add_learners(book, people)

    # submissions --------------------------------------------------------------------------------

    def collect(
        self, lesson: str, source: Path | None = None, took: intake.Took = lambda _work, _file: None
    ) -> Collected:
        """Bring submissions into `submitted/`, from the exchange or from a folder or zip; see `intake.take`."""
        self.known(lesson)
        if source is None:
            learners = transfer.collect(self.layout, self.config, lesson)
            look = attempts.collected(self.layout, lesson, learners, self.file.rules(lesson))
            look += transfer.delayed(self.layout, self.config, lesson, learners)
            return Collected(tuple(learners), (), tuple(look))
        expected = [name for name, _ in self.sources.notebooks(lesson)]
        found = intake.take(source, self.layout, lesson, expected, self.learners(), took)
        return Collected(tuple(found.learners), tuple(found.left_out), tuple(found.look))

    def submissions(self, lesson: str) -> list[Submission]:
        """Return what lies in `submitted/` for a lesson, by learner."""
        found = []
        for folder in sorted(self.layout.submitted.glob(f"*/{lesson}")):
            learner = folder.parent.name
            if folder.is_dir() and not folder.is_symlink() and not learner.startswith("."):
                at = transfer.submitted_at(folder)
                found.append(Submission(learner, lesson, folder, at, disk.digest(folder)))
        return found

    # grading ------------------------------------------------------------------------------------

    def turn(
        self, lesson: str, tell: Callable[[str], object] = lambda _who: None
    ) -> AbstractContextManager[Advance]:
        """Keep others from grading a lesson in a ``with`` block, waiting first for who does."""
        self.known(lesson)
        return turn(self.layout.root / ".course" / "grading" / lesson, tell)

    def prepare(self, lesson: str) -> Prepared:
        """Gather what a lesson's submissions are judged by; builds the release if there is none."""
        self.known(lesson)
        with self.book() as book:
            cells = saved.source_cells(book, lesson)
        if not cells or not list((self.layout.release / lesson).glob("*.ipynb")):
            self.rebuild(lesson)
            with self.book() as book:
                cells = saved.source_cells(book, lesson)
        nodes = [
            (path.stem, trusted(notebooks.read(path)[0], cells.get(path.stem, {})))
            for path in sorted((self.layout.release / lesson).glob("*.ipynb")) if path.stem in cells
        ]  # fmt: skip
        prepared = gather(
            lesson, nodes, self.items(lesson), tests=self.layout.tests(lesson),
            files=self.sources.folder(lesson), limits=self.limits(), preload=self.imports(),
            test_seconds=self.file.policies.test_seconds,
        )  # fmt: skip
        with self.book() as book:
            saved.save_questions(book, lesson, prepared.questions)
        return prepared

    def imports(self) -> tuple[str, ...]:
        """Return what all lessons import, so that one warm process serves them all."""
        found = set[str]()
        for lesson in self.lessons():
            with suppress(Invalid):  # a draft with mistakes keeps no other lesson waiting
                for _, node in self.sources.notebooks(lesson):
                    found.update(build.imports(node))
        return tuple(sorted(found))

    def limits(self) -> Limits:
        """Return what a learner's notebook may use here."""
        rules = self.file.policies
        return Limits(rules.cell_seconds, rules.notebook_seconds, memory_mb=rules.memory_mb,
                      call_seconds=min(rules.cell_seconds, 10.0))  # fmt: skip

    def todo(self, prepared: Prepared, *, force: bool = False) -> tuple[list[Submission], int]:
        """Return the submissions to grade, and how many are unchanged since they were graded."""
        work, fresh = self.submissions(prepared.lesson), list[Submission]()
        rule = self.file.rules(prepared.lesson).attempts_count
        with self.book() as book:
            done = reading.attempts(book, prepared.lesson)
            kept = earlier.fingerprints(book, prepared.lesson) if rule != "last" else frozenset()
            for each in work:
                mark = fingerprint(each.digest, prepared.fingerprint)
                row = done.get((prepared.lesson, each.learner))
                same = row is not None and row["fingerprint"] == mark
                fresh += [each] if force or not (same or (each.learner, mark) in kept) else []
            missed = attempts.missed(book, self.layout, fresh) if rule == "best" else []
        return [*missed, *fresh], len(work) - len(fresh)

    def autograde(
        self, prepared: Prepared, work: Sequence[Submission], workers: Staff | None = None
    ) -> Iterator[Graded]:
        """Judge submissions; yields each one when its marks are in the gradebook.

        Stopping in the middle loses nothing: what was yielded is written, the rest is graded by
        the next call.

        Args:
            prepared: what `prepare` gave for the lesson.
            work: the submissions, see `todo`.
            workers: processes to use, kept for the next lesson; by default some for this call.
        """
        if workers is None:
            with Workers() as own:
                yield from self.autograde(prepared, work, own)
            return
        with self.recording(prepared) as record:
            for part in attempts.in_order(self.layout, work):
                for graded in workers.grade(prepared, part):
                    record(graded, frozenset())
                    yield graded

    @contextmanager
    def recording(
        self, prepared: Prepared
    ) -> Iterator[Callable[[Graded, frozenset[tuple[str, str]]], None]]:
        """Lend a function that writes what grading one submission gave, all of it or nothing.

        Its second argument names questions (notebook, question) whose standing mark is kept.
        """
        deadline = self.deadline(prepared.lesson)
        with self.book() as book:
            before = {
                who: row["digest"]
                for (_, who), row in reading.attempts(book, prepared.lesson).items()
            }

        def record(graded: Graded, keep: frozenset[tuple[str, str]]) -> None:
            due = deadline.due(graded.submission.learner)
            self._keep_notebooks(graded, before.get(graded.submission.learner, ""))
            save_graded(book, graded, prepared.questions, deadline.share, due, keep)
            if not graded.reason:
                before[graded.submission.learner] = graded.submission.digest

        with self.book() as book:
            yield record
        self.settle(prepared.lesson)

    def deadline(self, lesson: str) -> Deadline:
        """Return when a lesson is due for whom, extensions included."""
        people = {person.id: person for person in self.learners()}
        with self.book() as book:
            return Deadline(self.file, lesson, people, extensions(book, lesson))

    def settle(self, lesson: str) -> list[str]:
        """Reckon what lateness costs by the dates and rules of now; no code is run for it.

        Returns:
            the learners who lose less or more by it now.
        """
        deadline, changed = self.deadline(lesson), list[str]()
        with self.book() as book, book.transaction() as connection:
            for learner, at in lateness.handed_in(connection, lesson).items():
                due, lost = deadline.due(learner), deadline.lost(learner, at)
                if lateness.save(connection, lesson, learner, due, lost):
                    changed.append(learner)
            lateness.reckon(connection, lesson)
        if self.file.rules(lesson).attempts_count != "last":
            self._count_best(lesson, deadline)
        return changed

    def _keep_notebooks(self, graded: Graded, before: str) -> None:
        """Write `autograded/` as nbgrader does, for the formgrader and for graders to look at."""
        if graded.reason:
            return
        work = graded.submission
        folder = self.layout.autograded / work.learner / work.lesson
        staged = folder.parent / f".{folder.name}.new"
        try:
            disk.remove_folder(staged)
            staged.mkdir(parents=True)
            for name, path in disk.laid_over(work.folder, self.sources.folder(work.lesson)):
                if path.suffix != ".ipynb":
                    (staged / name).parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(path, staged / name)
            for name, text in graded.notebooks:
                (staged / f"{name}.ipynb").write_text(text, encoding="utf-8")
        except OSError as error:
            with suppress(OSError):
                disk.remove_folder(staged)
            raise disk.refused(folder, error) from error
        several = self.file.rules(work.lesson).attempts_count != "last"
        if several and before not in ("", work.digest) and folder.is_dir():
            disk.replace_folder(folder, self._attempt(work.lesson, work.learner, before))
        disk.replace_folder(staged, folder)

    def _attempt(self, lesson: str, learner: str, digest: str) -> Path:
        """Return where the graded notebooks of an attempt lie that does not stand now."""
        return self.layout.root / ".course" / "attempts" / learner / lesson / digest

    def _count_best(self, lesson: str, deadline: Deadline) -> None:
        """Let each learner's best attempt stand, with its marks and its notebooks."""
        with self.book() as book:
            for learner, now, best in count_best(book, lesson, deadline):
                folder = self.layout.autograded / learner / lesson
                if folder.is_dir():
                    disk.replace_folder(folder, self._attempt(lesson, learner, now))
                if (kept := self._attempt(lesson, learner, best)).is_dir():
                    disk.replace_folder(kept, folder)

    def mark(self, marks: Sequence[ManualMark]) -> int:
        """Write a person's marks and comments, all or none; returns how many changed something."""
        with self.book() as book:
            return save_manual(book, marks)

    def triage(self, lesson: str | None = None) -> list[tuple[str, str, str]]:
        """Return lesson, learner and reason of every submission that could not be graded."""
        with self.book() as book:
            rows = reading.attempts(book, lesson)
        return sorted(
            (key[0], key[1], row["reason"]) for key, row in rows.items() if row["state"] == TRIAGE
        )

    def repairs(self, lesson: str) -> list[tuple[str, str, str]]:
        """Return learner, place and text of everything that was put right before grading."""
        with self.book() as book:
            rows = reading.attempts(book, lesson)
        return [
            (key[1], fix["where"], fix["text"])
            for key, row in sorted(rows.items())
            for fix in row["repairs"]
        ]

    # results ------------------------------------------------------------------------------------

    def marks(self, lesson: str | None = None, learner: str | None = None) -> list[Mark]:
        """Return one mark per learner, lesson and question; what is not graded has no points."""
        with self.book() as book:
            return reading.marks(book, lesson, learner)

    def status(self) -> list[LessonState]:
        """Return how far each lesson is."""
        states = []
        with self.book() as book:
            attempts = reading.attempts(book)
            waiting = {
                (m.lesson, m.learner) for m in reading.marks(book) if m.state == "needs a person"
            }
        for lesson in self.lessons():
            mine = {key[1]: row for key, row in attempts.items() if key[0] == lesson}
            out = self.layout.exchange / self.layout.course_id / "outbound" / lesson
            folders = [p for p in self.layout.submitted.glob(f"*/{lesson}") if p.is_dir()]
            states.append(LessonState(
                lesson, self.file.lesson(lesson).title or lesson, "released" if out.is_dir() else "draft",
                len(folders), sum(row["state"] == "graded" for row in mine.values()),
                sum(key[0] == lesson for key in waiting),
                sum(row["state"] == TRIAGE for row in mine.values()),
                sum(bool(row["feedback"]) for row in mine.values()),
                last.number if (last := versions.last(self.layout, lesson)) else 0,
                str(review) if (review := self.review(lesson)).wanted else "",
            ))  # fmt: skip
        return states


def _first(node: Any, resources: Any) -> tuple[Any, Any]:
    return travelling(node, f"{resources['nbgrader']['notebook']}.ipynb"), resources


def _plain(name: str) -> str:
    return "".join(c if c.isalnum() or c in "._-" else "-" for c in name).lstrip(".-") or "course"
