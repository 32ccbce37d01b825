"""Between the HTML that learning platforms keep and the Markdown that lessons are written in."""

import html
import re
from typing import Any

from markdown_it import MarkdownIt
from markdownify import MarkdownConverter

_MATHS = re.compile(r"(\$\$.+?\$\$|\$[^$\n]+\$)", re.DOTALL)
_TAG = re.compile(r"<[a-zA-Z/!][^>]*>|&(?:#\w+|\w+);")


class _Markdown(MarkdownConverter):
    def convert_img(self, el: Any, text: str, parent_tags: Any) -> str:
        """Take a formula of Canvas for what it is; other images stay images."""
        source = el.get("data-equation-content")
        return f"${source}$" if source else str(super().convert_img(el, text, parent_tags))  # type: ignore[misc]  # its stubs leave it out


def markdown(text: str) -> str:
    """Return HTML as Markdown; scripts and styles are left out, formulas are kept.

    Text without any tag or entity is Markdown already, and stays as it is.

    Raises:
        ValueError: when no browser would show it either.
    """
    if not _TAG.search(text):
        return text.replace("\r\n", "\n").strip()
    text = re.sub(r"(?is)<(script|style)\b.*?</\1\s*>", "", text)
    convert = _Markdown(
        heading_style="ATX", bullets="-", escape_misc=False, code_language_callback=_language
    ).convert
    try:
        made = str(convert(text))
    except RecursionError as error:
        raise ValueError("its HTML is nested too deeply") from error
    made = re.sub(r"\\\((.+?)\\\)", r"$\1$", made)
    made = re.sub(r"\\\[(.+?)\\\]", r"$$\1$$", made, flags=re.DOTALL)
    made = _MATHS.sub(lambda maths: re.sub(r"\\([_*])", r"\1", maths[0]), made)
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+\n", "\n", made)).strip()


def _language(element: Any) -> str:
    inner = element.find("code")
    names = map(str, (inner.get("class") if inner else None) or [])
    return next((name[9:] for name in names if name.startswith("language-")), "")


def as_html(text: str) -> str:
    """Return Markdown as HTML; one paragraph alone stands without its tag."""
    made = str(MarkdownIt("commonmark").enable("table").render(text)).strip()
    inner = made.removeprefix("<p>").removesuffix("</p>")
    return inner if made.startswith("<p>") and "<p>" not in inner else made


def plain(text: str) -> str:
    """Return HTML as one line of text."""
    return " ".join(html.unescape(re.sub(r"<[a-zA-Z/!][^>]*>", " ", text)).split())
