"""How `course.platforms.lti` speaks with its library: without a web framework, and with errors in our words."""

from collections.abc import Callable, Mapping, MutableMapping
from typing import Any, ParamSpec, TypeVar

from pylti1p3.cookie import CookieService
from pylti1p3.exception import LtiException, LtiServiceException, OIDCException, ToolConfException
from pylti1p3.message_launch import MessageLaunch
from pylti1p3.oidc_login import OIDCLogin
from pylti1p3.redirect import Redirect
from pylti1p3.registration import Registration
from pylti1p3.request import Request
from pylti1p3.service_connector import ServiceConnector
from requests import RequestException

from course.errors import Refused, Unavailable

Words = ParamSpec("Words")
Came = TypeVar("Came")
_FAULTS = (LtiException, OIDCException, ToolConfException)


def told(call: Callable[Words, Came]) -> Callable[Words, Came]:
    """Return a function with the library's errors in our words."""

    def inner(*words: Words.args, **named: Words.kwargs) -> Came:
        try:
            return call(*words, **named)
        except RequestException as error:
            raise Unavailable("the learning platform can't be reached", found=str(error)) from error
        except LtiServiceException as error:
            raise Unavailable("the learning platform refused", found=str(error)) from error
        except (*_FAULTS, KeyError, ValueError, AssertionError) as error:
            raise Refused(
                "this is no launch by a platform that the course knows", found=str(error) or type(error).__name__,
                expected="one of [[platforms.lti]] in course.toml, and a launch that was not used before",
            ) from error  # fmt: skip

    return inner


class Asked(Request):
    """What somebody's browser asks: parameters and cookies."""

    def __init__(
        self,
        words: Mapping[str, str],
        cookies: Mapping[str, str],
        session: MutableMapping[str, Any],
    ) -> None:
        self._words, self.cookies, self._session = words, cookies, session

    @property
    def session(self) -> MutableMapping[str, Any]:
        """What is remembered between a login and its launch."""
        return self._session

    def is_secure(self) -> bool:
        """Say that cookies may be marked as secure: the door speaks https."""
        return True

    def get_param(self, key: str) -> str:
        """Return a parameter; empty when there is none."""
        return self._words.get(key, "")


class Cookies(CookieService):
    """Cookies that came, and those to set.

    Attributes:
        new: name and value of those to set.
    """

    def __init__(self, request: Asked) -> None:
        self._request, self.new = request, dict[str, str]()

    def get_cookie(self, name: str) -> str | None:
        """Return a cookie that came."""
        return self._request.cookies.get(f"{self._cookie_prefix}-{name}")

    def set_cookie(self, name: str, value: str | int, exp: int | None = 3600) -> None:  # noqa: ARG002  the library's
        """Keep a cookie to be set."""
        self.new[f"{self._cookie_prefix}-{name}"] = str(value)


class Connector(ServiceConnector):
    """Asks with one token for everything that one call of ours asks for."""

    def __init__(self, registration: Registration) -> None:
        super().__init__(registration)
        self._tokens: dict[str, str] = {}

    def _get_cached_access_token(self, scope_key: str) -> str | None:
        return self._tokens.get(scope_key)

    def _cache_access_token(self, scope_key: str, access_token: str, expires_in: float) -> None:  # noqa: ARG002  as above
        self._tokens[scope_key] = access_token


class _Place(Redirect[str]):
    def __init__(self, url: str) -> None:
        self._url = url

    def get_redirect_url(self) -> str:
        return self._url

    def set_redirect_url(self, location: str) -> None:
        self._url = location

    def do_redirect(self) -> str:
        return self._url

    do_js_redirect = do_redirect


class Login(OIDCLogin[Any, Any, Any, Any, str]):
    """The beginning of a launch."""

    def get_redirect(self, url: str) -> _Place:
        """Return where to send the browser."""
        return _Place(url)


class Launch(MessageLaunch[Any, Any, Any, Any]):
    """What a platform says of whom it launches."""

    def _get_request_param(self, key: str) -> str:
        return str(self._request.get_param(key))
