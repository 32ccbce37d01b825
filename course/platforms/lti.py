"""LTI 1.3 Advantage: a course as a tool that a learning platform launches, asks for links, and takes scores from.

Sources: 1EdTech, LTI Core 1.3, Deep Linking 2.0, Names and Role Provisioning Services 2.0, Assignment and
Grade Services 2.0. What crosses the wire is signed and checked by the library `pylti1p3`; here stands what a
course makes of it. Nothing here knows a web framework: parameters and cookies come and go as plain values.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from jwcrypto.jwk import JWK
from pylti1p3.assignments_grades import AssignmentsGradesService
from pylti1p3.deep_link_resource import DeepLinkResource
from pylti1p3.grade import Grade
from pylti1p3.lineitem import LineItem
from pylti1p3.names_roles import NamesRolesProvisioningService
from pylti1p3.registration import Registration
from pylti1p3.service_connector import ServiceConnector
from pylti1p3.session import SessionService
from pylti1p3.tool_config.dict import ToolConfDict

from course.errors import Invalid
from course.model import Learner
from course.platforms.lti_wire import Asked, Connector, Cookies, Launch, Login, told

_CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
_AGS = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
_NRPS = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
_TEACHES = ("#Instructor", "#Administrator", "#ContentDeveloper")
_KEY_BITS = 2048


@dataclass(frozen=True, slots=True)
class Platform:
    """A learning platform that may launch the course, as it says of itself when a tool is registered.

    Attributes:
        issuer: its name, an address.
        client: the id that it gave us.
        deployments: ids of the places in it where the course may be launched.
        login, token, keys: addresses where it signs people in, gives tokens, and shows its public keys.
    """

    issuer: str
    client: str
    deployments: tuple[str, ...]
    login: str
    token: str
    keys: str


@dataclass(frozen=True, slots=True)
class Services:
    """Where scores and people of one course of the platform are asked for; what a launch said of it."""

    issuer: str
    client: str
    ags: Mapping[str, Any] = field(default_factory=dict)
    nrps: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Launched:
    """Who was launched into what.

    Attributes:
        user: the platform's name for the person.
        learner: the same as a learner of the course.
        teaches: whether the platform has them for an instructor.
        lesson: the lesson's folder; empty where a link is to be chosen.
        answer: makes the page that gives chosen links back to the platform; None for other launches.
    """

    user: str
    learner: Learner
    teaches: bool
    lesson: str
    services: Services
    answer: Callable[[Sequence["Link"]], str] | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A lesson that a platform may link to."""

    lesson: str
    title: str
    maximum: float


@dataclass(frozen=True, slots=True)
class Score:
    """What a platform is told of one learner's work.

    Attributes:
        user: the platform's name for the person.
        points: None while an answer waits for a person, which the platform shows as pending.
    """

    user: str
    points: float | None
    maximum: float
    submitted: dt.datetime | None
    comment: str = ""


def new_key() -> str:
    """Return a new private key in PEM, as the specification wants one: RSA, for RS256."""
    return str(
        JWK.generate(kty="RSA", size=_KEY_BITS)
        .export_to_pem(private_key=True, password=None)
        .decode()
    )


