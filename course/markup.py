"""Markdown to HTML that may stand on a learner's page: code, tables, formulas; never a script.

Formulas are written as LaTeX between dollar signs and become MathML, which browsers draw and
screen readers read without any script or network. Authors are trusted little and learners not at
all: raw HTML is shown as text, and everything goes through nh3 at the end.
"""

import html
import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import nh3

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_MATH = {
    "math", "mi", "mn", "mo", "ms", "mtext", "mspace", "mrow", "mfrac", "msqrt", "mroot", "mstyle",
    "mpadded", "mphantom", "menclose", "msub", "msup", "msubsup", "munder", "mover", "munderover",
    "mmultiscripts", "mprescripts", "mtable", "mtr", "mtd",
}  # fmt: skip
_MATH_ATTRIBUTES = {
    "display", "displaystyle", "scriptlevel", "mathvariant", "stretchy", "accent", "accentunder",
    "fence", "separator", "form", "largeop", "movablelimits", "symmetric", "lspace", "rspace",
    "width", "height", "depth", "linethickness", "columnalign", "rowalign", "columnspan", "rowspan",
    "minsize", "maxsize", "notation",
}  # fmt: skip
_TAGS = _MATH | {
    "p", "br", "hr", "em", "strong", "s", "code", "pre", "ul", "ol", "li", "blockquote", "table",
    "thead", "tbody", "tr", "th", "td", "a", "h1", "h2", "h3", "h4", "h5", "h6", "span",
}  # fmt: skip
_ATTRIBUTES = {tag: set(_MATH_ATTRIBUTES) for tag in _MATH} | {
    "a": {"href", "title"}, "ol": {"start"}, "code": {"class"},
}  # fmt: skip


def block(text: str) -> str:
    """Return a text's HTML, in paragraphs."""
    return _clean(_parser().render(text)).strip()


@lru_cache(maxsize=1000)
def line(text: str) -> str:
    """Return the HTML of a text that stands within a line, such as an option."""
    return _clean(_parser().renderInline(text))


def prompt(text: str) -> tuple[str, str]:
    """Return the HTML of a prompt's first paragraph, as for a legend, and of what follows it."""
    first, _, rest = text.strip().partition("\n\n")
    tokens = _parser().parse(first)
    if [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]:
        return line(first), block(rest) if rest else ""
    return "", block(text)


def plain(text: str) -> str:
    """Return a Markdown text without its marks, for where no HTML can be: a list of choices."""
    return html.unescape(re.sub(r"<[^>]+>", "", line(text))).strip()


def _clean(rendered: str) -> str:
    return nh3.clean(
        rendered, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes={"http", "https", "mailto"}
    )


@cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt  # noqa: PLC0415  not before a question is shown
    from mdit_py_plugins.dollarmath import dollarmath_plugin  # noqa: PLC0415  as above

    parser = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("table")
    return parser.use(
        dollarmath_plugin,
        double_inline=True,
        allow_digits=True,  # else a formula at the start is missed when a digit ends the text
        allow_space=False,
        allow_labels=False,
        renderer=lambda latex, about: _formula(
            latex, "block" if about["display_mode"] else "inline"
        ),
    )


def _formula(latex: str, display: str) -> str:
    from latex2mathml.converter import convert  # noqa: PLC0415  only where there are formulas

    try:
        return convert(latex, display=display)
    except Exception:  # noqa: BLE001  its errors have no common family; the source can be read, too
        return f"<code>{html.escape(latex)}</code>"
