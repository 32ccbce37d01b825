"""Pages: the answers to a question, and marking them."""

from typing import Any, ClassVar
from urllib.parse import quote

from course import markup
from course.desk import Desk, Queue
from course.layout import known
from course.review.roles import Deed
from course.server.handler import Handler, asked
from course.store.standing import Standing

SHOW = {"all": "all", "waiting": "waiting for a person", "flagged": "flagged", "mine": "marked by me",
        "done": "done"}  # fmt: skip


class Answers(Handler):
    """All answers to one question, in the grader's own order; ``?show=`` and ``?least=``, ``?most=`` choose."""

    async def get(self, *names: str) -> None:
        """Show the list."""
        show = self.get_query_argument("show", "all")
        bounds = {key: _points(self.get_query_argument(key, "")) for key in ("least", "most")}

        def look(desk: Desk) -> tuple[Queue, int]:
            about = asked(desk, (names[0], names[1], names[2]))
            return desk.queue(about), desk.again(about) if self.may(Deed.MARK) else 0

        queue, again = await self.desk(look)
        rows = [
            (number, answer, standing)
            for number, (answer, standing) in enumerate(queue.answers, 1)
            if self._wanted(standing, show) and _within(standing.points, **bounds)
        ]
        self.render_page(
            "answers.html", queue=queue, again=again, rows=rows, show=show, choices=SHOW, **bounds
        )

    def _wanted(self, standing: Standing, show: str) -> bool:
        return {
            "waiting": standing.waits, "flagged": bool(standing.flag), "done": not standing.waits,
            "mine": standing.marked_by == self.grader,
        }.get(show, True)  # fmt: skip


class Marking(Handler):
    """One answer after the other."""

    async def get(self, *names: str) -> None:
        """Show the page; its script asks for the answers."""
        question = await self.desk(lambda desk: asked(desk, (names[0], names[1], names[2])))
        if not self.may(Deed.MARK) and not self.get_query_argument("answer", ""):
            place = "/".join(quote(name, safe="") for name in names)
            self.redirect(
                f"{self.base_url}course/answers/{place}"
            )  # to be read, each when it is chosen
            return
        self.render_page(
            "mark.html", question=question, again=self.get_query_argument("again", "") == "1"
        )


class Graders(Handler):
    """``graders/LESSON``: who marked how much, how severely and how soon, and how far two readings agree."""

    deeds: ClassVar = {"GET": Deed.COMPARE}

    async def get(self, lesson: str) -> None:
        """Show it."""

        def look(desk: Desk) -> dict[str, Any]:
            found = [(each, [(markup.line(text), one) for text, one in each.items])
                     for each in desk.calibration(lesson)]  # fmt: skip
            return {
                "title": desk.course.file.lesson(lesson).title or lesson, "graders": desk.graders(lesson),
                "calibration": desk.course.file.calibration, "found": found,
            }  # fmt: skip

        known(lesson, await self.desk(lambda desk: desk.course.lessons()), "lesson", "")
        self.render_page("graders.html", lesson=lesson, **await self.desk(look))


def _points(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _within(points: float | None, least: float | None, most: float | None) -> bool:
    if least is None and most is None:
        return True
    return points is not None and (least or 0.0) <= points <= (points if most is None else most)
