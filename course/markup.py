"""Markdown to HTML that may stand on a learner's page: code, tables, formulas; never a script.

Formulas are written as LaTeX between dollar signs and become MathML, which browsers draw and
screen readers read without any script or network. Authors are trusted little and learners not at
all: everything goes through nh3 at the end, and raw HTML is shown as text but for a notebook's.
"""

import html
import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import TYPE_CHECKING
from urllib.parse import unquote

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
_NOTEBOOK_TAGS = _TAGS | {
    "b", "i", "u", "del", "ins", "mark", "small", "sub", "sup", "kbd", "samp", "var", "abbr", "q", "dl", "dt", "dd",
    "div", "details", "summary", "figure", "figcaption", "caption", "tfoot", "colgroup", "col", "img",
}  # fmt: skip
_NOTEBOOK_ATTRIBUTES = _ATTRIBUTES | {
    "th": {"colspan", "rowspan", "scope"}, "td": {"colspan", "rowspan"}, "img": {"src", "alt"},
}  # fmt: skip
_PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp|bmp|svg\+xml);base64,[A-Za-z0-9+/=\s]+")
_EMPTY_LINE = re.compile(r"\n[ \t]*\n\s*")
_LANGUAGE = re.compile(r"language-[\w+#.-]+")
_LONGEST = 10_000  # characters of a formula: what is longer is no formula, and takes its time


def block(text: str, *, breaks: bool = True) -> str:
    """Return a text's HTML, in paragraphs; in what people type into a field, lines end where they end."""
    return _clean(_parser(breaks=breaks).render(text)).strip()


def notebook(text: str, attached: Mapping[str, str] | None = None) -> str:
    """Return the HTML of a notebook's Markdown as JupyterLab shows it: HTML in it counts, too.

    Args:
        attached: the cell's pictures as data URLs, by name.
    """
    return inert(_parser(notebook=True).render(text), attached).strip()


def inert(rendered: str, attached: Mapping[str, str] | None = None) -> str:
    """Return what is harmless of some HTML: no script, style, form or frame, and nothing that is fetched.

    Pictures stay that are in the text itself, or attached; of another one its description stays.
    """
    there = attached or {}

    def attribute(tag: str, name: str, value: str) -> str | None:
        if (tag, name) == ("img", "src"):
            source = there.get(unquote(value.removeprefix("attachment:")), value)
            return source if _PICTURE.fullmatch(source) else None
        if name == "href":
            return value if value.lower().startswith(("http:", "https:", "mailto:", "#")) else None
        if name == "class":
            return value if _LANGUAGE.fullmatch(value) else None
        return value

    return nh3.clean(
        rendered, tags=_NOTEBOOK_TAGS, attributes=_NOTEBOOK_ATTRIBUTES, attribute_filter=attribute,
        url_schemes={"http", "https", "mailto", "data", "attachment"},
        clean_content_tags={"script", "style", "iframe", "object", "noscript", "template", "textarea", "title"},
    )  # fmt: skip


@lru_cache(maxsize=1000)
def line(text: str) -> str:
    """Return the HTML of a text that stands within a line, such as an option.

    As in a lesson's text, the end of a line is a space; an empty line begins a new one.
    """
    parser = _parser(breaks=False)
    return _clean("<br><br>".join(map(parser.renderInline, _EMPTY_LINE.split(text))))


def prompt(text: str) -> tuple[str, str]:
    """Return the HTML of a prompt's first paragraph, as for a legend, and of what follows it."""
    text = text.strip()
    first = _parser().parse(text)[0]
    if first.type != "paragraph_open" or first.map is None:
        return "", block(text, breaks=False)
    lines, end = text.split("\n"), first.map[1]
    return line("\n".join(lines[:end])), block("\n".join(lines[end:]), breaks=False)


def plain(text: str) -> str:
    """Return a Markdown text without its marks, for where no HTML can be: a list of choices."""
    return html.unescape(re.sub(r"<[^>]+>", "", line(text))).strip()


def _clean(rendered: str) -> str:
    return nh3.clean(
        rendered, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes={"http", "https", "mailto"}
    )


@cache
def _parser(*, notebook: bool = False, breaks: bool = True) -> "MarkdownIt":
    from markdown_it import MarkdownIt  # noqa: PLC0415  not before a question is shown
    from mdit_py_plugins.amsmath import amsmath_plugin  # noqa: PLC0415  as above
    from mdit_py_plugins.dollarmath import dollarmath_plugin  # noqa: PLC0415  as above

    parser = MarkdownIt("commonmark", {"html": notebook, "breaks": breaks and not notebook}).enable(
        "table"
    )
    if notebook:
        parser.enable("strikethrough")
        parser.use(amsmath_plugin, renderer=lambda latex: _formula(latex, "block"))
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

    if len(latex) > _LONGEST:
        return f"<code>{html.escape(latex)}</code>"
    try:
        return convert(latex, display=display)
    except Exception:  # noqa: BLE001  its errors have no common family; the source can be read, too
        return f"<code>{html.escape(latex)}</code>"
