"""A question as plain text: for a terminal, a printed page, a preview without widgets."""

from collections.abc import Sequence
from typing import Any

from course.lesson import words
from course.lesson.language import _


def text(item: dict[str, Any], response: Sequence[str] = (), saved: str = "") -> str:
    """Return a question with the saved answer, if there is one.

    Args:
        item: what `Kind.prepare` gives.
        response: the saved answer.
        saved: when it was saved; empty for never.
    """
    draw = _FORMS.get(item["form"], _other)
    lines = [item["prompt"], f"({words.of_worth(item['mode'], item['points'], item['kind'])})"]
    lines += draw(item, list(response))
    if saved:
        lines.append(_("Saved {time}").format(time=words.of_time(saved)))
    return "\n".join(lines)


def _choices(item: dict[str, Any], response: list[str]) -> list[str]:
    left, right = "()" if item["form"] == "choose-one" else "[]"
    return [
        f"  {left}{'x' if option['id'] in response else ' '}{right} {option['text']}"
        for option in item["options"]
    ]


def _typed(item: dict[str, Any], response: list[str]) -> list[str]:
    given = response[0] if response else ""
    if "\n" in given:
        return ["  " + _("Your answer") + ":", *(f"    {each}" for each in given.splitlines())]
    unit = " ".join(response[1:]) or item.get("unit") or " / ".join(item.get("units", ()))
    return [f"  {_('Your answer')}: {given or '________'} {unit}".rstrip()]


def _order(item: dict[str, Any], response: list[str]) -> list[str]:
    texts = {option["id"]: option["text"] for option in item["options"]}
    if response:
        return [f"  {n}. {texts.get(one, one)}" for n, one in enumerate(response, start=1)]
    return [f"  __ {each}" for each in texts.values()]


def _match(item: dict[str, Any], response: list[str]) -> list[str]:
    pairs = dict(pair.split("=", 1) for pair in response if "=" in pair)
    right = {one["id"]: one["text"] for one in item["right"]}
    rows = [
        f"  {one['text']} → {right.get(pairs.get(one['id'], ''), '____')}" for one in item["left"]
    ]
    return [*rows, "  " + _("To choose from") + ": " + "; ".join(right.values())]


def _blanks(item: dict[str, Any], response: list[str]) -> list[str]:
    shown = ""
    for part in item["parts"]:
        if isinstance(part, str):
            shown += part
            continue
        given = response[part["blank"]] if part["blank"] < len(response) else ""
        shown += f"[{given or ' / '.join(part.get('choices', ['____']))}]"
    return [f"  {each}" for each in shown.splitlines()]


def _arrange(item: dict[str, Any], response: list[str]) -> list[str]:
    texts = {each["id"]: each["text"] for each in item["lines"]}
    used = [entry.partition(":") for entry in response]
    answer = [
        "    " * (1 + int(level) if level.isdecimal() else 1) + texts.get(one, one)
        for one, _colon, level in used
    ]
    rest = [
        f"    {each}" for one, each in texts.items() if one not in {one for one, *_rest in used}
    ]
    return [
        *(["  " + _("Your program") + ":", *answer] if answer else []),
        *(["  " + _("Lines to choose from") + ":", *rest] if rest else []),
    ]


def _rate(item: dict[str, Any], response: list[str]) -> list[str]:
    scale = item["scale"]
    steps = [
        f"({step})" if str(step) in response else f" {step} "
        for step in range(scale["least"], scale["most"] + 1)
    ]
    return [f"  {scale.get('low') or ''} {' '.join(steps)} {scale.get('high') or ''}".rstrip()]


def _other(_item: dict[str, Any], response: list[str]) -> list[str]:
    return [f"  {each}" for each in response]


_FORMS = {
    "choose-one": _choices, "choose-many": _choices, "number": _typed, "text": _typed,
    "block": _typed, "words": _typed, "order": _order, "match": _match, "blanks": _blanks,
    "arrange": _arrange, "rate": _rate,
}  # fmt: skip
