"""The forms that a learner sees: several kinds may share one, and one place knows how to read it.

What `Kind.prepare` gives holds "form", and by it, with the response that goes with it:

    choose-one, choose-many   options: [{id, text}]                     the chosen ids
    number                    unit: str or units: [str], or neither     [text] or [text, unit]
    text                      size: int                                 [text]
    block                     several lines, monospaced                 [text]
    words                     least, most: int, or neither              [text]
    order                     options: [{id, text}]                     all ids, in order
    match                     left, right: [{id, text}]                 ["left=right", …]
    blanks                    parts: [str | {blank, size | choices}],   one text per blank
                              code: bool
    arrange                   lines: [{id, text}], indent: bool         ["id:level", …]
    rate                      scale: {least, most, low, high}           [number]
"""

from collections.abc import Sequence
from typing import Any

from course.questions.item import Item
from course.questions.vary import filled, values


def shown(item: Item, seed: int, form: str, **fields: Any) -> dict[str, Any]:
    """Return what every kind's `prepare` gives, with the fields of its form."""
    known = values(item, seed)
    return {
        "id": item.id, "kind": item.kind, "form": form, "mode": item.mode, "points": item.points,
        "prompt": filled(item.prompt, known),
        "hints": [filled(hint, known) for hint in item.hints], **fields,
    }  # fmt: skip


def written(  # noqa: PLR0911  one line for each form
    prepared: dict[str, Any], answer: Sequence[str]
) -> str:
    """Return an answer as Markdown that a person can read, whatever its form."""
    texts = {
        each["id"]: each["text"]
        for name in ("options", "left", "right", "lines")
        for each in prepared.get(name, [])
    }
    match prepared["form"]:
        case "choose-one" | "choose-many":
            return "\n".join(f"- {texts[one]}" for one in answer)
        case "order":
            return "\n".join(f"{n}. {texts[one]}" for n, one in enumerate(answer, start=1))
        case "match":
            pairs = (pair.split("=") for pair in answer)
            return "\n".join(f"- {texts[left]} → {texts[right]}" for left, right in pairs)
        case "arrange":
            lines = (line.split(":") for line in answer)
            return _code("\n".join("    " * int(level) + texts[one] for one, level in lines))
        case "blanks":
            return _filled_in(prepared, answer)
        case "block":
            return _code(answer[0])
        case "number":
            unit = answer[1] if answer[1:] else prepared.get("unit", "")
            return f"{answer[0]} {unit}".strip()
    return " ".join(answer)


def _filled_in(prepared: dict[str, Any], answer: Sequence[str]) -> str:
    mark = "" if prepared["code"] else "**"
    text = "".join(
        part if isinstance(part, str) else f"{mark}{answer[part['blank']] or '…'}{mark}"
        for part in prepared["parts"]
    )
    return _code(text) if prepared["code"] else text


def _code(text: str) -> str:
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}\n{text.strip(chr(10))}\n{fence}"
