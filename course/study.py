"""The learner's side of a course: join, fetch, hand in, read feedback, in a folder of one's own."""

import io
import json
import os
import tomllib
import zipfile
from dataclasses import dataclass
from getpass import getuser
from pathlib import Path

from course import layout as disk
from course import notebook as notebooks
from course.authoring import build
from course.errors import CourseError, Invalid, NotFound
from course.exchange import config, requests, transfer
from course.lesson import record
from course.lesson.progress import line
from course.model import Kind
from course.questions import sheet
from course.update import folder as updating

CACHE = Path(".course") / "cache"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was handed in.

    Attributes:
        time: as nbgrader writes it, in UTC.
        digest: SHA-256 over the lesson's folder.
        answered: how many graded questions hold an answer.
        unanswered: ids of those that hold none.
    """

    lesson: str
    time: str
    digest: str
    answered: int
    unanswered: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Study:
    """A learner's folder.

    Attributes:
        folder: where the lessons are fetched to.
        reach: the course's exchange, and who the learner is there.
    """

    folder: Path
    reach: transfer.Reach

    @classmethod
    def join(cls, folder: Path, course: Path, learner: str | None) -> "Study":
        """Make a folder a learner's folder of a course.

        Args:
            folder: the learner's folder.
            course: the course's folder, or its exchange.
            learner: who; by default this computer's user name.

        Raises:
            NotFound: no course is published there.
            Invalid: the folder belongs to another course already.
        """
        root, course_id = _find_exchange(course.resolve())
        who = disk.safe_name(learner or getuser(), "learner")
        text = f'exchange = "{root}"\ncourse = "{course_id}"\nlearner = "{who}"\n'
        path = folder.resolve() / disk.LEARNER_FILE
        if path.exists() and path.read_text(encoding="utf-8") != text:
            raise Invalid(
                "this folder is joined to a course already",
                where=str(path),
                found=path.read_text(encoding="utf-8").replace("\n", "; ").strip("; "),
                hint="use another folder, or remove that file first",
            )
        disk.write(path, text)
        disk.write(folder.resolve() / disk.NBGRADER_FILE, config.for_learner(root, course_id, who))
        return cls.open(folder)

    @classmethod
    def open(cls, folder: Path) -> "Study":
        """Open the learner's folder at or above ``folder``.

        Raises:
            NotFound: when there is none.
        """
        here = folder.resolve()
        for place in (here, *here.parents):
            path = place / disk.LEARNER_FILE
            if path.is_file():
                disk.settle_folders(place)
                return cls(place, _reach(path))
        raise NotFound(
            "this is not a learner's folder",
            where=str(here),
            expected=f"a folder with {disk.LEARNER_FILE}, here or above",
            hint="join a course first: course join COURSE_FOLDER",
        )

    def fetch(self, lesson: str) -> Path:
        """Copy a released lesson here; what is here already is never overwritten."""
        if lesson in self.reach.lessons() and not (self.folder / lesson).exists():
            # before it, so that the copy is never newer than what is fetched
            updating.remember(self.folder, lesson, self.reach.outbound / lesson)
        return transfer.fetch(self.reach, lesson, self.folder)

    def is_newer(self, lesson: str) -> bool:
        """Tell whether a newer version of a lesson that is here was released."""
        return updating.is_newer(self.folder, lesson, self.reach.outbound / lesson, sheet.NAME)

    def update(self, lesson: str) -> updating.Update:
        """Merge the released version of a lesson into the copy here; see `course.update.folder`.

        Raises:
            NotFound: the lesson is not released, or not here.
        """
        released = self.reach.lessons()
        if lesson not in released:
            disk.known(lesson, released, "released lesson", str(self.reach.outbound))
        if not (self.folder / lesson).is_dir():
            raise NotFound(
                f"you have no folder '{lesson}' here", where=str(self.folder),
                hint=f"there is nothing to update; fetch it first: course fetch {lesson}",
            )  # fmt: skip
        return updating.update(
            self.folder, lesson, self.reach.outbound / lesson, _is_record, sheet.NAME
        )

    def fetched(self) -> list[str]:
        """Return the released lessons that are here."""
        return [name for name in self.reach.lessons() if (self.folder / name).is_dir()]

    def next(self) -> str:
        """Return in one line what to do next, in the first lesson that is not done."""
        return line(self.folder, self.reach.lessons())

    def submit(self, lesson: str) -> Receipt:
        """Hand a lesson in; returns what was handed in."""
        time = transfer.submit(self.reach, lesson, self.folder)
        own = self.folder / lesson
        unanswered, total = self._unanswered(lesson)
        return Receipt(lesson, time, disk.digest(own), total - len(unanswered), tuple(unanswered))

    def feedback(self, lesson: str) -> list[Path]:
        """Fetch the feedback pages of a lesson; the newest is the last."""
        return transfer.fetch_feedback(self.reach, lesson, self.folder)

    def dispute(self, lesson: str, question: str, reason: str) -> None:
        """Ask the instructor to look at one answer again.

        Args:
            question: its id, or NOTEBOOK/QUESTION where two notebooks have it.

        Raises:
            NotFound: no such lesson or question, or nothing was handed in from here.
            Invalid: several notebooks have such a question; no reason, or a very long one.
        """
        disk.known(lesson, self.reach.lessons(), "released lesson", str(self.reach.outbound))
        places = [
            (released.stem, each.id)
            for released in sorted((self.reach.outbound / lesson).glob("*.ipynb"))
            for each in build.questions(released.stem, notebooks.read(released)[0])
        ]
        found = [place for place in places if question in (place[1], "/".join(place))]
        if not found:
            disk.known(question, [name for _, name in places], "question", lesson)
        if len(found) > 1:
            raise Invalid(
                f"several notebooks of {lesson} have a question '{question}'", found=question,
                expected=f"one of: {', '.join('/'.join(place) for place in found)}",
            )  # fmt: skip
        requests.send(self.reach, lesson, *found[0], reason)

    def _unanswered(self, lesson: str) -> tuple[list[str], int]:
        """Return the graded questions that hold no answer, and how many there are."""
        answers = record.read(self.folder / lesson).answers
        empty, total = [], 0
        for released in sorted((self.reach.outbound / lesson).glob("*.ipynb")):
            trusted, _ = notebooks.read(released)
            try:
                own, _ = notebooks.read(self.folder / lesson / released.name)
            except CourseError:
                own = None  # handed in as it is; the instructor is told why it can't be read
            questions, answers_of = build.questions(released.stem, trusted), _answer_cells(trusted)
            total += len(questions)
            for question in questions:
                if question.kind is Kind.QUIZ:
                    empty += [] if question.id in answers else [question.id]
                elif own is None or _same_answers(answers_of[question.id], trusted, own):
                    empty.append(question.id)
        return empty, total


def own_data(study: Study) -> bytes:
    """Return, as a zip, what a learner's machine and the exchange hold of theirs, with a list to read."""
    inbound = study.reach.root / study.reach.course_id / "inbound"
    theirs = sorted(inbound.glob(f"{study.reach.learner}+*")) if os.access(inbound, os.R_OK) else []
    files = {f"here/{name}": path for name, path in disk.files_below(study.folder)}
    files |= {
        f"exchange/{work.name}/{name}": path
        for work in theirs
        for name, path in disk.files_below(work)
    }
    about = {
        "learner": study.reach.learner, "course": study.reach.course_id,
        "about": "What this machine and the exchange hold of yours. What the gradebook holds, your instructor gives you: course my-data " + study.reach.learner,
        "files": sorted(files),
    }  # fmt: skip
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("my-data.json", json.dumps(about, indent=1, ensure_ascii=False))
        for name, path in files.items():
            archive.write(path, name)
    return out.getvalue()


