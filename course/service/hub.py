"""The JupyterHub beside which the service runs: it tells whose token somebody shows, and who signs in with a browser.

Which environment a hub gives its services: https://jupyterhub.readthedocs.io/en/stable/reference/services.html
Signing in is OAuth 2 with PKCE (RFC 7636), by jupyterhub's own client of it.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

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
            from jupyterhub.services.auth import HubOAuth  # noqa: PLC0415  only beside a hub
        except ImportError as error:
            raise Invalid(
                "a JupyterHub started this, and its package is not installed", expected="jupyterhub",
                hint="pip install jupyter-course[jupyterhub]",
            ) from error  # fmt: skip
        client = (
            environment.get("JUPYTERHUB_CLIENT_ID")
            or f"service-{environment['JUPYTERHUB_SERVICE_NAME']}"
        )
        return cls(HubOAuth(cache_max_age=60, oauth_client_id=client))

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

    def sign_in(self, place: str) -> tuple[str, str]:
        """Begin to sign a browser in; returns where it goes, and the state that it brings back.

        Args:
            place: where it wants to be afterwards, below the service's own path.
        """
        verifier, challenge, method = self.auth.generate_pkce_code_challenge()
        state = self.auth.generate_state(place, code_verifier=verifier)
        more = {"state": state, "code_challenge": challenge, "code_challenge_method": method}
        return f"{self.auth.login_url}&{urlencode(more)}", state

    def signed_in(self, code: str, state: str) -> tuple[str, str]:
        """Return who came back from the hub, and where this one wants to be.

        Raises:
            Refused: this sign-in is too old, or somebody who may not use the service.
            Unavailable: the hub does not confirm it.
        """
        verifier, place = self.auth.get_code_verifier(state), self.auth.get_next_url(state)
        self.auth.clear_oauth_state(state)
        if not verifier:
            raise Refused("this sign-in is too old, or was used", hint="sign in once more")
        try:
            token = self.auth.token_for_code(code, code_verifier=verifier)
        except Exception as error:  # as above
            raise Unavailable(
                "the JupyterHub does not confirm who you are", hint="sign in once more, in a minute"
            ) from error
        return self.name_of(token), str(place)

    @property
    def leaving(self) -> str:
        """Where one signs out of the hub itself."""
        return f"{self.auth.hub_host}{self.auth.hub_prefix}logout"


def prefix(environment: Mapping[str, str] = os.environ) -> str:
    """Return the path below which the hub puts the service, without a slash at its end; empty without a hub."""
    return environment.get("JUPYTERHUB_SERVICE_PREFIX", "").rstrip("/")
