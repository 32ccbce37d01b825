"""Feedback before it goes out, and learners' requests to look at a mark again."""

from typing import Any, ClassVar
from urllib.parse import quote

from course import markup
from course.dates import moment
from course.desk import Desk
from course.errors import Invalid
from course.review.roles import Deed
from course.server.api import Api
from course.server.handler import POLICY, Handler, asked
from course.store import returns
from course.store.asked import Asked
from course.term import disputing, returning


class Feedback(Handler):
    """``feedback/LESSON``: who would get what, and returning it. ``?learner=`` shows that one's page."""

    deeds: ClassVar = {"GET": Deed.RELEASE, "POST": Deed.RELEASE}

    @property
    def content_security_policy(self) -> str:
        """As everywhere; the page that is looked at stands in a frame."""
        return f"{POLICY}; frame-src 'self'"

    async def get(self, lesson: str) -> None:
        """Show the list."""
        chosen = self.get_query_argument("learner", "")

        def look(desk: Desk) -> dict[str, Any]:
            course = desk.course
            told: list[returns.Told] = []
            if chosen:
                told = list(returns.versions(desk.book, lesson, chosen))
            return {
                "drafts": list(returning.drafts(course, lesson)), "told": told, "zone": course.file.zone,
                "title": course.file.lesson(lesson).title or lesson,
                "plans": [each for each in returning.scheduled(course) if each.lesson == lesson],
                "questions": [each for each in desk.questions(lesson) if each.lesson == lesson],
            }  # fmt: skip

        said = self.get_query_argument("said", "")
        self.render_page("feedback.html", lesson=lesson, chosen=chosen, said=said if said.isdigit() else "",
                         **await self.desk(look))  # fmt: skip

    async def post(self, lesson: str) -> None:
        """Return now, or at a time (form: ``what`` now, later or never; ``at``; ``question``)."""
        what, at = self.get_body_argument("what", ""), self.get_body_argument("at", "")
        questions = [each for each in self.get_body_arguments("question") if each]

        def act(desk: Desk) -> str:
            course = desk.course
            if what == "now":
                found = returning.give_back(course, lesson, questions, by=desk.grader)
                return f"?said={len(found)}"
            if what not in ("later", "never"):
                raise Invalid(
                    "nothing to do", expected="what: now, later or never", found=repr(what)
                )
            when = moment(at, course.file.zone) if what == "later" else None
            returning.schedule(course, lesson, when, questions, desk.grader)
            return ""

        done = await self.desk(act)
        self.redirect(f"{self.base_url}course/feedback/{quote(lesson, safe='')}{done}", status=303)


class Page(Handler):
    """``feedback/LESSON/LEARNER/page``: the page as the learner would get it, for a sandboxed frame."""

    deeds: ClassVar = {"GET": Deed.RELEASE}

    @property
    def content_security_policy(self) -> str:
        """Nothing runs in it, and nothing is fetched for it."""
        return (
            "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
        )

    async def get(self, lesson: str, learner: str) -> None:
        """Show it."""

        def look(desk: Desk) -> str:
            (draft,) = returning.drafts(desk.course, lesson, learner=learner)
            return draft.html

        html = await self.desk(look)
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(html)


class Disputes(Handler):
    """``disputes``: the requests that wait for an answer, each with the answer that it is about."""

    async def get(self) -> None:
        """Show them; learners are not named."""

        def look(desk: Desk) -> list[dict[str, Any]]:
            there = {(each.lesson, each.notebook, each.question): each for each in desk.questions()}
            rows = []
            for thread in disputing.threads(desk.book):
                place = thread.place
                question = there.get((place.lesson, place.notebook, place.question))
                last = thread.messages[-1]
                rows.append({"question": question, "place": place, "id": desk.id(place), "at": last.at,
                             "text": last.text})  # fmt: skip
            return rows

        zone = self.room.course().file.zone
        self.render_page("disputes.html", rows=await self.desk(look), zone=zone)


class Thread(Api):
    """``GET api/thread/…/ID``: the messages about an answer. ``POST`` {text, reopen, request}: answers them."""

    async def get(self, lesson: str, notebook: str, question: str, answer: str) -> None:
        """Give them."""

        def look(desk: Desk) -> dict[str, Any]:
            return _thread(desk, asked(desk, (lesson, notebook, question)), answer)

        self.say(await self.desk(look))

    async def post(self, lesson: str, notebook: str, question: str, answer: str) -> None:
        """Answer: the mark stays, or is made again."""
        data = self.body()

        def write(desk: Desk) -> dict[str, Any]:
            about = asked(desk, (lesson, notebook, question))
            place = desk.place(about, answer)
            disputing.answer(desk.book, place, self.text(data, "text"), reopen=data.get("reopen") is True,
                             by=desk.grader, request=self.text(data, "request"))  # fmt: skip
            return _thread(desk, about, answer)

        self.say(await self.desk(write))


def _thread(desk: Desk, question: Asked, answer: str) -> dict[str, Any]:
    """Return a thread as the marking page takes it: HTML is safe, the learner is not named."""
    place = desk.place(question, answer)
    found = [
        each
        for each in disputing.threads(desk.book, place.lesson, all_=True)
        if each.place == place
    ]
    messages = found[0].messages if found else ()
    return {
        "open": bool(found) and found[0].open,
        "messages": [
            {"what": each.what, "author": "" if each.what == "asked" else each.author,
             "html": markup.block(each.text), "at": each.at.isoformat()} for each in messages
        ],
    }  # fmt: skip
