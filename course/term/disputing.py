"""Regrade requests, on the instructor's side: taken in, listed, answered."""

import secrets
from dataclasses import dataclass

from course.errors import Invalid, NotFound
from course.exchange.requests import MOST, incoming
from course.model import Place
from course.store import disputes, reading
from course.store.database import Gradebook
from course.store.disputes import ASKED, DECLINED, REOPENED, Message
from course.term import Course

__all__ = ["DECLINED", "REOPENED", "Thread", "answer", "take_in", "threads"]


@dataclass(frozen=True, slots=True)
class Thread:
    """The messages about one answer.

    Attributes:
        messages: the oldest first.
    """

    place: Place
    messages: tuple[Message, ...]

    @property
    def open(self) -> bool:
        """Whether it waits for an answer."""
        return disputes.is_open(list(self.messages))


def take_in(course: Course, lesson: str) -> tuple[list[Place], list[tuple[str, str]]]:
    """Bring in the requests about a lesson from the exchange.

    Returns:
        the answers that new requests are about; names of files that were left out, and why.
    """
    course.known(lesson)
    taken, left_out = [], list[tuple[str, str]]()
    with course.book() as book:
        there = {
            (each.learner, each.notebook, each.question)
            for each in reading.marks(book, lesson)
            if each.state != "missing"
        }
        for found in incoming(course.layout, lesson, disputes.requests(book)):
            if isinstance(found[0], str):
                left_out.append((found[0], str(found[1])))
                continue
            request, came = found
            if (request.learner, request.notebook, request.question) not in there:
                why = f"{request.learner} has no graded answer to '{request.question}' yet"
                left_out.append(
                    (f"request-{request.id}.json", f"{why}; it comes in once there is one")
                )
                continue
            place = Place(lesson, request.notebook, request.question, request.learner)
            message = Message(request.learner, ASKED, request.text, came)
            with book.transaction() as connection:
                if disputes.say(connection, place, message, request.id):
                    taken.append(place)
    return taken, left_out


def threads(book: Gradebook, lesson: str | None = None, *, all_: bool = False) -> list[Thread]:
    """Return the threads that wait for an answer, the longest waiting first; with ``all_`` the others, too."""
    with book.reading() as connection:
        found = disputes.threads(connection, lesson)
    made = [Thread(place, tuple(messages)) for place, messages in found.items()]
    return [each for each in made if all_ or each.open]


def answer(
    book: Gradebook, place: Place, text: str, *, reopen: bool, by: str, request: str = ""
) -> Thread:
    """Answer a learner's request: the mark stays, or the answer waits to be marked again.

    Args:
        text: for the learner, Markdown.
        request: made by who asks, once for each answer: the same one again writes nothing.

    Raises:
        NotFound: the learner asked nothing there.
        Invalid: no text, or a very long one.
    """
    if not text.strip() or len(text) > MOST:
        raise Invalid(
            "an answer needs words",
            expected=f"1 to {MOST} characters",
            found=f"{len(text.strip())}",
        )
    message = Message(by, REOPENED if reopen else DECLINED, text.strip(), disputes.moment())
    with book.transaction() as connection:
        if not disputes.thread(connection, place):
            raise NotFound(
                f"{place.learner} has asked nothing about '{place.question}'",
                hint=f"course disputes {place.lesson} --all lists what was asked",
            )
        disputes.say(connection, place, message, request or secrets.token_hex(16))
        return Thread(place, tuple(disputes.thread(connection, place)))


def placed(book: Gradebook, lesson: str, learner: str, question: str) -> Place:
    """Return the place of a request, by question or NOTEBOOK/QUESTION; raise NotFound when there is none."""
    for each in threads(book, lesson, all_=True):
        place = each.place
        if place.learner == learner and question in (
            place.question,
            f"{place.notebook}/{place.question}",
        ):
            return place
    raise NotFound(
        f"{learner} has asked nothing about '{question}'", where=lesson,
        hint=f"course disputes {lesson} --all lists what was asked",
    )  # fmt: skip
