"""A certificate on paper: one page of A4, with the credential itself attached to the file."""

import datetime as dt
import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import segno
from fpdf import FPDF

from course.certificate import credential
from course.certificate.credential import Read

_FONTS = Path(__file__).parent / "fonts"
_INK, _PALE, _LINE = (33, 37, 41), (92, 99, 106), (24, 90, 125)
_WIDE, _HIGH, _EDGE = 297.0, 210.0, 22.0  # millimetres, A4 across
_FEW = 9
"""Objectives that fit below one another."""


def pdf(document: Mapping[str, Any], now: dt.datetime | None = None) -> bytes:
    """Return a certificate as PDF; the same for the same credential and moment.

    Args:
        document: the signed credential.
        now: when the file is made.
    """
    text = json.dumps(document, indent=1, ensure_ascii=False)
    found = credential.read(text)
    page = FPDF("landscape", "mm", "A4")
    page.set_creation_date(now or dt.datetime.now(dt.UTC))
    for style, name in (("", "DejaVuSans"), ("B", "DejaVuSans-Bold")):
        page.add_font("DejaVu", style, str(_FONTS / f"{name}.ttf"))
    page.set_title(f"{found.title}: {found.name}")
    page.set_author(found.issuer[0])
    page.set_lang("en")
    page.set_auto_page_break(auto=False)
    page.add_page()
    _frame(page)
    _head(page, found)
    _objectives(page, found)
    _foot(page, found)
    page.embed_file(basename="certificate.json", bytes=text.encode(), desc="The signed credential")
    return bytes(page.output())


def _frame(page: FPDF) -> None:
    page.set_draw_color(*_LINE)
    page.set_line_width(1.2)
    page.rect(10, 10, _WIDE - 20, _HIGH - 20)
    page.set_line_width(0.2)
    page.rect(12, 12, _WIDE - 24, _HIGH - 24)


def _head(page: FPDF, found: Read) -> None:
    say = partial(_say, page)
    page.set_y(24)
    say("Certificate", 12, colour=_LINE, bold=True)
    say(found.title, _fitting(page, found.title, 26), bold=True, after=8)
    say(found.name, _fitting(page, found.name, 22), after=5)
    say("has shown", 11, colour=_PALE, after=2)


def _objectives(page: FPDF, found: Read) -> None:
    texts = [text for _, text in found.objectives]
    left = len(texts) - _FEW if len(texts) > _FEW + 1 else 0
    shown = [
        *texts[: len(texts) - left],
        *([f"and {left} more, see the credential"] if left else []),
    ]
    size = 14 if len(shown) <= 5 else 11  # noqa: PLR2004  what looks well
    for text in shown:
        _say(page, text, _fitting(page, text, size), after=0.5)


def _foot(page: FPDF, found: Read) -> None:
    _qr(page, f"urn:sha256:{found.digest}", _WIDE - _EDGE - 34, _HIGH - _EDGE - 34, 34)
    page.set_xy(_EDGE, _HIGH - _EDGE - 30)
    until = (
        f"holds until {_day(found.valid_until)}" if found.valid_until else "holds without an end"
    )
    write = partial(_write, page)
    write(f"{found.issuer[0]}, {_day(found.valid_from)}", 12, bold=True)
    write(f"This certificate {until}.", 10)
    write(f"Signed with the key {found.issuer[1]}", 7, colour=_PALE)
    write(f"Credential {found.id}, SHA-256 {found.digest}", 7, colour=_PALE)
    write("The signed credential is attached to this file. Check it offline: course verify certificate.json", 7, colour=_PALE)  # fmt: skip


def _say(
    page: FPDF, text: str, size: float, *, bold: bool = False, colour: Any = _INK, after: float = 3
) -> None:
    """Write one line in the middle."""
    page.set_font("DejaVu", "B" if bold else "", size)
    page.set_text_color(*colour)
    page.set_x(_EDGE)
    page.cell(_WIDE - 2 * _EDGE, size * 0.5, text, align="C", new_x="LMARGIN", new_y="NEXT")
    page.set_y(page.get_y() + after)


def _write(page: FPDF, text: str, size: float, *, bold: bool = False, colour: Any = _INK) -> None:
    page.set_font("DejaVu", "B" if bold else "", size)
    page.set_text_color(*colour)
    page.set_x(_EDGE)
    page.cell(0, size * 0.55, text, new_x="LMARGIN", new_y="NEXT")


def _fitting(page: FPDF, text: str, size: float) -> float:
    """Return the largest size of letters, at most this one, with which a text fits into a line."""
    page.set_font("DejaVu", "B", size)
    wide = float(page.get_string_width(text))
    return min(size, size * (_WIDE - 2 * _EDGE) / max(wide, 1.0))


def _qr(page: FPDF, text: str, x: float, y: float, wide: float) -> None:
    rows = tuple(segno.make(text, error="m", micro=False).matrix)
    step = wide / len(rows)
    page.set_fill_color(*_INK)
    for down, row in enumerate(rows):
        for across, dark in enumerate(row):
            if dark:
                page.rect(x + across * step, y + down * step, step, step, style="F")


def _day(at: dt.datetime | None) -> str:
    return f"{at.day} {at:%B %Y}" if at else ""
