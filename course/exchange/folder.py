"""nbgrader's exchange in a shared folder, made safe: a folder arrives whole or not at all.

nbgrader copies into place file by file, follows links that a learner laid, and opens the
exchange's root to everybody. These classes are its own with those three things changed; they are
configured as nbgrader's plugins, so that its own commands use them too.
"""

import datetime as dt
import fnmatch
import os
import secrets
from pathlib import Path
from typing import Any

from nbgrader.exchange import default
from nbgrader.utils import check_mode

from course import layout


class _Entered:
    """What all have in common."""

    root: str

    def ensure_root(self) -> None:
        """Require a root that can be entered; only its ``inbound`` must be writable to learners."""
        if not check_mode(self.root, execute=True):
            self.fail(f"There is no exchange that you may enter at {self.root}")  # type: ignore[attr-defined]


class _Whole(_Entered):
    """Those that bring a whole folder."""

    coursedir: Any

    def _wanted(self, name: str, path: Path) -> bool:
        parts = Path(name).parts
        if any(fnmatch.fnmatch(part, glob) for part in parts for glob in self.coursedir.ignore):
            return False
        return bool(path.stat().st_size <= 1000 * self.coursedir.max_file_size)

    def do_copy(self, src: str, dest: str, log: Any = None) -> None:  # noqa: ARG002  nbgrader's signature
        """Copy a folder's regular files, whole or not at all."""
        layout.copy_folder(Path(src), Path(dest), self._wanted)


class Release(_Whole, default.ExchangeReleaseAssignment):  # type: ignore[misc]  # untyped base
    """Publish a release; an earlier one is replaced at once, never half."""

    def ensure_root(self) -> None:
        """Make the root if need be, writable to its owner alone."""
        root = Path(self.root)
        if not root.exists():
            root.mkdir(parents=True)
            root.chmod(0o755)

    def copy_files(self) -> None:
        """Copy to the outbound folder."""
        if Path(self.dest_path).exists() and not self.force:
            self.fail(
                f"{self.coursedir.assignment_id} is already released; use force to replace it"
            )
        layout.copy_folder(
            Path(self.src_path), Path(self.dest_path), self._wanted,
            before=lambda work: self.set_perms(str(work), 0o644, 0o755),
        )  # fmt: skip


class Fetch(_Whole, default.ExchangeFetchAssignment):  # type: ignore[misc]  # untyped base
    """Fetch a release; a file that the learner has is never overwritten."""

    def do_copy(self, src: str, dest: str, log: Any = None) -> None:
        """Copy what is missing; the whole folder where there is none."""
        if Path(dest).is_dir():
            default.ExchangeFetchAssignment.do_copy(self, src, dest)
        else:
            super().do_copy(src, dest, log)


class Submit(_Whole, default.ExchangeSubmit):  # type: ignore[misc]  # untyped base
    """Hand in: the submission appears in ``inbound`` with its time and secret, or not at all."""

    def copy_files(self) -> None:
        """Copy to the inbound folder and to the learner's own cache."""
        self.init_release()
        self.check_filename_diff()
        secret = secrets.token_hex(64)

        def seal(work: Path) -> None:
            layout.write(work / "timestamp.txt", self.timestamp)
            layout.write(work / "submission_secret.txt", secret)
            self.set_perms(str(work), 0o644, 0o755)
            # nbgrader lets the instructor delete it; others can't find its name
            os.chmod(work, 0o777)  # noqa: S103, PTH101

        cached = Path(self.cache_path) / self.assignment_filename.rsplit("+", 1)[0]
        layout.copy_folder(Path(self.src_path), cached, self._wanted, before=seal)
        received = Path(self.inbound_path) / self.assignment_filename
        layout.copy_folder(Path(self.src_path), received, self._wanted, before=seal)


class Collect(_Whole, default.ExchangeCollect):  # type: ignore[misc]  # untyped base
    """Collect the latest submission of each learner; an earlier one stays until it is replaced."""

    def copy_files(self) -> None:
        """Copy to the submitted folder what is new, or newer than what is there."""
        if not self.src_records:
            self.log.warning("No submissions of %r to collect", self.coursedir.assignment_id)
        for record in self.src_records:
            learner, source = record["username"], Path(self.inbound_path) / record["filename"]
            self._check_owner(learner, source)
            target = self.coursedir.format_path(
                self.coursedir.submitted_directory, learner, self.coursedir.assignment_id
            )
            if Path(target).is_dir() and not self._is_wanted(target, record["timestamp"]):
                self.log.info("No newer submission to collect: %s", learner)
                continue
            self.log.info("Collecting submission: %s", learner)
            self.do_copy(str(source), target)

    def _is_wanted(self, target: str, when: dt.datetime) -> bool:
        """Tell whether a submission is to take the place of the one in ``target``, by nbgrader's rules."""
        there = self.coursedir.get_existing_timestamp(target)
        newer = there is None or when > there
        return bool((self.update and newer) or (self.before_duedate and there != when))

    def _check_owner(self, learner: str, source: Path) -> None:
        if not self.check_owner:
            return
        try:
            owner = source.owner()
        except KeyError:
            owner = "unknown id"
        if owner != learner:
            self.log.warning(
                "%s claims to be submitted by %s but is owned by %s; cheating attempt? "
                "(ExchangeCollect.check_owner)", source, learner, owner,
            )  # fmt: skip


class ReleaseFeedback(_Entered, default.ExchangeReleaseFeedback):  # type: ignore[misc]  # untyped base
    """Give feedback back."""


class FetchFeedback(_Entered, default.ExchangeFetchFeedback):  # type: ignore[misc]  # untyped base
    """Fetch feedback."""


class List(_Entered, default.ExchangeList):  # type: ignore[misc]  # untyped base
    """List what is there."""
