"""A learning platform for LTI 1.3, run on the loopback address with `lti1p3platform`, another project's library.

It signs people in, gives tokens for a tool's signed requests, shows its keys, has a roster, and takes line items
and scores as Assignment and Grade Services want them: a score without a known person, or one older than
the last, is refused.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from jwcrypto.jwk import JWK
from lti1p3platform.ltiplatform import LTI1P3PlatformConfAbstract
from lti1p3platform.message_launch import LTIAdvantageMessageLaunchAbstract
from lti1p3platform.oidc_login import OIDCLoginAbstract
from lti1p3platform.registration import Registration

from loopback import Handler, listening

CLIENT, DEPLOYMENT = "client-1", "place-1"
LEARNER = "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"
TEACHER = "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"
PROGRESS = {"Initialized", "Started", "InProgress", "Submitted", "Completed"}
GRADING = {"FullyGraded", "Pending", "PendingManual", "Failed", "NotReady"}


@dataclass
class Person:
    """Somebody of the platform."""

    user: str
    given: str
    family: str
    email: str
    role: str = LEARNER


class _Config(LTI1P3PlatformConfAbstract):
    def init_platform_config(self, **kwargs: Any) -> None:
        self._registration = kwargs["registration"]

    def get_registration_by_params(self, **_kwargs: Any) -> Registration:
        return self._registration


class _Login(OIDCLoginAbstract):
    def set_lti_message_hint(self, **kwargs: Any) -> None:
        self._lti_message_hint = kwargs["hint"]

    def get_redirect(self, url: str) -> str:
        return url


class _Launch(LTIAdvantageMessageLaunchAbstract):
    def get_preflight_response(self) -> dict[str, Any]:
        return dict(self._request)

    def render_launch_form(self, launch_data: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
        return launch_data


@dataclass
class Platform:
    """What the platform knows.

    Attributes:
        items: line items by address.
        scores: what was said of each line item, in order.
        refused: why something was.
    """

    address: str = ""
    people: list[Person] = field(default_factory=list)
    items: dict[str, dict[str, Any]] = field(default_factory=dict)
    scores: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    registration: Registration = field(default_factory=Registration)
    config: Any = None

    def register(self, tool_address: str, tool_keys: dict[str, Any]) -> None:
        """Register a tool."""
        key = JWK.generate(kty="RSA", size=2048)
        made = self.registration
        made.set_iss(self.address).set_client_id(CLIENT).set_deployment_id(DEPLOYMENT)
        made.set_launch_url(f"{tool_address}/launch").set_deeplink_launch_url(
            f"{tool_address}/launch"
        )
        made.set_oidc_login_url(f"{tool_address}/login").set_tool_key_set(tool_keys)
        made.set_platform_private_key(key.export_to_pem(private_key=True, password=None).decode())
        made.set_platform_public_key(key.export_to_pem().decode())
        self.config = _Config(registration=made)

    def begin(self, person: Person) -> dict[str, str]:
        """Return what a browser brings to the tool's login address when somebody opens a link."""
        login = _Login(None, self.config)
        login.set_lti_message_hint(hint="link")
        return dict(parse_qsl(urlsplit(login.initiate_login(person.user)).query))

    def launch(
        self, asked: dict[str, str], person: Person, lesson: str = "", *, deep: bool = False
    ) -> dict[str, str]:
        """Return the form that a browser posts to the tool, after the tool's login sent it here."""
        made = _Launch(asked, self.config)
        made.set_user_data(
            person.user, [person.role], f"{person.given} {person.family}", person.email
        )
        made.set_extra_claims({
            "given_name": person.given, "family_name": person.family, "email": person.email,
            "https://purl.imsglobal.org/spec/lti/claim/context": {"id": "course-7", "title": "Their course"},
        })  # fmt: skip
        if lesson:
            made.set_custom_parameters_claim({"lesson": lesson})
        made.set_ags(f"{self.address}/lineitems")
        made.set_nrps(f"{self.address}/members")
        if deep:
            made.set_dl(f"{self.address}/links")
        else:
            made.set_resource_link_claim("link-1")
        form = made.lti_launch()
        return {"id_token": form["id_token"], "state": form["state"]}

    def chosen(self, token: str) -> list[dict[str, Any]]:
        """Return the links that a tool gave back."""
        return list(self.config.validate_deeplinking_resp({"JWT": token}))

    def take(self, address: str, score: dict[str, Any]) -> str:
        """Take a score; returns why not, or nothing."""
        known = {person.user for person in self.people}
        before = [
            each for each in self.scores.get(address, []) if each["userId"] == score.get("userId")
        ]
        if address not in self.items:
            return "no such line item"
        if score.get("userId") not in known:
            return "no such person"
        if (
            score.get("activityProgress") not in PROGRESS
            or score.get("gradingProgress") not in GRADING
        ):
            return "unknown progress"
        if "scoreGiven" in score and not score.get("scoreMaximum", 0) > 0:
            return "a score without its maximum"
        if before and score["timestamp"] <= before[-1]["timestamp"]:
            return "older than the last"
        self.scores.setdefault(address, []).append(score)
        return ""


class _Handler(Handler):
    platform: Platform

    def do_GET(self) -> None:
        place = urlsplit(self.path)
        if place.path == "/keys":
            self.json(200, self.platform.config.get_jwks())
        elif place.path == "/members" and self._may("contextmembership.readonly"):
            members = [{"status": "Active", "user_id": one.user, "roles": [one.role], "given_name": one.given,
                        "family_name": one.family, "email": one.email} for one in self.platform.people]  # fmt: skip
            self.json(200, {"id": self.path, "context": {"id": "course-7"}, "members": members})
        elif place.path == "/lineitems" and self._may("lineitem"):
            self.json(200, list(self.platform.items.values()))
        else:
            self.json(404, {})

    def do_POST(self) -> None:
        data = self.body().decode()
        place = urlsplit(self.path)
        if place.path == "/token":
            self.json(200, self.platform.config.get_access_token(dict(parse_qsl(data))))
        elif place.path == "/lineitems" and self._may("lineitem"):
            address = f"{self.platform.address}/lineitems/{len(self.platform.items) + 1}/lineitem"
            self.platform.items[address] = {**json.loads(data), "id": address}
            self.json(201, self.platform.items[address])
        elif place.path.endswith("/scores") and self._may("scope/score"):
            address = self.platform.address + place.path.removesuffix("/scores")
            why = self.platform.take(address, json.loads(data))
            self.platform.refused += [why] if why else []
            self.json(400 if why else 200, {"why": why})
        else:
            self.json(404, {})

    def _may(self, scope: str) -> bool:
        scopes = [
            f"https://purl.imsglobal.org/spec/lti-ags/{scope}" if scope.startswith("scope/") else
            f"https://purl.imsglobal.org/spec/lti-nrps/scope/{scope}" if scope.startswith("context") else
            f"https://purl.imsglobal.org/spec/lti-ags/scope/{scope}"
        ]  # fmt: skip
        token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
        if token and self.platform.config.validate_token(token, scopes):
            return True
        self.json(401, {})
        return False


@contextmanager
def running() -> Iterator[Platform]:
    """Run a platform while the block runs; register a tool with it before anything else."""
    platform = Platform()
    with listening(_Handler, platform=platform) as platform.address:
        yield platform
