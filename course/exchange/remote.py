"""The course service as its clients see it. Every answer is checked: anything may sit on the way to it."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import quote, urlsplit

import httpx

from course.errors import CourseError, Invalid, NotFound, Refused, Unavailable

SECONDS = 30.0
_ERRORS: dict[int, type[CourseError]] = {
    401: Refused,
    403: Refused,
    404: NotFound,
    413: Refused,
    422: Invalid,
}


@dataclass(frozen=True, slots=True)
class Remote:
    """A course at a service, for whom the token stands for. Close it, or use it in ``with``.

    Attributes:
        url: the service's address, without a slash at its end.
        course: the course's id there.
        token: who asks.
    """

    url: str
    course: str
    token: str = field(repr=False)
    client: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=SECONDS), repr=False)

    @classmethod
    def within(cls, seconds: float, url: str, course: str, token: str) -> Self:
        """Return one that waits for an answer so many seconds."""
        return cls(url, course, token, httpx.Client(timeout=seconds))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.client.close()

    # learners -------------------------------------------------------------------------------------

    def me(self) -> dict[str, Any]:
        """Return who asks, and what the course announced."""
        return dict(self._json("GET", "me"))

    def lessons(self) -> dict[str, str]:
        """Return the digest of each lesson's standing release."""
        return {str(each["lesson"]): str(each["digest"]) for each in self._json("GET", "lessons")}

    def release(self, lesson: str) -> bytes:
        """Return a lesson's release, a zip."""
        return self._call("GET", f"lessons/{quote(lesson)}").content

    def submit(self, lesson: str, data: bytes) -> dict[str, Any]:
        """Send a sealed submission; returns its receipt."""
        clock = {"Course-Clock": dt.datetime.now(dt.UTC).isoformat(timespec="seconds")}
        return dict(
            self._json("POST", f"lessons/{quote(lesson)}/submissions", content=data, headers=clock)
        )

    def feedback(self, lesson: str) -> list[dict[str, Any]]:
        """Return what feedback there is on a lesson: number, nonce of the submission, time."""
        return list(self._json("GET", f"lessons/{quote(lesson)}/feedback"))

    def feedback_parcel(self, number: int) -> bytes:
        """Return one parcel of feedback, a zip."""
        return self._call("GET", f"feedback/{number}").content

    def ask_again(self, body: dict[str, Any]) -> None:
        """Ask that a mark be looked at again."""
        self._call("POST", "requests", json=body)

    def ask(self, questions: list[dict[str, Any]]) -> int:
        """Send questions; returns how many were new there."""
        return int(self._json("POST", "questions", json=questions)["new"])

    def questions(self) -> dict[str, Any]:
        """Return one's own questions with their answers, and those that were published."""
        return dict(self._json("GET", "questions"))

    def dates(self) -> dict[str, Any]:
        """Return when each lesson is due for whoever asks: moment, minutes of grace, extended."""
        return dict(self._json("GET", "dates"))

    def live(self) -> dict[str, Any]:
        """Return what is live: the last poll and where the class is."""
        return dict(self._json("GET", "live"))

    def vote(self, poll: str, choice: int) -> None:
        """Choose an option of a poll, by its place."""
        self._call("POST", "live/votes", json={"poll": poll, "choice": choice})

    def ticket(self) -> str:
        """Return a link that lets one's own browser in, once and soon."""
        return str(self._json("POST", "tickets")["link"])

    def my_data(self) -> dict[str, Any]:
        """Return all that the service keeps of whoever asks, by table."""
        return dict(self._json("GET", "my-data"))

    # staff ----------------------------------------------------------------------------------------

    def publish(self, lesson: str, data: bytes) -> None:
        """Publish a release, a zip."""
        self._call("PUT", f"lessons/{quote(lesson)}", content=data)

    def announce(self, about: dict[str, Any]) -> None:
        """Say what the course is called, and what is known of its lessons."""
        self._call("PUT", "about", json=about)

    def submissions(self, lesson: str, after: int = 0) -> Iterator[dict[str, Any]]:
        """Yield everybody's submissions of a lesson that came after a number."""
        while rows := self._json(
            "GET", f"all/{quote(lesson)}/submissions", params={"after": after}
        ):
            yield from rows
            after = rows[-1]["number"]

    def sealed(self, number: int) -> bytes:
        """Return a submission as it was handed in."""
        return self._call("GET", f"submissions/{number}").content

    def requests(self, lesson: str) -> list[dict[str, Any]]:
        """Return the requests about a lesson."""
        return list(self._json("GET", f"all/{quote(lesson)}/requests"))

    def give_back(self, number: int, data: bytes) -> None:
        """Put feedback on a submission."""
        self._call("POST", f"submissions/{number}/feedback", content=data)

    def invite(self, **wanted: Any) -> str:
        """Make an invitation; returns its link."""
        return str(self._json("POST", "invitations", json=wanted)["link"])

    def invitations(self) -> list[dict[str, Any]]:
        """Return the invitations, without their secrets."""
        return list(self._json("GET", "invitations"))

    def revoke_invitation(self, key: str) -> None:
        """Let nobody join by an invitation any more."""
        self._call("DELETE", f"invitations/{quote(key)}")

    def people(self) -> list[dict[str, Any]]:
        """Return who is in the course."""
        return list(self._json("GET", "people"))

    def enrol(self, people: list[dict[str, Any]]) -> int:
        """Let people of a list in; returns how many are new."""
        return int(self._json("PUT", "people", json=people)["new"])

    def revoke_tokens(self, name: str) -> int:
        """Revoke somebody's tokens; returns how many there were."""
        return int(self._json("DELETE", f"people/{quote(name)}/tokens")["revoked"])

    def data_of(self, name: str) -> dict[str, Any]:
        """Return all that the service keeps of somebody, by table."""
        return dict(self._json("GET", f"people/{quote(name)}/data"))

    def forget(self, name: str) -> None:
        """Remove all that the service keeps of somebody."""
        self._call("DELETE", f"people/{quote(name)}")

    def schedule(self, wanted: dict[str, Any]) -> None:
        """Say what due dates are made of."""
        self._call("PUT", "schedule", json=wanted)

    def board(self, lesson: str = "") -> list[list[dict[str, Any]]]:
        """Return the course's questions, those that ask the same together, in the order to answer them."""
        return list(self._json("GET", "all/questions", params={"lesson": lesson}))

    def settled(self) -> list[str]:
        """Return the ids of the questions that are answered, closed or hidden."""
        return [str(each) for each in self._json("GET", "all/questions/settled")]

    def answer(self, question: str, text: str, *, publish: bool = False) -> None:
        """Answer a question."""
        wanted = {"text": text, "publish": publish}
        self._call("POST", f"all/questions/{quote(question)}/answers", json=wanted)

    def _json(self, method: str, path: str, **more: Any) -> Any:
        return _parsed(self._call(method, path, **more))

    def _call(self, method: str, path: str, **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}", **more.pop("headers", {})}
        with _reached(self.url):
            address = f"{self.url}/api/courses/{quote(self.course)}/{path}"
            return _checked(self.client.request(method, address, headers=headers, **more), self.url)


