"""The extension: which address is answered by what, for which course."""

import asyncio
from pathlib import Path
from typing import Any

from jupyter_server.extension.application import ExtensionApp
from tornado.ioloop import PeriodicCallback
from traitlets import Unicode

from course.server import api, giving, home, pages, together
from course.server.room import Room

_NAME = r"([^/]+)"  # looked up in the gradebook, and never a path by itself
_ID = r"([0-9a-f]{20})"
_QUESTION = rf"{_NAME}/{_NAME}/{_NAME}"

ROUTES: list[tuple[str, Any]] = [
    (r"/course/?", home.Home),
    (rf"/course/mark/{_QUESTION}/?", pages.Marking),
    (rf"/course/answers/{_QUESTION}/?", pages.Answers),
    (rf"/course/groups/{_QUESTION}/?", together.Groups),
    (rf"/course/groups/{_QUESTION}/{_ID}", together.Group),
    (rf"/course/api/comments/{_QUESTION}", together.Comments),
    (rf"/course/api/groups/{_QUESTION}", together.GroupsOf),
    (rf"/course/api/group/{_QUESTION}/{_ID}", together.MarkGroup),
    (rf"/course/api/apart/{_QUESTION}/{_ID}/{_ID}", together.Apart),
    (rf"/course/api/next/{_QUESTION}", api.Next),
    (rf"/course/api/ahead/{_QUESTION}", api.Ahead),
    (rf"/course/api/answer/{_QUESTION}/{_ID}", api.OneAnswer),
    (rf"/course/api/mark/{_QUESTION}/{_ID}", api.Mark),
    (rf"/course/api/undo/{_QUESTION}/{_ID}", api.Undo),
    (rf"/course/api/flag/{_QUESTION}/{_ID}", api.Flag),
    (rf"/course/api/name/{_QUESTION}/{_ID}", api.Name),
    (rf"/course/api/rubric/{_QUESTION}", api.RubricOf),
    (r"/course/api/markdown", api.Markdown),
    (r"/course/api/progress", home.Progress),
    (r"/course/api/autograde", home.Autograde),
    (rf"/course/api/triage/{_NAME}/{_NAME}", home.Triage),
    (rf"/course/feedback/{_NAME}/?", giving.Feedback),
    (rf"/course/feedback/{_NAME}/{_NAME}/page", giving.Page),
    (r"/course/disputes/?", giving.Disputes),
    (rf"/course/api/thread/{_QUESTION}/{_ID}", giving.Thread),
]
"""Which address is answered by what."""


EVERY_SECONDS = 20
"""How often the server looks whether feedback is to go out."""


class DeskApp(ExtensionApp):  # type: ignore[misc]  # untyped base
    """Serves the desk of the course in the server's own folder."""

    name = "course"
    extension_url = "/course/"
    load_other_extensions = True
    static_paths = [str(Path(__file__).parent / "static")]  # noqa: RUF012  a traitlet of the base

    grader = Unicode(
        "", help="Who marks here; by default the user of JupyterHub, else of this computer."
    ).tag(config=True)

    def initialize_settings(self) -> None:
        """Keep the course for the handlers, opened at the first request."""
        root = Path(self.serverapp.root_dir).expanduser()
        self.settings["course_room"] = Room(root, self.grader)

    def initialize_handlers(self) -> None:
        """Say what answers to which address."""
        self.handlers.extend(ROUTES)

    async def _start_jupyter_server_extension(self, serverapp: Any) -> None:
        """Begin to return the feedback whose time has come, as long as the server runs."""
        await super()._start_jupyter_server_extension(serverapp)
        self._returning = PeriodicCallback(self._return_due, EVERY_SECONDS * 1000)
        self._returning.start()

    async def _return_due(self) -> None:
        for line in await asyncio.to_thread(self.settings["course_room"].return_due):
            self.log.info("%s", line)

    async def stop_extension(self) -> None:
        """Give the gradebook back."""
        self._returning.stop()
        self.settings["course_room"].close()