def _is_record(name: str) -> bool:
    return name.startswith("record") and name.endswith(".jsonl")


def _answer_cells(node: notebooks.NotebookNode) -> dict[str, list[str]]:
    """Return, for each graded question, the grade_ids of the cells that hold its answer.

    A cell that is marked by a person holds its own; a test is about the answers before it, since
    the last test.
    """
    found: dict[str, list[str]] = {}
    pending: list[str] = []
    for cell in node.cells:
        about = notebooks.marks(cell)
        if about.get("task") or (about.get("grade") and about.get("solution")):
            found[about["grade_id"]] = [about["grade_id"]]
        elif about.get("solution"):
            pending.append(about["grade_id"])
        elif about.get("grade"):
            found[about["grade_id"]], pending = pending, []
    return found


def _same_answers(
    cells: list[str], trusted: notebooks.NotebookNode, own: notebooks.NotebookNode
) -> bool:
    """Tell whether all of these cells are as they were released; False when there are none."""

    def answers(node: notebooks.NotebookNode) -> list[str]:
        return [
            cell.source for cell in node.cells if notebooks.marks(cell).get("grade_id") in cells
        ]

    return bool(cells) and answers(trusted) == answers(own)


def _find_exchange(course: Path) -> tuple[Path, str]:
    """Return exchange and course id, from a course's folder or from the exchange itself."""
    for root in (course, course / config.EXCHANGE, course.parent):
        found = sorted(path.parent.name for path in root.glob("*/outbound") if path.is_dir())
        if course.parent == root and course.name in found:
            return root, course.name
        if len(found) == 1 and root != course.parent:
            return root, found[0]
        if len(found) > 1 and root != course.parent:
            raise Invalid(
                "several courses are published there",
                where=str(root),
                expected=f"one of: {', '.join(str(root / name) for name in found)}",
            )
    raise NotFound(
        "no course is published there",
        where=str(course),
        expected="a course's folder or its exchange, with a released lesson",
        hint="ask your instructor for the folder; the instructor runs: course release LESSON",
    )


def _reach(path: Path) -> transfer.Reach:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        return transfer.Reach(
            Path(data["exchange"]),
            data["course"],
            disk.safe_name(data["learner"], "learner"),
            path.parent / CACHE,
        )
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise Invalid(
            "this file can't be understood",
            where=str(path),
            expected='lines exchange = "...", course = "...", learner = "..."',
            found=str(error),
            hint="remove it and join again: course join COURSE_FOLDER",
        ) from error
