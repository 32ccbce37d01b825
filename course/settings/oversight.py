"""What is looked after, what is certified, and how learning platforms know the course."""

import datetime as dt

from pydantic import Field

from course.settings.table import Every, Share, Table, WebAddress


class Oversight(Table):
    """What is looked after while nobody is in the room.

    Attributes:
        shown_at: share of the points of the questions about an objective that shows it; None: each lesson's pass mark.
        inactive: after how long without anything handed in somebody who is behind is asked after.
        answer_within: how soon learners were promised marks, and answers to what they ask.
        stuck_tries: after how many failures of one question, none of them followed by a success ...
        stuck_hints: ... or how many hints ...
        stuck_minutes: ... or how many minutes at it somebody may need help.
    """

    shown_at: Share | None = None
    inactive: Every = dt.timedelta(days=7)
    answer_within: Every = dt.timedelta(days=3)
    stuck_tries: int = Field(default=5, ge=1)
    stuck_hints: int = Field(default=3, ge=1)
    stuck_minutes: int = Field(default=60, ge=1)


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

    issuer: WebAddress
    client: str = Field(min_length=1)
    deployments: tuple[str, ...] = Field(min_length=1)
    login: WebAddress
    token: WebAddress
    keys: WebAddress


class Platforms(Table):
    """How the course is known to learning platforms.

    Attributes:
        home: an address that is the course's own: names of activities and accounts begin with it.
        learn: where learners open lessons; ``{lesson}`` stands for the lesson's folder. Empty where they
            open them on their own machines.
        lti: platforms that may launch lessons.
    """

    home: WebAddress = ""
    learn: WebAddress = ""
    lti: tuple[Lti, ...] = ()
