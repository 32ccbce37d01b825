"""Pages: the answers to a question, and marking them."""

from urllib.parse import quote

from course.desk import Desk, Queue
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

        def look(desk: Desk) -> Queue:
            return desk.queue(asked(desk, (names[0], names[1], names[2])))

        queue = await self.desk(look)
        rows = [
            (number, answer, standing)
            for number, (answer, standing) in enumerate(queue.answers, 1)
            if self._wanted(standing, show) and _within(standing.points, **bounds)
        ]
        self.render_page("answers.html", queue=queue, rows=rows, show=show, choices=SHOW, **bounds)

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
        self.render_page("mark.html", question=question)


def _points(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _within(points: float | None, least: float | None, most: float | None) -> bool:
    if least is None and most is None:
        return True
    return points is not None and (least or 0.0) <= points <= (points if most is None else most)
