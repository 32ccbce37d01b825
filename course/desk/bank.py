"""The comment bank of a question, which learns from use."""

from course.desk.seat import Seat
from course.review import bank
from course.review.bank import Comment, Used
from course.store import comments
from course.store.asked import Asked
from course.store.database import now


class Bank(Seat):
    """A seat from which comments are used again."""

    def comments(self, question: Asked, typed: str = "") -> tuple[Comment, ...]:
        """Return comments that were written on a question, the likeliest first; see `course.review.bank`."""
        with self.book.reading() as connection:
            used = [Used(text, at) for text, at in comments.written(connection, question)]
        return bank.ranked(used, now(), typed)
