"""The extension as Jupyter Server loads it, on learners' servers too: light where there is no course."""

import asyncio
from pathlib import Path
from typing import Any

from jupyter_server.extension.application import ExtensionApp
from tornado.ioloop import PeriodicCallback
from traitlets import Unicode

from course.errors import NotFound
from course.layout import find_course
from course.report.page import STATIC

EVERY_SECONDS = 20
"""How often the server looks whether feedback is to go out."""


class DeskApp(ExtensionApp):  # type: ignore[misc]  # untyped base
    """Serves the desk of the course that the server's own folder is in; elsewhere it does nothing."""

    name = "course"
    extension_url = "/course/"
    load_other_extensions = True
    static_paths = [*map(str, (Path(__file__).parent / "static", STATIC))]  # noqa: RUF012  a traitlet of the base

    grader = Unicode(
        "", help="Who marks here; by default the user of JupyterHub, else of this computer."
    ).tag(config=True)

    def initialize_settings(self) -> None:
        """Keep the course for the handlers, opened at the first request; JupyterLab learns of it."""
        root = Path(self.serverapp.root_dir).expanduser()
        try:
            find_course(root)
        except NotFound:
            return
        from course.server.room import Room  # noqa: PLC0415  half a second, for a course only

        self.settings["course_room"] = Room(root, self.grader)
        page = self.serverapp.web_app.settings.setdefault("page_config_data", {})
        page["courseDesk"] = "true"

    def initialize_handlers(self) -> None:
        """Say what answers to which address."""
        if "course_room" in self.settings:
            from course.server.app import ROUTES  # noqa: PLC0415  as above

            self.handlers.extend(ROUTES)

    async def _start_jupyter_server_extension(self, serverapp: Any) -> None:
        """Begin to return the feedback whose time has come, as long as the server runs."""
        await super()._start_jupyter_server_extension(serverapp)
        self._returning = PeriodicCallback(self._return_due, EVERY_SECONDS * 1000)
        if "course_room" in self.settings:
            self._returning.start()

    async def _return_due(self) -> None:
        for line in await asyncio.to_thread(self.settings["course_room"].return_due):
            self.log.info("%s", line)

    async def stop_extension(self) -> None:
        """Give the gradebook back."""
        self._returning.stop()
        if "course_room" in self.settings:
            self.settings["course_room"].close()