class Tool:
    """The course as a tool.

    Args:
        platforms: who may launch it.
        key: its private key in PEM.
        address: where it is reached: launches go to ``address``/launch.
        sessions: what is remembered between a login and its launch; keep it for an hour.
    """

    def __init__(
        self, platforms: Iterable[Platform], key: str, address: str,
        sessions: MutableMapping[str, Any] | None = None,
    ) -> None:  # fmt: skip
        self.address = address.rstrip("/")
        self.sessions = sessions if sessions is not None else {}
        public = JWK.from_pem(key.encode()).export_to_pem().decode()
        config: dict[str, Any] = {}
        for each in platforms:
            config.setdefault(each.issuer, []).append({
                "default": each.issuer not in config, "client_id": each.client, "auth_login_url": each.login,
                "auth_token_url": each.token, "key_set_url": each.keys, "deployment_ids": list(each.deployments),
            })  # fmt: skip
        self.config = ToolConfDict(config)
        for issuer, clients in config.items():
            for client in clients:
                self.config.set_private_key(issuer, key, client_id=client["client_id"])
                self.config.set_public_key(issuer, public, client_id=client["client_id"])
        self._public = public

    def keys(self) -> dict[str, Any]:
        """Return the tool's public keys, for the platform to check what it signs (JWKS)."""
        return {"keys": [Registration.get_jwk(self._public)]}

    def login(self, words: Mapping[str, str]) -> tuple[str, dict[str, str]]:
        """Begin a launch; returns where to send the browser, and the cookies to set.

        Raises:
            Refused: nobody whom we know asks.
        """
        request = Asked(words, {}, self.sessions)
        cookies = Cookies(request)
        oidc = Login(
            request, self.config, session_service=SessionService(request), cookie_service=cookies
        )
        where = told(oidc.get_redirect_object)(f"{self.address}/launch").get_redirect_url()
        return where, cookies.new

    def launch(self, words: Mapping[str, str], cookies: Mapping[str, str]) -> Launched:
        """Check what a platform says of whom it launches into what.

        Raises:
            Refused: it is not signed by a platform that we know, or not for us, or was used before.
        """
        request = Asked(words, cookies, self.sessions)
        message = Launch(request, self.config, session_service=SessionService(request),
                          cookie_service=Cookies(request))  # fmt: skip
        data: Mapping[str, Any] = cast("Any", told(lambda: message.validate().get_launch_data())())
        # a nonce counts once, so that a launch that was overheard is worth nothing
        self.sessions.pop(f"lti1p3-nonce-{data['nonce']}", None)
        services = Services(
            message.get_iss(), message.get_client_id(), data.get(_AGS, {}), data.get(_NRPS, {})
        )
        custom = data.get(f"{_CLAIM}custom") or {}
        answer = None
        if message.is_deep_link_launch():

            def answer(links: Sequence[Link]) -> str:
                return str(
                    message.get_deep_link().output_response_form(
                        [self._resource(each) for each in links]
                    )
                )

        teaches = any(role.endswith(_TEACHES) for role in data.get(f"{_CLAIM}roles", ()))
        return Launched(
            str(data["sub"]),
            _learner(data, "sub"),
            teaches,
            str(custom.get("lesson", "")),
            services,
            answer,
        )

    def _resource(self, link: Link) -> DeepLinkResource:
        item = LineItem().set_label(link.title).set_score_maximum(link.maximum).set_tag(link.lesson)
        item.set_resource_id(link.lesson)
        made = DeepLinkResource().set_title(link.title).set_url(f"{self.address}/launch")
        return made.set_custom_params({"lesson": link.lesson}).set_lineitem(item)

    def roster(self, services: Services) -> list[tuple[str, Learner]]:
        """Return the learners of the platform's course, each with the platform's name for them.

        Raises:
            Invalid: the platform offers no roster.
            Unavailable: it can't be reached, or refuses.
        """
        if not services.nrps:
            raise Invalid(
                "the platform offers no roster",
                expected="a launch with Names and Role Provisioning Services",
            )
        members = told(
            NamesRolesProvisioningService(
                self._connector(services), cast("Any", services.nrps)
            ).get_members
        )()
        return [
            (str(each["user_id"]), _learner(each, "user_id"))
            for each in members
            if each.get("status", "Active") == "Active"
            and any(role.rpartition("#")[2] == "Learner" for role in each["roles"])
        ]

    def put_scores(self, services: Services, link: Link, scores: Sequence[Score]) -> int:
        """Tell the platform about work; returns how many scores it took.

        Raises:
            Invalid: the platform takes no scores.
            Unavailable: it can't be reached, or refuses.
        """
        if not services.ags:
            raise Invalid(
                "the platform takes no scores",
                expected="a launch with Assignment and Grade Services",
            )
        service = AssignmentsGradesService(self._connector(services), cast("Any", services.ags))
        item = LineItem().set_tag(link.lesson).set_label(link.title).set_score_maximum(link.maximum)
        item.set_resource_id(link.lesson)
        item = told(service.find_or_create_lineitem)(item)
        for each in scores:
            told(service.put_grade)(_grade(each), item)
        return len(scores)

    def _connector(self, services: Services) -> ServiceConnector:
        found = self.config.find_registration_by_params(services.issuer, services.client)
        if found is None:
            raise Invalid("this platform is not known any more", where=services.issuer, found=services.client,
                          expected="one of [[platforms.lti]] in course.toml")  # fmt: skip
        return Connector(found)


def _grade(score: Score) -> Grade:
    grade = Grade().set_user_id(score.user).set_timestamp(_stamp(dt.datetime.now(dt.UTC)))
    if score.points is None:
        # no score: a platform would show part of one as if it were all
        grade.set_activity_progress("Submitted").set_grading_progress("PendingManual")
    else:
        grade.set_activity_progress("Completed").set_grading_progress("FullyGraded")
        grade.set_score_given(score.points).set_score_maximum(score.maximum)
    if score.submitted is not None:
        grade.set_submitted_at(_stamp(score.submitted))
    return grade.set_comment(score.comment) if score.comment else grade


def _stamp(at: dt.datetime) -> str:
    """Return a moment to the thousandth of a second: of two scores, the later one counts."""
    moment = at if at.tzinfo else at.replace(tzinfo=dt.UTC)
    return moment.isoformat(timespec="milliseconds")


def _learner(data: Mapping[str, Any], key: str) -> Learner:
    """Return a person as a learner: called by the beginning of their e-mail address, else as the platform does."""
    mail = str(data.get("email") or "")
    name = mail.partition("@")[0] or str(data[key])
    return Learner(
        "".join(each if each.isalnum() or each in "._-" else "-" for each in name).strip(".-")[:100] or "learner",
        _plain(data.get("given_name")), _plain(data.get("family_name")), mail,
    )  # fmt: skip


def _plain(text: Any) -> str:
    return (
        str(text or "").replace("<", "").replace(">", "")
    )  # nbgrader's pages would take it for HTML
