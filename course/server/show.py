"""A learner's cells as HTML that can do no harm: nothing that a learner wrote runs, or is fetched.

Everything goes through `course.markup`'s sieve or is escaped. Pictures stand in the page as data, SVG
too: in an `img`, a browser runs no script of it and loads nothing for it.
"""

import base64
import re
from collections.abc import Iterator
from html import escape
from typing import Any

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from course import markup
from course.model import TURNING

_TERMINAL = re.compile(
    r"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b\[[0-?]*[ -/]*[@-~]|\x1b[@-_]"  # titles and links, colours, others
    r"|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"
)
_REWRITTEN = re.compile(r"^[^\n]*\r(?=[^\n])", re.MULTILINE)
_TURNS = {code: f"[U+{code:04X}]" for code in TURNING}
_PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp", "image/svg+xml")
_BASE64 = re.compile(r"[^A-Za-z0-9+/=]")
MOST = 100_000
"""Characters of a source or of one output that are shown."""
MOST_OUTPUTS = 50
MOST_PICTURE = 6_000_000
"""Characters of a picture's base64: 4.5 MB."""


def cell(about: dict[str, Any]) -> str:
    """Return the HTML of a notebook's cell with its outputs; whatever is in it, there is no error."""
    source, kind = text(about.get("source")), about.get("cell_type")
    if kind == "markdown":
        return _prose(source, "prose", _attached(about))
    if kind == "raw":
        return f"<pre>{escape(source[:MOST])}</pre>{_rest(source)}"
    return code(source) + outputs(about.get("outputs"))


def code(source: str) -> str:
    """Return highlighted Python, each line in an element of its own; nothing where there is none."""
    if not source:
        return ""
    made: str = highlight(source[:MOST], PythonLexer(stripnl=False), HtmlFormatter(nowrap=True))
    rows = "".join(f'<span class="row">{line}\n</span>' for line in made.rstrip("\n").split("\n"))
    return f'<div class="code"><pre>{rows}</pre></div>{_rest(source)}'


def outputs(of: Any) -> str:
    """Return the HTML of a cell's outputs."""
    every = [each for each in of if isinstance(each, dict)] if isinstance(of, list) else []
    shown = "".join(output(each) for each in every[:MOST_OUTPUTS])
    left = len(every) - MOST_OUTPUTS
    return shown + (_note(f"{left} more outputs are not shown") if left > 0 else "")


def output(about: dict[str, Any]) -> str:
    """Return the HTML of one output; the richest form that is safe."""
    kind = about.get("output_type")
    if kind == "stream":
        return _text(text(about.get("text")), "stream")
    if kind == "error":
        lines = about.get("traceback")
        told = "\n".join(map(str, lines)) if isinstance(lines, list) and lines else ""
        return _text(
            text(told or f"{about.get('ename', 'error')}: {about.get('evalue', '')}"), "error"
        )
    data = about.get("data")
    return next(_forms(data), "") if isinstance(data, dict) else ""


def _forms(data: dict[str, Any]) -> Iterator[str]:
    """Yield what can be shown of an output, richest first."""
    for name in _PICTURES:
        if name in data:
            yield _picture(name, text(data[name]))
    if "text/html" in data:
        source = text(data["text/html"])
        html = markup.inert(source[:MOST])
        if re.sub(r"<(?!img)[^>]*>", "", html).strip():  # else a script would have drawn something
            left = _note("scripts are left out here") if "<script" in source.lower() else ""
            yield f'<div class="output table">{html}</div>{left}{_rest(source)}'
    if "text/markdown" in data:
        yield _prose(text(data["text/markdown"]), "output prose")
    if "text/latex" in data:
        source = text(data["text/latex"]).strip()
        source = source if source.startswith(("$", "\\begin")) else f"$${source}$$"
        yield _prose(source, "output prose")
    if "text/plain" in data:
        yield _text(text(data["text/plain"]), "plain")
    if data:
        yield _note(
            "an output that can't be shown here: " + escape(text(", ".join(map(str, data)))[:200])
        )


def text(value: Any) -> str:
    """Return a notebook's text, given whole or in lines, as it may be shown: without a terminal's codes."""
    joined = "".join(map(str, value)) if isinstance(value, list) else str(value or "")
    known = joined[: 10 * MOST_PICTURE].encode("utf-8", "replace").decode("utf-8")
    plain = _TERMINAL.sub("", known).replace("\r\n", "\n")
    return _REWRITTEN.sub("", plain).replace("\r", "").translate(_TURNS)


def _prose(source: str, kind: str, attached: dict[str, str] | None = None) -> str:
    return f'<div class="{kind}">{markup.notebook(source[:MOST], attached)}</div>{_rest(source)}'


def _rest(source: str) -> str:
    return (
        _note(f"{len(source) - MOST:,} more characters are not shown") if len(source) > MOST else ""
    )


def _note(said: str) -> str:
    return f'<p class="output note">{said}</p>'


def _text(source: str, kind: str) -> str:
    return (
        f'<pre class="output {kind}">{escape(source[:MOST])}</pre>{_rest(source)}' if source else ""
    )


def _picture(name: str, content: str) -> str:
    url = _data(name, content)
    if not url:
        return _note("a picture that is too large to be shown")
    return f'<img class="output" alt="a picture that the code made" src="{url}">'


def _data(name: str, content: str) -> str:
    """Return a picture as a data URL; empty when it is too large."""
    if name == "image/svg+xml" and content.lstrip().startswith("<"):
        content = base64.b64encode(content.encode()).decode()
    known = _BASE64.sub("", content)
    return f"data:{name};base64,{known}" if len(known) <= MOST_PICTURE else ""


def _attached(about: dict[str, Any]) -> dict[str, str]:
    """Return the pictures that are attached to a Markdown cell, by name."""
    found = about.get("attachments")
    forms = found.items() if isinstance(found, dict) else ()
    return {
        str(name): _data(kind, text(form[kind]))
        for name, form in forms if isinstance(form, dict)
        for kind in _PICTURES if kind in form
    }  # fmt: skip
