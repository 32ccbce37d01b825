"""Roles beyond the desk: a server's files, kernels and terminals for instructors alone.

With ``c.ServerApp.authorizer_class = "course.server.authority.InstructorsOnly"``. Without it, who is let
into a server can do there whatever its account may, edit `course.toml` included.
"""

from typing import Any

from jupyter_server.auth.authorizer import Authorizer

from course.review.roles import Role
from course.server.handler import named


class InstructorsOnly(Authorizer):  # type: ignore[misc]  # untyped base
    """Lets instructors of the served course use Jupyter's own services; the desk decides for itself."""

    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:  # noqa: ARG002  as Jupyter calls it
        """Return whether somebody may read, write or run something of the server."""
        room = handler.settings.get("course_room")
        return room is not None and room.role(named(handler)) is Role.INSTRUCTOR
