"""A learner's code run again from the marking page, behind the walls."""

import asyncio
from typing import Any

from course.errors import Unavailable
from course.sandbox import CellRun, Strike
from course.server import show
from course.server.api import Api
from course.server.handler import asked
from course.term.rerun import rerun

MOST_WAITING = 6
"""Runs that wait for others; whoever comes then is asked to come again."""


class Run(Api):
    """``POST api/run/…/ID`` {source}: the answer's cells run again, and a cell of the grader's after them."""

    waiting = 0

    async def post(self, lesson: str, notebook: str, question: str, answer: str) -> None:
        """Run them; nothing is written."""
        own = self.text(self.body(), "source")
        if Run.waiting >= MOST_WAITING:
            raise Unavailable("other runs are waiting already", hint="try it again in a minute")
        about = await self.desk(lambda desk: asked(desk, (lesson, notebook, question)))
        place = await self.desk(lambda desk: desk.place(about, answer))
        Run.waiting += 1
        try:
            work = asyncio.get_running_loop().run_in_executor
            done = await work(self.room.cells, rerun, self.room.course(), place, own)
        finally:
            Run.waiting -= 1
        self.say({
            "cells": [{"code": show.code(source), "html": _html(run)} for source, run in done.answer],
            "before": [run.error or str(run.strike) for run in done.before],
            "own": _html(done.own) if done.own else None,
            "isolation": done.isolation, "seconds": round(done.seconds, 2),
        })  # fmt: skip


def _html(run: CellRun) -> str:
    """Return the safe HTML of what a cell did."""
    struck: tuple[dict[str, Any], ...] = ()
    if run.strike not in (Strike.OK, Strike.ERROR):
        struck = ({"output_type": "stream", "name": "stderr", "text": run.error},)
    return show.outputs([*run.outputs, *struck])
