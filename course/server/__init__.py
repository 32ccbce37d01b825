"""The grading desk's pages: a Jupyter Server extension below ``/course/``.

`jupyter_server` finds this room by its name; `course lab` turns it on.
"""

from typing import Any


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    from course.server.app import DeskApp  # noqa: PLC0415  asked for by name, before anything is served

    return [{"module": "course.server.app", "app": DeskApp}]
