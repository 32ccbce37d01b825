"""Pages as files: HTML that needs nothing else, PDF, and tables of comma-separated values."""

import csv
import functools
import io
import logging
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import jinja2
from markupsafe import Markup

from course.errors import Invalid, Unavailable
from course.insight.worklist import KINDS, Entry
from course.report.page import Page, To

HERE = Path(__file__).parent
FORMS = ("html", "pdf", "csv")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def globals_() -> dict[str, Any]:
    """Return what the templates of a page use, whoever shows it."""
    return {"svg": Markup, "kinds": KINDS}


def html(page: Page) -> str:
    """Return a page that stands alone: no script, no link, nothing that is fetched."""
    style = Markup((HERE / "static" / "report.css").read_text(encoding="utf-8"))  # noqa: S704  our own file
    made = (
        _pages()
        .get_template("alone.html")
        .render(page=page, style=style, href=lambda _to: "", act=None)
    )
    return _CONTROLS.sub("\ufffd", made)


def pdf(page: Page) -> bytes:
    """Return a page as PDF/UA, for paper and for screen readers.

    Raises:
        Unavailable: a library of the system is missing.
    """
    try:
        import weasyprint  # noqa: PLC0415  heavy, and of the system's libraries
    except OSError as error:
        raise Unavailable(
            "a PDF can't be made on this computer", found=str(error),
            hint="install Pango (Debian: apt-get install libpango-1.0-0 libpangoft2-1.0-0), or ask for --format html and print that",
        ) from error  # fmt: skip
    logging.getLogger("weasyprint").setLevel(
        logging.ERROR
    )  # it tells of every rule that is for screens
    data: bytes = weasyprint.HTML(string=html(page), url_fetcher=_nothing).write_pdf(
        pdf_variant="pdf/ua-1"
    )
    return data


def _nothing(url: str) -> dict[str, Any]:
    raise ValueError(f"a report fetches nothing, and {url} neither")


def table(page: Page) -> str:
    """Return all tables of a page as comma-separated values, one row each, with the table's name first.

    A text that a spreadsheet would take for a formula gets an apostrophe before it.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for each in page.tables():
        writer.writerow(["table", *each.columns])
        writer.writerows([each.name, *(_value(cell.value) for cell in row)] for row in each.rows)
    return out.getvalue()


def _value(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def made(page: Page, form: str) -> bytes:
    """Return a page in one of FORMS; raise Invalid for another one."""
    if form not in FORMS:
        raise Invalid("no such form of a report", expected=f"one of {', '.join(FORMS)}", found=form)
    return pdf(page) if form == "pdf" else (html(page) if form == "html" else table(page)).encode()


def address(page: Page, base: str) -> Callable[[To], str]:
    """Return a function that gives the address of another page below ``base``, with the same choice."""
    chosen = {
        key: value
        for key, value in (("group", page.choice.group), ("since", page.choice.since))
        if value
    }
    query = f"?{urlencode(chosen)}" if chosen else ""

    def href(to: To) -> str:
        names = "/".join(quote(name, safe="") for name in to.names)
        if to.kind == "mark":
            return f"{base}mark/{names}"
        path = {"course": "oversight", "worklist": "oversight/worklist"}.get(
            to.kind, f"oversight/{to.kind}/{names}"
        )
        return f"{base}{path}{query}"

    return href


def act(entry: Entry, base: str) -> tuple[str, str] | None:
    """Return address and words of the one thing to do about an entry, where the desk has a page for it."""
    place = "/".join(
        quote(name, safe="") for name in (entry.lesson, entry.notebook, entry.question)
    )
    if entry.kind == "request":
        return f"{base}disputes", entry.action
    if entry.kind == "waiting" and entry.notebook:
        return f"{base}mark/{place}", entry.action
    if entry.learner:
        return f"{base}oversight/learner/{quote(entry.learner, safe='')}", entry.action
    return None


@functools.cache
def _pages() -> jinja2.Environment:
    pages = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    pages.globals.update(globals_())
    return pages
