"""How values of `course.toml` are written, and its tables about certificates and learning platforms."""

import datetime as dt
import re
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
)

from course import dates
from course.errors import Invalid
from course.layout import safe_name


def _due(value: object, info: ValidationInfo) -> object:
    return dates.due(value, (info.context or {}).get("zone", dt.UTC))


def _name(value: object) -> object:
    if isinstance(value, str):
        try:
            return safe_name(value, "folder")
        except Invalid as error:
            raise ValueError(error.expected) from error
    return value


def _address(value: str) -> str:
    if value and not re.fullmatch(r"https?://[^\s/]+(/\S*)?", value):
        raise ValueError("an address that begins with https:// or http://")
    return value


Address = Annotated[str, AfterValidator(_address)]
Due = Annotated[dt.datetime | dt.timedelta, BeforeValidator(_due)]
Every = Annotated[dt.timedelta, BeforeValidator(dates.every)]
Name = Annotated[str, BeforeValidator(_name)]
Share = Annotated[float, Field(ge=0, le=1)]
Zone = Annotated[str, AfterValidator(lambda name: dates.zone(name).key)]


class Table(BaseModel):
    """A table of the file: frozen, and without any other keys than it declares."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Certificates(Table):
    """What stands on certificates.

    Attributes:
        issuer: in whose name; by default the course's authors.
        holds: how long an objective holds once it is shown; None for ever.
    """

    issuer: str = ""
    holds: Every | None = None


class Lti(Table):
    """A learning platform that may launch lessons by LTI 1.3, as it says of itself where a tool is registered.

    Attributes:
        issuer: its name, an address.
        client: the id that it gives the course.
        deployments: ids of the places in it from which lessons may be launched.
        login, token, keys: addresses where it signs people in, gives tokens, and shows its public keys.
    """

    issuer: Address
    client: str = Field(min_length=1)
    deployments: tuple[str, ...] = Field(min_length=1)
    login: Address
    token: Address
    keys: Address


class Platforms(Table):
    """How the course is known to learning platforms.

    Attributes:
        home: an address that is the course's own: names of activities and accounts begin with it.
        learn: where learners open lessons; ``{lesson}`` stands for the lesson's folder. Empty where they
            open them on their own machines.
        lti: platforms that may launch lessons.
    """

    home: Address = ""
    learn: Address = ""
    lti: tuple[Lti, ...] = ()
