"""Judging where nobody looks on: whatever happens, there is an answer to send back."""

import errno
import tempfile

from course.errors import CourseError, Unavailable
from course.grading.checks import Tests
from course.grading.grade import grade
from course.grading.prepared import Prepared
from course.model import Graded, Submission
from course.sandbox import Place, Session, open_session

MAX_TRIES = 2


class Judge:
    """Judges submissions of one lesson.

    Args:
        lesson: what they are judged by.
        tests: the lesson's tests, collected.
        walls: False runs learners' code as ordinary processes of this user.
    """

    def __init__(self, lesson: Prepared, tests: Tests, *, walls: bool) -> None:
        self.lesson, self.tests, self.walls = lesson, tests, walls
        self.sessions: list[Session] = []  # of the submission in hand

    def judge(self, work: Submission) -> Graded | CourseError:
        """Return the result, or why this machine can't judge now."""
        try:
            return self._judge(work)
        except (CourseError, OSError) as error:
            return in_our_words(error)

    def _judge(self, work: Submission) -> Graded:
        """Judge a submission, once more when its place was taken away under it."""
        for _ in range(MAX_TRIES):
            self.sessions = []
            result = grade(work, self.lesson, self.tests, self._open)
            if not any(session.lost for session in self.sessions):
                return result
        raise Unavailable(
            "the process that notebooks run in was ended from outside, twice in a row",
            where=f"{work.learner}, {work.lesson}",
            hint="look whether this machine runs out of memory, and run it again: nothing is lost",
        )

    def _open(self, place: Place) -> Session:
        session = open_session(place, walls=self.walls)
        self.sessions.append(session)
        return session


def in_our_words(error: CourseError | OSError) -> CourseError:
    """Return an error that the grader can show; raise what is none of a full disk."""
    if isinstance(error, CourseError):
        return error
    if error.errno not in (errno.ENOSPC, errno.EDQUOT):
        raise error
    return Unavailable(
        "submissions can't be laid out to run", where=tempfile.gettempdir(),
        found=error.strerror or str(error), hint="make room there, and run it again",
    )  # fmt: skip
