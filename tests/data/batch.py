"""A batch of submissions that is graded again and again, each time from the same beginning."""

import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import classroom
from classroom import course
from processes import Launcher

SLOW = "import time\n\ndef double(number):\n    time.sleep(0.1)\n    return 2 * number\n"
CODE = {
    "ana": SLOW,
    "ben": SLOW,
    "cleo": SLOW.replace("2 *", "number *"),
    "dan": "def double(number):\n    oops\n",
    "eve": "import os\n\ndef double(number):\n    os._exit(1)\n",
    "fay": SLOW,
    "gil": SLOW,
    "ida": SLOW + "time.sleep(0.4)\n",
}
LATE = "gil"
TO_GRADE = len(CODE) - 1  # all but one, who was graded before and has handed in nothing since
MARKS = "learner,question,points,comment\nana,wish,2,Good.\nben,double,0.5,By hand.\n"
WHOSE = [
    "select student_id, name, auto_score, manual_score, needs_manual_grade from grade g"
    " join submitted_notebook n on n.id = g.notebook_id join base_cell c on c.id = g.cell_id"
    " join submitted_assignment a on a.id = n.assignment_id",
    "select student_id, name, auto_comment, manual_comment from comment g"
    " join submitted_notebook n on n.id = g.notebook_id join base_cell c on c.id = g.cell_id"
    " join submitted_assignment a on a.id = n.assignment_id",
    "select student_id, late_submission_penalty from submitted_notebook n"
    " join submitted_assignment a on a.id = n.assignment_id",
]
COMMAND = "autograde welcome --jobs 2"


@dataclass
class Batch:
    """A course with eight learners, two of them marked by a person before.

    One of the two has handed in again since; six more wait for the first time.

    Attributes:
        our: the course's folder.
        before: a copy of it, to begin from.
        temporary: where the commands keep what they need for a while.
        expected: all that counts, as an undisturbed run leaves it.
        seconds: how long that takes.
    """

    our: Path
    before: Path
    temporary: Path
    launcher: Launcher
    expected: dict[str, Any]
    seconds: float = 0.0

    @classmethod
    def make(cls, folder: Path) -> "Batch":
        our, temporary = folder / "our", folder / "temporary"
        temporary.mkdir()
        course("new our --title Small", folder)
        rules = (our / "course.toml").read_text(encoding="utf-8")
        rules = rules.replace('due = "1 week"', "due = 2026-01-31")
        rules = rules.replace('late = "none"', 'late = "per-day"\nlate_per_day = 0.1')
        (our / "course.toml").write_text(rules, encoding="utf-8")
        course("release welcome", our)
        for learner in ("ana", "ben"):
            hand_in(our, learner)
        course("autograde welcome", our)
        (our / "marks.csv").write_text(MARKS)
        course("mark welcome --csv marks.csv --grader maria", our)
        shutil.rmtree(our / "submitted" / "ana")
        for learner in CODE:
            if learner != "ben":
                hand_in(our, learner, wish=f"I am {learner}.")
        before = classroom.copy(our, folder / "before")
        launcher = Launcher(folder / "log.txt", {"TMPDIR": str(temporary)})
        made = cls(our, before, temporary, launcher, {})
        made.seconds = launcher.run(COMMAND, our)
        made.expected = made.everything()
        check_expected(made.expected)
        return made

    def begin(self) -> None:
        shutil.rmtree(self.our)
        shutil.copytree(self.before, self.our)

    def everything(self, folder: Path | None = None) -> dict[str, Any]:
        """Return what anybody sees of the course, every row of its gradebook, and whose they are.

        Args:
            folder: where the course lies now; by default in its place.
        """
        our = folder or self.our
        files = classroom.visible(our)
        with closing(sqlite3.connect(our / "gradebook.db")) as book:
            whose = {text: sorted(book.execute(text).fetchall(), key=repr) for text in WHOSE}
        return files | classroom.gradebook(our) | whose

    def said(self) -> str:
        return self.launcher.log.read_text(encoding="utf-8")

    def check_is_as_if_nothing_had_happened(self) -> None:
        """Everything is as expected, nothing runs, nothing lies around, and nothing is left to do."""
        assert self.launcher.family() == []
        assert self.everything() == self.expected
        hidden = [path.name for path in (self.our / "autograded").rglob(".*")]
        assert hidden == []
        self.launcher.run(COMMAND, self.our)
        assert f"0 graded, {len(CODE)} unchanged" in self.said()
        assert self.everything() == self.expected

    def left_over(self) -> list[str]:
        """Return what lies where the commands keep things for a while; empties it."""
        found = [path.name for path in self.temporary.iterdir()]
        shutil.rmtree(self.temporary)
        self.temporary.mkdir()
        return found


def hand_in(our: Path, learner: str, wish: str = classroom.WISH) -> None:
    """Put work into `submitted/`, as collecting does."""
    home = our / "submitted" / learner
    home.mkdir(parents=True, exist_ok=True)
    shutil.copytree(our / "release" / "welcome", home / "welcome")
    classroom.answer(home, CODE[learner], wish)
    day = "2026-02-02" if learner == LATE else "2026-01-30"
    (home / "welcome" / "timestamp.txt").write_text(f"{day} 10:00:00.000000 UTC")


def check_expected(book: dict[str, Any]) -> None:
    """The batch holds what a fault might harm."""
    outcomes = " ".join(book["course_verdict"])
    assert all(word in outcomes for word in ("passed", "error", "crash", "failed", "partly"))
    assert len(book["course_attempt"]) == len(CODE)
    assert {row.split(",")[0] for row in book["course_ledger"]} == {"('autograder'", "('maria'"}
    assert [row[1:] for row in book[WHOSE[2]] if row[1]] == [(0.8,)]
    assert "By hand." in " ".join(book["course_remark"])
