"""Receipts of work that was carried by hand: the office's, or where a course has none, the course's own."""

import datetime as dt
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from course import look
from course.errors import CourseError
from course.exchange import outbox, transfer
from course.exchange.access import Access
from course.layout import files_below, write
from course.office.receipts import Look, answered, notes, receipt
from course.sealed import Sealed
from course.term import Course
from course.term.certifying import key


@dataclass(frozen=True, slots=True)
class Receiver:
    """Writes a receipt for each sealed submission that was taken in; told of the same one again, nothing changes.

    Attributes:
        files: the receipts that are to be handed back.
        missing: whose there is none of, and why.
    """

    course: Course
    files: list[Path] = field(default_factory=list)
    missing: list[tuple[str, str]] = field(default_factory=list)

    def took(self, work: Sealed, data: bytes) -> None:
        """Write the receipt of a sealed submission, unless there is one."""
        path = outbox.receipt_path(self.course.layout.root, work)
        if path.is_file():
            return
        try:
            paper = self._paper(work, data)
        except CourseError as error:
            self.missing.append((work.learner, error.what))
            return
        write(path, json.dumps(paper, indent=1, ensure_ascii=False) + "\n")
        self.files.append(path)

    def _paper(self, work: Sealed, data: bytes) -> dict[str, Any]:
        root = self.course.layout.root
        if transfer.over_service(self.course.config):
            with Access.of(root).remote() as office:
                return office.hand_in(work.lesson, data)
        before = [
            each for each in outbox.receipts(root, work.lesson) if each["learner"] == work.learner
        ]
        seen, now = self._look(work), dt.datetime.now(dt.UTC)
        told = notes([(each["attempt"], answered(each)) for each in before], seen)
        return receipt(key(self.course), work, seen, now, len(before) + 1, told)

    def _look(self, work: Sealed) -> Look:
        release = self.course.layout.release / work.lesson
        released = [(name, path.read_bytes()) for name, path in files_below(release)]
        return look.look(look.asked(released), work.files)
