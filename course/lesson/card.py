"""What an element of a lesson says: text for a terminal, HTML in JupyterLab's colours for a notebook."""

import html
from collections.abc import Sequence
from dataclasses import dataclass

_STYLE = (
    "max-width:46rem;margin:.5rem 0;padding:.7rem 1.1rem;border:1px solid "
    "var(--jp-border-color1,#bdbdbd);border-left:4px solid var(--jp-brand-color1,#0b57a4);"
    "border-radius:8px;color:var(--jp-content-font-color1,inherit);"
    "font-family:var(--jp-content-font-family,system-ui,sans-serif);line-height:1.5"
)


@dataclass(frozen=True, slots=True)
class Card:
    """A headline and lines; what a person wrote in them is text, never markup.

    Attributes:
        headline: in one line.
        lines: a list below it; a line may be a pair of a mark such as "✓" and its text.
        share: a bar between 0 and 1; None for no bar.
        note: a sentence at the end.
    """

    headline: str
    lines: Sequence[str | tuple[str, str]] = ()
    share: float | None = None
    note: str = ""

    def __repr__(self) -> str:
        lines = [line if isinstance(line, str) else " ".join(line) for line in self.lines]
        return "\n".join(
            [self.headline, *(f"  {line}" for line in lines), *filter(None, [self.note])]
        )

    def _repr_html_(self) -> str:
        bar = ""
        if self.share is not None:
            bar = (
                f'<progress value="{self.share:.3f}" max="1" style="width:100%" '
                f'aria-label="{html.escape(self.headline)}"></progress>'
            )
        rows = "".join(f'<li style="margin:.15rem 0">{_row(line)}</li>' for line in self.lines)
        rows = f'<ul style="list-style:none;margin:.4rem 0;padding:0">{rows}</ul>' if rows else ""
        note = f'<p style="margin:.3rem 0">{_text(self.note)}</p>' if self.note else ""
        return (
            f'<div class="course-card" style="{_STYLE}">'
            f'<p style="margin:0 0 .3rem"><strong>{_text(self.headline)}</strong></p>'
            f"{bar}{rows}{note}</div>"
        )


def _row(line: str | tuple[str, str]) -> str:
    if isinstance(line, str):
        return _text(line)
    mark, text = line
    return f'<span style="display:inline-block;min-width:1.6em">{_text(mark)}</span>{_text(text)}'


def _text(text: str) -> str:
    return html.escape(text).replace("\n", "<br>")
