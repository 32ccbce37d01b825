"""A learner's cells as HTML that can do no harm: nothing that a learner wrote runs, or is fetched.

Everything goes through nh3 or is escaped; pictures stand in the page as data, SVG too, where a
browser runs no script of it.
"""

import base64
import re
from html import escape
from typing import Any

import nh3
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from course import markup

_ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_PICTURES = ("image/png", "image/jpeg", "image/gif", "image/svg+xml")
_MOST = 100_000  # characters of one output
_TAGS = {"table", "thead", "tbody", "tfoot", "tr", "th", "td", "p", "br", "b", "i", "em", "strong", "pre",
         "code", "ul", "ol", "li", "div", "span", "h1", "h2", "h3", "h4", "h5", "h6", "caption", "sub", "sup"}  # fmt: skip
_ATTRIBUTES = {"th": {"colspan", "rowspan", "scope"}, "td": {"colspan", "rowspan"}}


def cell(about: dict[str, Any]) -> str:
    """Return the HTML of a notebook's cell with its outputs."""
    source = str(about.get("source", ""))
    if about.get("cell_type") == "markdown":
        return f'<div class="prose">{markup.block(source)}</div>'
    if about.get("cell_type") == "raw":
        return f"<pre>{escape(source)}</pre>"
    return code(source) + "".join(output(each) for each in about.get("outputs", ()))


def code(source: str) -> str:
    """Return highlighted Python, one line of HTML per line."""
    made: str = highlight(source, PythonLexer(stripnl=False), HtmlFormatter(cssclass="code"))
    return made


def output(about: dict[str, Any]) -> str:
    """Return the HTML of one output; the richest form that is safe."""
    kind = about.get("output_type")
    if kind == "stream":
        return _text(_joined(about.get("text")), "stream")
    if kind == "error":
        return _text("\n".join(map(str, about.get("traceback", ()))), "error")
    data = about.get("data", {})
    for name in _PICTURES:
        if name in data:
            return _picture(name, _joined(data[name]))
    if "text/html" in data:
        html = nh3.clean(_joined(data["text/html"])[:_MOST], tags=_TAGS, attributes=_ATTRIBUTES,
                         clean_content_tags={"script", "style"})  # fmt: skip
        return f'<div class="output table">{html}</div>'
    if "text/markdown" in data or "text/latex" in data:
        text = _joined(data.get("text/markdown") or data["text/latex"])
        return f'<div class="output prose">{markup.block(text[:_MOST])}</div>'
    return _text(_joined(data.get("text/plain", "")), "plain") if data else ""


def _text(text: str, kind: str) -> str:
    short = text[:_MOST] + ("\n… (cut)" if len(text) > _MOST else "")
    return f'<pre class="output {kind}">{escape(_ANSI.sub("", short))}</pre>'


def _picture(name: str, content: str) -> str:
    if name == "image/svg+xml":
        content = base64.b64encode(content.encode()).decode()
    else:
        content = re.sub(r"[^A-Za-z0-9+/=]", "", content)
    return f'<img class="output" alt="a picture that the code made" src="data:{name};base64,{content}">'


def _joined(text: Any) -> str:
    return "".join(map(str, text)) if isinstance(text, list) else str(text or "")
