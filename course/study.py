"""The learner's side of a course: join, fetch, hand in, read feedback, in a folder of one's own."""

import datetime as dt
import tomllib
from dataclasses import dataclass
from getpass import getuser
from pathlib import Path

from course import kept, submitting
from course import layout as disk
from course import notebook as notebooks
from course.authoring import build
from course.dates import own_zone
from course.errors import Invalid, NotFound
from course.exchange import config, mirror, remote, requests, transfer
from course.exchange.access import Access, key_of
from course.exchange.reach import Reach
from course.lesson import dates
from course.lesson.progress import line
from course.look import look_at
from course.questions import sheet
from course.submitting import Receipt, Synced
from course.update import folder as updating

__all__ = ["Receipt", "Study", "Synced"]

CACHE = Path(".course") / "cache"


@dataclass(frozen=True, slots=True)
class Study:
    """A learner's folder.

    Attributes:
        folder: where the lessons are fetched to.
        reach: the course's exchange, and who the learner is there.
        access: the course's service; None for an exchange in a folder.
    """

    folder: Path
    reach: Reach
    access: Access | None = None

    @classmethod
    def join_by_link(cls, folder: Path, link: str, name: str, hub_token: str = "") -> "Study":
        """Make a folder a learner's folder of a course at a service, with every lesson that is out.

        Args:
            name: how others call the learner.
            hub_token: of the learner's server at a JupyterHub, which knows the name.

        Raises:
            Invalid: no such link; no name; the folder belongs to a course already.
            Refused: the invitation does not hold any more.
            Unavailable: the service can't be reached.
        """
        folder = folder.resolve()
        _refuse_joined(folder)
        key = key_of(folder)
        said = {"key": key.public, "zone": own_zone()}
        if hub_token:
            url, told = remote.join_from_hub(link, hub_token, **said)
        else:
            url, told = remote.join(link, name=name, **said)
        access = Access(folder, url, told["course"], told["name"], told["token"], told["office"])
        access.keep()
        disk.write(
            folder / disk.NBGRADER_FILE, config.for_learner_of_service(access.course, access.who)
        )
        study = cls.open(folder)
        study.sync()
        return study

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
            _refuse_joined(path.parent)
        disk.write(path, text)
        disk.write(folder.resolve() / disk.NBGRADER_FILE, config.for_learner(root, course_id, who))
        study = cls.open(folder)
        study.begin()
        return study

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
                reach = _reach(path)
                return cls(place, reach, Access.of(place) if reach.of_service else None)
        raise NotFound(
            "this is not a learner's folder",
            where=str(here),
            expected=f"a folder with {disk.LEARNER_FILE}, here or above",
            hint="join a course first: course join COURSE_FOLDER",
        )

    def begin(self) -> None:
        """Note when the learner joined, from which relative dates count; a course service says so itself."""
        if self.access is None:
            joined = (self.folder / disk.LEARNER_FILE).stat().st_mtime
            zone = str(self.reach.announced().get("zone", ""))
            dates.begin(self.folder, zone, dt.datetime.fromtimestamp(joined, dt.UTC))

    def sync(self) -> Synced:
        """Send what waits and learn what is new; a folder without a service has nothing to sync.

        Raises:
            Refused: the service does not know this folder any more.
        """
        return submitting.sync(self.access) if self.access else Synced()

    def fetch(self, lesson: str) -> Path:
        """Copy a released lesson here; what is here already is never overwritten."""
        if lesson in self.reach.lessons() and not (self.folder / lesson).exists():
            # before it, so that the copy is never newer than what is fetched
            updating.remember(self.folder, lesson, self.reach.outbound / lesson)
        self.begin()
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
        self.begin()
        return line(self.folder, self.reach.lessons())

    def submit(self, lesson: str, to: Path | None = None, *, fewer: bool = False) -> Receipt:
        """Hand a lesson in; see `course.submitting`.

        Args:
            to: seal it into this folder instead, to be carried.
            fewer: also when an earlier attempt answered more questions.
        """
        own = transfer.ready(self.reach, lesson, self.folder)
        seen = look_at(self.reach.outbound / lesson, own)
        if not fewer:
            submitting.refuse_fewer(self.reach, self.folder, lesson, seen)
        if to is not None:
            return submitting.to_carry(self.folder, self.reach, own, seen, to)
        if self.access is not None:
            return submitting.over_service(self.access, self.reach, own, seen)
        time = transfer.submit(self.reach, lesson, self.folder)
        return Receipt(
            lesson, time, disk.digest(own), seen.answered, seen.unanswered, seen.will_not_run
        )

    def feedback(self, lesson: str) -> list[Path]:
        """Fetch the feedback pages of a lesson; the newest is the last."""
        if self.access is not None and self.sync().away is None:
            with self.access.remote() as service:
                mirror.pull_feedback(self.access, service, lesson)
        pages = transfer.fetch_feedback(self.reach, lesson, self.folder)
        return [page for page in pages if page.stem != kept.NAME]

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
        self.sync()


def _is_record(name: str) -> bool:
    return name.startswith("record") and name.endswith(".jsonl")


def _refuse_joined(folder: Path) -> None:
    path = folder / disk.LEARNER_FILE
    if path.exists():
        raise Invalid(
            "this folder is joined to a course already", where=str(path),
            found=path.read_text(encoding="utf-8").replace("\n", "; ").strip("; "),
            hint="use another folder, or remove that file first",
        )  # fmt: skip


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


def _reach(path: Path) -> Reach:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        return Reach(
            path.parent / data["exchange"],
            data["course"],
            disk.safe_name(data["learner"], "learner"),
            path.parent / CACHE,
            "service" in data,
        )
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise Invalid(
            "this file can't be understood",
            where=str(path),
            expected='lines exchange = "...", course = "...", learner = "..."',
            found=str(error),
            hint="remove it and join again: course join COURSE_FOLDER",
        ) from error
