"""The learner's language: what a person sees in a lesson goes through `_`, or `_n` for plurals.

The language is the first of ``LANGUAGE``, ``LC_ALL``, ``LC_MESSAGES`` and ``LANG`` that has a
catalogue in ``locale/``; English stands in the source. See gettext's manual for the format.
"""

import gettext
from functools import cache
from pathlib import Path

_DOMAIN = "course"
_FOLDER = Path(__file__).parent / "locale"


@cache
def _catalogue() -> gettext.NullTranslations:
    return gettext.translation(_DOMAIN, _FOLDER, fallback=True)


def spoken() -> str:
    """Return the learner's language as this package can speak it: "en", "de"."""
    return _catalogue().info().get("language", "en")


def _(message: str) -> str:
    """Return the message in the learner's language; in English where it has no translation."""
    return _catalogue().gettext(message)


def _n(one: str, many: str, count: int) -> str:
    """Return ``one`` or ``many``, as the language has it for ``count`` things."""
    return _catalogue().ngettext(one, many, count)


def _later(message: str) -> str:
    """Mark a message that `_` translates elsewhere; return it as it is."""
    return message


def languages() -> tuple[str, ...]:
    """Return the languages that this package speaks; the first one stands in the source."""
    return ("en", *sorted(path.name for path in _FOLDER.iterdir() if path.is_dir()))


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    """Return a language's catalogue, for readers of several languages at once; an empty one for English."""
    return gettext.translation(_DOMAIN, _FOLDER, [language], fallback=True)
