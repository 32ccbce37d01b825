"""Oversight in the browser: the pages of a course, a lesson, a learner and an objective, and the worklist."""

import asyncio
from typing import Any, ClassVar

from course.insight.worklist import KINDS
from course.layout import known
from course.report import render
from course.report.page import Choice
from course.review.roles import Deed
from course.server.api import Api
from course.server.handler import Handler


class Overview(Handler):
    """``?group=``, ``?since=`` choose; ``?start=`` goes on in a long table; ``?format=`` gives a file."""

    deeds: ClassVar = {"GET": Deed.OVERSEE, "HEAD": Deed.OVERSEE}

    async def get(self, kind: str = "course", *names: str) -> None:
        """Show a page, or give it as a file."""
        start = self.get_query_argument("start", "0")
        choice = Choice(
            self.get_query_argument("group", ""), self.get_query_argument("since", ""),
            int(start) if start.isdecimal() else 0,
        )  # fmt: skip
        form = self.get_query_argument("format", "")
        oversight = await asyncio.to_thread(self.room.oversight)
        page = await asyncio.to_thread(oversight.page, kind, names, choice, whole=bool(form))
        if form:
            data = await asyncio.to_thread(render.made, page, form)
            self._give(data, form, "-".join([kind, *names]))
            return
        base = f"{self.base_url}course/"
        self.render_page(
            "oversight.html", page=page, href=render.address(page, base), act=lambda entry: render.act(entry, base),
            tend=self.may(Deed.TEND),
        )  # fmt: skip

    def _give(self, data: bytes, form: str, name: str) -> None:
        kinds = {
            "html": "text/html; charset=utf-8",
            "pdf": "application/pdf",
            "csv": "text/csv; charset=utf-8",
        }
        plain = "".join(
            each if (each.isalnum() and each.isascii()) or each in "._-" else "_" for each in name
        )
        self.set_header("Content-Type", kinds[form])
        self.set_header("Content-Disposition", f'attachment; filename="{plain}.{form}"')
        self.finish(data)


class Rest(Api):
    """``POST api/rest`` {kind, learner, lesson, question, trace, reason}: not to be shown until something new happens."""

    deeds: ClassVar = {"POST": Deed.TEND}

    async def post(self) -> None:
        """Put an entry to rest."""
        data: dict[str, Any] = self.body()
        kind, learner, lesson, question, trace, reason = (
            self.text(data, key)
            for key in ("kind", "learner", "lesson", "question", "trace", "reason")
        )
        known(kind, list(KINDS), "kind of entry")
        oversight = await asyncio.to_thread(self.room.oversight)
        await asyncio.to_thread(
            oversight.rest, (kind, learner, lesson, question), trace, self.grader, reason
        )
        self.say({"said": "It rests until something new happens."})
