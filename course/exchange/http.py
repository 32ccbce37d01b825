"""nbgrader's exchange over the course service, as nbgrader's plugins: its own commands go on as they are.

Each stage brings this machine's mirror up to date, does there what the exchange in a folder does, and
sends what came of it. Without a network a learner's stages go on with what is here.
"""

import glob
from contextlib import suppress
from pathlib import Path
from typing import Any

from nbgrader.exchange import ExchangeError
from traitlets import Unicode
from traitlets.config import Configurable

from course import archive, layout
from course.errors import CourseError, Unavailable
from course.exchange import folder as local
from course.exchange import mirror, outbox
from course.exchange.access import Access


class ServiceExchange(Configurable):  # type: ignore[misc]  # untyped base
    """What all have in common: the folder that is joined to a service."""

    folder = Unicode("", help="The learner's or the course's folder.").tag(config=True)
    coursedir: Any
    log: Any

    @property
    def access(self) -> Access:
        """How the service is reached."""
        return Access.of(Path(self.folder or "."))

    def refresh(self) -> None:
        """Send what waits and bring the mirror up to date; without a network say so and go on."""
        access = self.access
        mirror.make(access)
        try:
            with access.remote() as remote:
                mirror.refresh(access, remote)
        except Unavailable as error:
            self.log.warning("Going on with what is here: %s", error.what)
        else:
            self.send()

    def send(self) -> None:
        """Send what waits in the outbox."""
        for sent in outbox.send(self.access):
            if sent.receipt:
                self.log.info("Received %s: %s", sent.receipt["lesson"], sent.receipt["digest"])
                for note in sent.receipt["notes"]:
                    self.log.warning("%s", note)
            else:
                self.log.warning("Kept in the outbox: %s: %s", sent.path.name, sent.trouble)

    def warn_of(self, left_out: list[tuple[str, str]]) -> None:
        """Say whose work could not be read, and why."""
        for learner, why in left_out:
            self.log.warning("Left out %s: %s", learner, why)

    def prepare(self) -> None:
        """Do what comes before nbgrader's stage."""
        self.refresh()

    def start(self) -> Any:
        """Run the stage; our errors become nbgrader's, which its commands know how to tell."""
        try:
            self.prepare()
            return super().start()
        except CourseError as error:
            self.log.fatal(str(error))
            raise ExchangeError(str(error)) from error


class Fetch(ServiceExchange, local.Fetch):
    """Fetch a release: what is out now, or was when this machine was last online."""


class Submit(ServiceExchange, local.Submit):
    """Hand in: sealed, kept in the outbox, sent."""

    def copy_files(self) -> None:
        """Seal the lesson's folder and send it; without a network it waits."""
        self.init_release()
        self.check_filename_diff()
        work, _ = outbox.hand_in(self.access, Path(self.src_path), Path(self.cache))
        self.timestamp = mirror.nbgraders_time(work)
        self.send()


class FetchFeedback(ServiceExchange, local.FetchFeedback):
    """Fetch feedback."""

    def prepare(self) -> None:
        """Bring what there is, and lay it where nbgrader lays it."""
        self.refresh()
        access = self.access
        with suppress(Unavailable), access.remote() as remote:  # told by refresh
            mirror.pull_feedback(access, remote, self.coursedir.assignment_id)


class List(ServiceExchange, local.List):
    """List what is there."""

    def prepare(self) -> None:
        """List what is out, what was handed in, in a course's folder by everybody, and whether there is feedback."""
        self.refresh()
        access = self.access
        place = access.mirror / access.course
        with suppress(Unavailable), access.remote() as remote:  # told by refresh
            if access.teaches:
                for lesson in sorted(remote.lessons()):
                    self.warn_of(mirror.pull_submissions(access, remote, lesson))
            else:
                for lesson in {
                    each.name.split("+")[1] for each in (place / "inbound").glob("*+*+*")
                }:
                    mirror.pull_feedback(access, remote, lesson)

    def remove_files(self) -> Any:
        """Remove copies of one's own; refuse the rest, which would only seem to be gone."""
        if not self.cached:
            self.fail("What is at the course service is kept there: nothing was removed")
        return super().remove_files()


class Release(ServiceExchange, local.Release):
    """Publish a release: at the service first, so that what is here is never ahead of it."""

    def prepare(self) -> None:
        """Make the mirror's folders."""
        mirror.make(self.access)

    def copy_files(self) -> None:
        """Send the release and keep a copy here."""
        source = Path(self.src_path)
        files = {
            name: path.read_bytes()
            for name, path in layout.files_below(source)
            if self._wanted(name, path)
        }
        access = self.access
        with access.remote() as remote:
            remote.publish(self.coursedir.assignment_id, archive.pack(files))
        super().copy_files()


class Collect(ServiceExchange, local.Collect):
    """Collect the latest submission of each learner."""

    def prepare(self) -> None:
        """Bring every attempt that is new, then collect by nbgrader's rules."""
        access = self.access
        with access.remote() as remote:
            self.warn_of(mirror.pull_submissions(access, remote, self.coursedir.assignment_id))


class ReleaseFeedback(ServiceExchange, local.ReleaseFeedback):
    """Give feedback back, each on its submission."""

    def prepare(self) -> None:
        """Make the mirror's folders."""
        mirror.make(self.access)

    def copy_files(self) -> None:
        """Send the pages of each learner whose submission came over the service."""
        super().copy_files()
        access = self.access
        with access.remote() as remote:
            mirror.pull_submissions(access, remote, self.coursedir.assignment_id)
            for place in sorted(glob.glob(self.src_path)):  # noqa: PTH207  nbgrader's text
                secret = Path(place) / "submission_secret.txt"
                number = (
                    mirror.number_of(access, secret.read_text("utf-8"))
                    if secret.is_file()
                    else None
                )
                if number is None:
                    self.log.info(
                        "Not sent, since the work did not come over the service: %s", place
                    )
                    continue
                pages = {
                    path.name: path.read_bytes() for path in sorted(Path(place).glob("*.html"))
                }
                remote.give_back(number, archive.pack(pages))