def join(link: str, **said: str) -> tuple[str, dict[str, Any]]:
    """Come in by an invitation's link; returns the service's address and what it said.

    Raises:
        Invalid: it is no such link.
        Refused: the invitation does not hold any more.
        Unavailable: the service can't be reached.
    """
    url, secret = parted(link)
    with _reached(url):
        answer = httpx.post(f"{url}/api/join", json={"invitation": secret, **said}, timeout=SECONDS)
        return url, dict(_parsed(_checked(answer, url)))


def join_from_hub(address: str, hub_token: str, **said: str) -> tuple[str, dict[str, Any]]:
    """Come in with the token of one's server at a JupyterHub; returns the service's address and what it said.

    Args:
        address: the service's, or an invitation's link.
    """
    url, secret = parted(address) if "/join/" in address else (address.rstrip("/"), "")
    with _reached(url):
        own = {"Authorization": f"Bearer {hub_token}"}
        answer = httpx.post(
            f"{url}/api/hub/join", json={"invitation": secret, **said}, headers=own, timeout=SECONDS
        )
        return url, dict(_parsed(_checked(answer, url)))


def parted(link: str) -> tuple[str, str]:
    """Return the service's address and the secret of an invitation's link; raises Invalid for another text."""
    address, _, secret = link.strip().rstrip("/").rpartition("/join/")
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.netloc or not secret or "/" in secret:
        raise Invalid(
            "this is no invitation", expected="a link such as https://courses.example.org/join/…", found=link[:200],
            hint="copy the whole link that your instructor sent",
        )  # fmt: skip
    return address, secret


@contextmanager
def _reached(url: str) -> Iterator[None]:
    try:
        yield
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Unavailable(
            "the course service can't be reached", where=url, found=str(error) or type(error).__name__,
            hint="what you handed in waits in outbox/; when there is a network: course sync",
        ) from error  # fmt: skip


def _checked(answer: httpx.Response, url: str) -> httpx.Response:
    if answer.is_success:
        return answer
    about: dict[str, Any] = {}
    if answer.headers.get("content-type", "").startswith("application/problem+json"):
        about = dict(_parsed(answer))
    kind = _ERRORS.get(answer.status_code, Unavailable)
    if not about:
        raise _another(url, answer)
    told = {name: str(about.get(name, "")) for name in ("where", "expected", "found", "hint")}
    raise kind(str(about.get("title", "the course service refused")), **told)


def _parsed(answer: httpx.Response) -> Any:
    try:
        return answer.json()
    except ValueError as error:
        raise _another(str(answer.url.copy_with(path="/", query=None)), answer) from error


def _another(url: str, answer: httpx.Response) -> Unavailable:
    """Return what to raise where something else answers: a proxy, a hotel's sign-in, another program."""
    kind = answer.headers.get("content-type", "nothing")
    return Unavailable(
        "something else than the course service answers there", where=url, expected="course serve",
        found=f"status {answer.status_code}, {kind}",
        hint="are you signed in to this network? is the address right? what you handed in waits in outbox/",
    )  # fmt: skip
