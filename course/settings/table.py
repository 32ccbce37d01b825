"""What the tables of `course.toml` have in common: nothing unknown, and the words that people write."""

import datetime as dt
import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo

from course import dates
from course.errors import Invalid
from course.layout import safe_name


class Table(BaseModel):
    """A table of `course.toml`: what is unknown in it is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)


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


WebAddress = Annotated[str, AfterValidator(_address)]
Due = Annotated[dt.datetime | dt.timedelta, BeforeValidator(_due)]
Every = Annotated[dt.timedelta, BeforeValidator(dates.every)]
Name = Annotated[str, BeforeValidator(_name)]
MailAddress = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$", max_length=254)]
Share = Annotated[float, Field(ge=0, le=1)]
Zone = Annotated[str, AfterValidator(lambda name: dates.zone(name).key)]
