"""What all questions of a notebook share on the screen: code, style and texts, sent once."""

import uuid
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from course import markup
from course.lesson import words

_STATIC = Path(__file__).parent / "static"
_CODE = (
    "element.js", "choose.js", "fields.js", "match.js", "drag.js", "arrange.js", "quiz.js",
)  # fmt: skip
_STYLE = ("quiz.css", "forms.css")


def _joined(names: tuple[str, ...]) -> str:
    return "\n".join((_STATIC / name).read_text(encoding="utf-8") for name in names)


class Page(anywidget.AnyWidget):  # type: ignore[misc]  # anywidget ships no types for its base
    """What draws every question of a kernel: anywidget reads code and style once for each widget.

    A question is a box with this one in it, and each of its views draws the question around it.
    """

    _esm = _joined(_CODE)
    _css = _joined(_STYLE)
    layout = traitlets.Any().tag(sync=True)  # none: each view of it would have one of its own
    words = traitlets.Dict().tag(sync=True)
    name = traitlets.Unicode().tag(sync=True)  # its own id: anywidget doesn't tell it

    def __init__(self) -> None:
        name = uuid.uuid4().hex
        super().__init__(words=words.of_the_page(), model_id=name, name=name)


_open: list[Page] = []


def page() -> Page:
    """Return the page of this kernel, which is made when first needed."""
    if not _open or _open[0].comm is None:  # the learner may close all widgets
        _open[:] = [Page()]
    return _open[0]


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
