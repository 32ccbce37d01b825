"""Home, and what is mended from there: the autograder started, submissions on the triage list seen to."""

import asyncio
import datetime as dt
from typing import Any, ClassVar

from course.desk import Desk
from course.layout import known
from course.review.roles import Deed
from course.server.api import Api
from course.server.handler import Handler
from course.store import overview as counted
from course.store.database import note, now
from course.store.roster import learners
from course.term import disputing, overview, triage


class Home(Handler):
    """Lessons and how far they are, what waits longest, and what could not be graded."""

    async def get(self) -> None:
        """Show home."""

        def look(desk: Desk) -> dict[str, Any]:
            rows = overview.look(desk.course, desk.book)
            listed = counted.stuck(desk.book) if self.may(Deed.MEND) else []
            people = learners(desk.book) if listed else []
            return {
                "title": desk.course.file.title, "rows": rows, "requests": len(disputing.threads(desk.book)),
                "next": overview.first(tuple(each.first for each in rows if each.first)),
                "triage": [(each, triage.remedy(each.reason)) for each in listed],
                "names": {person.id: person.name for person in people},
            }  # fmt: skip

        about = await self.desk(look)
        if self.may(Deed.OVERSEE):
            (await asyncio.to_thread(self.room.oversight)).expect()
        running, ended = self.room.runs.look()
        self.render_page("home.html", running=running, ended=ended, ago=ago, **about)


class Progress(Api):
    """``GET api/progress``: who grades what just now, how far that is, and what went wrong."""

    async def get(self) -> None:
        """Tell it."""

        def look(desk: Desk) -> dict[str, Any]:
            mine, failed = self.room.runs.look()
            lessons: dict[str, Any] = {name: {"done": 0, "of": 0} for name in mine}
            for name in desk.course.lessons():
                if (found := overview.running(desk.course, name)) is not None:
                    lessons[name] = {"done": found.done, "of": found.of}
            return {"lessons": lessons, "failed": failed}

        self.say(await self.desk(look))


class Autograde(Api):
    """``POST api/autograde`` {lesson}: starts grading what was handed in and is not graded yet."""

    deeds: ClassVar = {"POST": Deed.GRADE}

    async def post(self) -> None:
        """Start it."""
        lesson = self.text(self.body(), "lesson")

        def start(desk: Desk) -> None:
            known(lesson, desk.course.lessons(), "lesson", "")
            self.room.runs.start(desk.course.layout.root, lesson)
            with desk.book.transaction() as connection:
                note(connection, self.grader, "autograde", lesson=lesson)

        await self.desk(start)
        self.say({})


class Triage(Api):
    """``POST api/triage/LESSON/LEARNER`` {do: again, repair, accept or ask; text}: sees to a submission."""

    deeds: ClassVar = {"POST": Deed.MEND}

    async def post(self, lesson: str, learner: str) -> None:
        """Do it; {said} tells what was done."""
        data = self.body()
        do, words = self.text(data, "do"), self.text(data, "text")
        known(do, ["again", "repair", "accept", "ask"], "remedy", "do")

        def mend(desk: Desk) -> str:
            book, root = desk.book, desk.course.layout.root
            if do == "accept":
                triage.accept(book, lesson, learner, self.grader, words)
                return "It is off the list, and stays ungraded."
            if do == "ask":
                triage.ask(book, lesson, learner, self.grader, words)
                return "The question is kept. Return the lesson's feedback, and it is on the learner's page."
            if do == "repair":
                done = "; ".join(triage.repair(desk.course, book, lesson, learner, self.grader))
            else:
                triage.again(book, lesson, learner, self.grader)
                done = ""
            self.room.runs.start(root, lesson, [learner])
            return f"{done}. It is graded again now." if done else "It is graded again now."

        self.say({"said": await self.desk(mend)})


def ago(moment: dt.datetime) -> str:
    """Return how long ago a moment in UTC was, in words."""
    seconds = max(0.0, (now() - moment).total_seconds())
    for size, word in ((86_400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {word}{'s' * (count != 1)} ago"
    return "just now"
