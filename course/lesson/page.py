"""What all questions of a notebook share on the screen: code, style and texts, sent once."""

from functools import cache
from pathlib import Path
from typing import Any

import ipywidgets
import traitlets

from course import markup
from course.lesson import words

_STATIC = Path(__file__).parent / "static"
LOADER = _STATIC / "loader.js"
_CODE = (
    "element.js", "choose.js", "fields.js", "match.js", "drag.js", "arrange.js", "quiz.js",
)  # fmt: skip
_STYLE = ("quiz.css", "forms.css")


class Page(ipywidgets.Widget):  # type: ignore[misc]  # ipywidgets ships no types
    """The code of every question, as a model without a view of its own."""

    code = traitlets.Unicode().tag(sync=True)
    style = traitlets.Unicode().tag(sync=True)
    words = traitlets.Dict().tag(sync=True)

    def __init__(self) -> None:
        super().__init__(code=_joined(_CODE), style=_joined(_STYLE), words=words.of_the_page())
        self.layout = ipywidgets.Layout()  # one for all: each would be a model and a message more


_open: list[Page] = []


def page() -> Page:
    """Return the page of this kernel, which is made when first needed."""
    if not _open or _open[0].comm is None:  # the learner may close all widgets
        _open[:] = [Page()]
    return _open[0]


@cache
def _joined(names: tuple[str, ...]) -> str:
    return "\n".join((_STATIC / name).read_text(encoding="utf-8") for name in names)


def drawn(item: dict[str, Any], variant: int) -> dict[str, Any]:
    """Return what `Kind.prepare` gave as the page draws it: Markdown as HTML, numbers in words.

    Code and what is chosen or typed stays text. Hints stay behind until they are asked for.
    """
    legend, more = markup.prompt(item["prompt"])
    made = {key: value for key, value in item.items() if key not in {"prompt", "hints"}}
    made |= {
        "variant": variant, "legend": legend, "more": more,
        "worth": words.of_worth(item["mode"], item["points"], item["kind"]),
    }  # fmt: skip
    for name in ("options", "left", "right"):
        if name in item:
            made[name] = [_thing(each) for each in item[name]]
    if "parts" in item and not item.get("code"):
        made["parts"] = [
            markup.line(part) if isinstance(part, str) else part for part in item["parts"]
        ]
    if item["form"] == "words":
        made["count"] = words.of_count(item.get("least"), item.get("most"))
    return made


def _thing(each: dict[str, Any]) -> dict[str, Any]:
    return {**each, "text": markup.line(each["text"]), "plain": markup.plain(each["text"])}
