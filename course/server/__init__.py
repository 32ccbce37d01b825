"""The grading desk's pages: a Jupyter Server extension below ``/course/``.

`jupyter_server` finds this room by its name, in etc/jupyter/jupyter_server_config.d/jupyter-course.json.
"""

from typing import Any


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    from course.server.extension import DeskApp  # noqa: PLC0415  asked for by name, before anything is served

    return [{"module": "course.server", "app": DeskApp}]
