"""Who asks: a token of ours, or one of the JupyterHub that this service stands beside."""

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Path, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from course.office.enrolment import Enrolment
from course.office.office import Office, Unknown
from course.office.teaching import Teaching
from course.service.problems import TooLarge

_SAFE = r"^[A-Za-z0-9_@][A-Za-z0-9_.@ -]{0,99}$"
Course = Annotated[str, Path(pattern=_SAFE, description="The course's id.")]
Lesson = Annotated[str, Path(pattern=_SAFE, description="The lesson's id.")]
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]

_bearer = HTTPBearer(auto_error=False, description="The token that joining gave.")


def office_of(request: Request) -> Office:
    """Return the office behind the service."""
    office: Office = request.app.state.office
    return office


def token_of(credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]) -> str:
    """Return the token of a request; raises Unknown when there is none."""
    if credentials is None or not credentials.credentials:
        raise Unknown(
            "who are you?",
            expected="a header Authorization: Bearer TOKEN",
            hint="join: course join LINK",
        )
    return credentials.credentials


TheOffice = Annotated[Office, Depends(office_of)]
Token = Annotated[str, Depends(token_of)]


def _learner(course: Course, office: TheOffice, token: Token) -> Enrolment:
    return Enrolment.of(office, token, course)


def _staff(*roles: str) -> Callable[..., Teaching]:
    def staff(course: Course, office: TheOffice, token: Token) -> Teaching:
        return Teaching.of(office, token, course, *roles)

    return staff


Own = Annotated[Enrolment, Depends(_learner)]
Instructor = Annotated[Teaching, Depends(_staff("instructor"))]
Grader = Annotated[Teaching, Depends(_staff("instructor", "grader"))]


def address_of(request: Request) -> str:
    """Return the service's address as others reach it."""
    return str(request.app.state.url or str(request.base_url).rstrip("/"))


async def body_of(request: Request, most: int) -> bytes:
    """Return a request's body, and stop reading when it is larger than it may be."""
    said = request.headers.get("content-length", "")
    if said.isdigit() and int(said) > most:
        raise _too_large(most, said)
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > most:
            raise _too_large(most, f"more than {size}")
        parts.append(part)
    return b"".join(parts)


def _too_large(most: int, found: str) -> TooLarge:
    return TooLarge(
        "too large", expected=f"at most {most} bytes", found=f"{found} bytes",
        hint="clear the outputs, leave out data that the lesson does not need, and try again",
    )  # fmt: skip
