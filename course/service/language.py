"""The language of the pages: the browser's first one that we speak, else the course's, else English."""

import re

from course.lesson.language import _later, languages

SAID_ELSEWHERE = (
    _later("learner"),
    _later("grader"),
    _later("instructor"),
    _later("open"),
    _later("answered"),
    _later("merged"),
    _later("hidden"),
    _later("closed"),
    _later("there is no such invitation"),
    _later("this invitation was revoked"),
    _later("this invitation has expired"),
    _later("this invitation is used up"),
    _later("ask your instructor for a new one"),
    _later("this browser is not signed in"),
    _later("a link of yours that lets it in"),
    _later("run in your folder: course enter"),
    _later("this link was used, or is too old"),
    _later("a new one: it holds once, for 10 minutes"),
    _later("get another: course enter"),
    _later("this token was revoked"),
    _later("this token is nobody's here"),
    _later("join again by a link from your instructor"),
    _later("ask your instructor for a new link and join again; your work and your outbox stay"),
    _later("this poll is over"),
    _later("its result is on the page now"),
    _later("this form is not from our own page, or from an old one"),
    _later("go back, load the page again, and send it once more; copy your text first"),
)
"""What the office says in English and the pages translate: roles, states of a question, refusals."""

_RANGE = re.compile(r"\s*([A-Za-z]{1,8})(?:-[\w-]*)?\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?))?\s*")


def accepted(header: str) -> str:
    """Return the language that a header Accept-Language likes best of ours (RFC 9110, 12.5.4); empty for none."""
    ranges = [match for part in header[:1000].split(",") if (match := _RANGE.fullmatch(part))]
    wanted = sorted(ranges, key=lambda match: -float(match[2] or 1))
    ours = [match[1].lower() for match in wanted if float(match[2] or 1) > 0]
    return next((language for language in ours if language in languages()), "")
