"""A certificate on paper: one page of A4, with the credential itself attached to the file."""

import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jinja2
import segno
from markupsafe import Markup

from course.certificate import credential
from course.errors import Unavailable

_PAGES = Path(__file__).parents[1] / "templates"
_FEW = 9
"""Objectives that fit below one another."""


def html(document: Mapping[str, Any]) -> str:
    """Return a certificate as a page to be printed; everything on it is escaped.

    Args:
        document: the signed credential.
    """
    found = credential.read(json.dumps(document))
    texts = [text for _, text in found.objectives]
    shown = texts if len(texts) <= _FEW + 1 else texts[:_FEW]
    room = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_PAGES), autoescape=True, undefined=jinja2.StrictUndefined
    )
    code = segno.make(f"urn:sha256:{found.digest}", error="m", micro=False)
    return room.get_template("certificate.html").render(
        found=found, shown=shown, more=len(texts) - len(shown), day=_day, issuer=found.issuer[0], key=found.issuer[1],
        # no text of the certificate is in it but a hash
        code=Markup(code.svg_inline(border=0, omitsize=True)),  # noqa: S704
    )  # fmt: skip


def pdf(document: Mapping[str, Any]) -> bytes:
    """Return a certificate as tagged PDF (PDF/UA) with the credential attached.

    Raises:
        Unavailable: this machine lacks what pages are set with.
    """
    try:
        import weasyprint  # noqa: PLC0415  it needs libraries of the system, which may be missing
    except OSError as error:
        raise Unavailable(
            "a certificate can't be set on paper here", found=str(error).splitlines()[0],
            hint="install Pango (Debian: apt-get install libpango-1.0-0 libpangoft2-1.0-0); the signed file is there without it",
        ) from error  # fmt: skip
    text = json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False)
    attached = weasyprint.Attachment(
        string=text, name="certificate.json", description="The signed credential"
    )
    page = weasyprint.HTML(string=html(document), url_fetcher=_nothing)
    return bytes(page.write_pdf(attachments=[attached], pdf_variant="pdf/ua-1"))


def _nothing(url: str, *_words: object, **_named: object) -> dict[str, Any]:
    """Fetch nothing: a certificate stands alone."""
    raise ValueError(url)


def _day(at: dt.datetime) -> str:
    return f"{at.day} {at:%B %Y}"
