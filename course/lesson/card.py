"""What an element of a lesson says: text for a terminal, HTML in JupyterLab's colours for a notebook."""

import html
from collections.abc import Sequence
from dataclasses import dataclass

from course import markup
from course.lesson.language import _n

FONT = (
    "color:var(--jp-content-font-color1,inherit);font-family:var(--jp-content-font-family,system-ui,sans-serif);"
    "font-size:var(--jp-content-font-size1,14px);line-height:1.5"
)
STYLE = (
    "box-sizing:border-box;max-width:46rem;margin:.5rem 0;padding:.7rem 1.1rem;border:1px solid "
    "var(--jp-border-color1,#bdbdbd);border-left:4px solid var(--jp-brand-color1,#0b57a4);"
    f"border-radius:8px;{FONT}"
)

BUTTON = {"width": "auto", "border": "1px solid var(--jp-border-color0,#757575)"}
"""The layout of a button of ipywidgets: seen as one in every theme, forced colours too."""

_TITLE = "margin:.4rem 0 0;font-weight:600;color:var(--jp-ui-font-color1,inherit)"
_SHOWN = 6
"""Lines of a group that are always seen."""

Line = str | tuple[str, str]


@dataclass(frozen=True, slots=True)
class Card:
    """A headline and lines; what a person wrote in them is text, never markup.

    Attributes:
        headline: in one line.
        lines: a list below it; a line may be a pair of a mark such as "✓" and its text.
        groups: headed lists, side by side where there is room; of a long one the rest unfolds.
        share: a bar between 0 and 1; None for no bar.
        note: a sentence at the end.
        said: what people wrote, each with its heading; it is Markdown, and shown without any raw HTML.
    """

    headline: str
    lines: Sequence[Line] = ()
    share: float | None = None
    note: str = ""
    groups: Sequence[tuple[str, Sequence[Line]]] = ()
    said: Sequence[tuple[str, str]] = ()

    def __repr__(self) -> str:
        said = [self.headline, *(f"  {_plain(line)}" for line in self.lines)]
        for title, text in self.said:
            said += [f"  {line}" for line in [*title.splitlines(), *text.splitlines()]]
        for title, lines in self.groups:
            said += [f"  {title}", *(f"    {_plain(line)}" for line in lines)]
        return "\n".join([*said, *filter(None, [self.note])])

    def _repr_html_(self) -> str:
        bar = ""
        if self.share is not None:
            bar = (
                f'<progress value="{self.share:.3f}" max="1" style="width:100%" '
                f'aria-label="{html.escape(self.headline)}"></progress>'
            )
        rows = _list(self.lines)
        groups = "".join(_group(title, lines) for title, lines in self.groups if lines)
        if groups:
            groups = f'<div style="display:flex;flex-wrap:wrap;gap:.2rem 2rem">{groups}</div>'
        note = f'<p style="margin:.3rem 0">{_text(self.note)}</p>' if self.note else ""
        return (
            f'<div class="course-card" style="{STYLE}">'
            f'<p style="margin:0 0 .3rem"><strong>{_text(self.headline)}</strong></p>'
            f"{bar}{rows}{_words(self.said)}{groups}{note}</div>"
        )


def _group(title: str, lines: Sequence[Line]) -> str:
    rest = _list(lines[_SHOWN:])
    if rest:
        more = _n("{count} more", "{count} more", len(lines) - _SHOWN)
        said = html.escape(more.format(count=len(lines) - _SHOWN))
        rest = f'<details><summary style="cursor:pointer">{said}</summary>{rest}</details>'
    return (
        f'<div style="flex:1 1 16rem"><p style="{_TITLE}">{_text(title)}</p>'
        f"{_list(lines[:_SHOWN])}{rest}</div>"
    )


def _words(said: Sequence[tuple[str, str]]) -> str:
    return "".join(
        f'<div style="margin:.5rem 0;padding:.1rem 0 .1rem .9rem;border-left:3px solid '
        f'var(--jp-border-color1,#bdbdbd)"><p style="{_TITLE}">{_text(title)}</p>{markup.block(text)}</div>'
        for title, text in said
    )


def _list(lines: Sequence[Line]) -> str:
    rows = "".join(f'<li style="margin:.15rem 0">{_row(line)}</li>' for line in lines)
    return f'<ul style="list-style:none;margin:.4rem 0;padding:0">{rows}</ul>' if rows else ""


def _plain(line: Line) -> str:
    return line if isinstance(line, str) else " ".join(line)


def _row(line: Line) -> str:
    if isinstance(line, str):
        return _text(line)
    mark, text = line
    return (
        f'<span style="display:flex"><span style="flex:none;width:1.6em">{_text(mark)}</span>'
        f"<span>{_text(text)}</span></span>"
    )


def _text(text: str) -> str:
    return html.escape(text).replace("\n", "<br>")
