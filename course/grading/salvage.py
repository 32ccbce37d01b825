"""What can still be read of a notebook file that is broken. Pure."""

import json
from typing import Any

_DECODER = json.JSONDecoder()


def salvage(raw: bytes) -> dict[str, Any] | None:
    """Return a notebook of the whole cells that a broken file begins with; None when there is none.

    A file that was cut off, or that has something strange in it, is read up to there. Letters that
    are no UTF-8 are read as Windows writes them.
    """
    text = _text(raw)
    whole = _value(text, 0)
    if isinstance(whole, dict):
        return whole if isinstance(whole.get("cells"), list) else None
    start = text.find('"cells"')
    begin = text.find("[", start)
    if start < 0 or begin < 0:
        return None
    cells, at = [], begin + 1
    while True:
        while at < len(text) and text[at] in " \t\r\n,":
            at += 1
        try:
            cell, at = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            break
        if not isinstance(cell, dict):
            break
        cells.append(cell)
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5} if cells else None


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def _value(text: str, at: int) -> Any:
    try:
        return _DECODER.raw_decode(text.lstrip(), at)[0]
    except (ValueError, RecursionError):
        return None
