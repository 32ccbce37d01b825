"""The JupyterHub beside which the service runs: it tells whose token somebody shows.

Which environment a hub gives its services: https://jupyterhub.readthedocs.io/en/stable/reference/services.html
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from course.errors import Invalid, Refused, Unavailable
from course.office.office import Unknown


@dataclass(frozen=True, slots=True)
class Hub:
    """A hub that may be asked.

    Attributes:
        auth: jupyterhub's client of it.
    """

    auth: Any

    @classmethod
    def of(cls, environment: Mapping[str, str] = os.environ) -> "Hub | None":
        """Return the hub that started this process, or whose API token it was given; None without one.

        Raises:
            Invalid: the package jupyterhub is not installed.
        """
        if not environment.get("JUPYTERHUB_API_TOKEN") or not environment.get(
            "JUPYTERHUB_SERVICE_NAME"
        ):
            return None
        try:
            from jupyterhub.services.auth import HubAuth  # noqa: PLC0415  only beside a hub
        except ImportError as error:
            raise Invalid(
                "a JupyterHub started this, and its package is not installed", expected="jupyterhub",
                hint="pip install jupyter-course[jupyterhub]",
            ) from error  # fmt: skip
        return cls(HubAuth(cache_max_age=60))

    def name_of(self, token: str) -> str:
        """Return whose token this is.

        Raises:
            Unknown: nobody's.
            Refused: one that may not be shown to this service.
            Unavailable: the hub does not answer.
        """
        try:
            user = self.auth.user_for_token(token)
        except Exception as error:  # its client tells what went wrong as an HTTP error of tornado's
            raise Unavailable(
                "the JupyterHub does not answer", hint="try again in a minute"
            ) from error
        if user is None or user.get("kind") != "user":
            raise Unknown(
                "this token is nobody's at the JupyterHub",
                hint="start your server at the hub again",
            )
        if not self.auth.check_scopes(self.auth.access_scopes, user):
            raise Refused(
                "your token of the JupyterHub may not be shown to this service",
                expected=" or ".join(sorted(self.auth.access_scopes)),
                hint="whoever runs the hub adds it to c.Spawner.server_token_scopes and to the role 'user'",
            )  # fmt: skip
        return str(user["name"])


def prefix(environment: Mapping[str, str] = os.environ) -> str:
    """Return the path below which the hub puts the service, without a slash at its end; empty without a hub."""
    return environment.get("JUPYTERHUB_SERVICE_PREFIX", "").rstrip("/")
