"""Charts: Altair's, drawn as SVG here, so that no script travels with a page."""

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

from course.report.page import Chart

_TONES = {
    "good": "#1a6d34",
    "part": "#b07a00",
    "bad": "#a61d16",
    "wait": "#3c5a86",
    "dim": "#c9ccd3",
    "accent": "#2456a6",
}
_INK, _LINE = "#1c1c1e", "#d5d7dd"
_WIDTH, _BAR = 460, 26
_MEASURED, _DRAWN = 15.5, 13
"""Labels are measured larger than they are drawn: every computer's sans-serif is another, and some are wide."""


def states(
    title: str, rows: Sequence[tuple[str, Mapping[str, int]]], tones: Mapping[str, str]
) -> Chart:
    """Return a bar for each name, made of how many are in which state.

    Args:
        rows: name -> state -> how many.
        tones: state -> tone, in the order in which they stand.
    """
    data = [
        {"name": name, "state": state, "people": counts[state], "order": place}
        for name, counts in rows for place, state in enumerate(tones) if counts.get(state, 0)
    ]  # fmt: skip  # a bar of nothing is drawn as a line on paper
    names = [name for name, _ in rows]
    about = "; ".join(
        f"{name}: " + ", ".join(f"{counts.get(state, 0)} {state}" for state in tones) for name, counts in rows
    )  # fmt: skip
    return _chart(
        title,
        about,
        json.dumps(["states", data, names, list(tones), [_TONES[tone] for tone in tones.values()]]),
    )


def spread(title: str, shares: Sequence[float], what: str) -> Chart:
    """Return how many have what share of the points, in ten classes of equal width; 100 % is in the last.

    Args:
        shares: 0 to 1.
    """
    counts = [0] * 10
    for share in shares:
        counts[min(int(share * 10 + 1e-9), 9)] += 1
    names = [f"{10 * place} to {10 * place + 10} %" for place in range(10)]
    about = f"{what}: " + ", ".join(
        f"{count} with {name}" for name, count in zip(names, counts, strict=True) if count
    )
    data = [
        {"name": name, "people": count, "order": place}
        for place, (name, count) in enumerate(zip(names, counts, strict=True))
    ]
    return _chart(title, about, json.dumps(["spread", data, what]))


def bars(
    title: str, rows: Sequence[tuple[str, float]], what: str, top: float | None = None
) -> Chart:
    """Return a bar for each name.

    Args:
        what: the unit, on the axis.
        top: where the axis ends.
    """
    about = f"{what}: " + ", ".join(f"{name} {value:.2g}" for name, value in rows)
    data = [
        {"name": name, "value": value, "order": place} for place, (name, value) in enumerate(rows)
    ]
    return _chart(title, about, json.dumps(["bars", data, what, top]))


def _chart(title: str, about: str, asked: str) -> Chart:
    return Chart(title, about, _svg(asked))


@lru_cache(maxsize=500)  # the same figures are drawn once
def _svg(asked: str) -> str:
    import vl_convert  # noqa: PLC0415  a second, for those who draw

    kind, *about = json.loads(asked)
    drawn: dict[str, Any] = {"states": _states, "spread": _spread, "bars": _bars}
    spec = drawn[kind](*about)
    return _themed(vl_convert.vegalite_to_svg(spec.to_dict(), vl_version=_version()))


@cache
def _version() -> str:
    import altair as alt  # noqa: PLC0415  as above

    return ".".join(alt.SCHEMA_VERSION.removeprefix("v").split(".")[:2])


def _base(data: list[dict[str, Any]]) -> Any:
    import altair as alt  # noqa: PLC0415  as above

    return alt.Chart(alt.InlineData(values=data)).configure(background="transparent", font="sans-serif").configure_axis(
        labelColor=_INK, titleColor=_INK, gridColor=_LINE, domainColor=_INK, tickColor=_INK, labelFontSize=_MEASURED,
        titleFontSize=13, titleFontWeight="normal", labelLimit=480,
    ).configure_legend(labelColor=_INK, titleColor=_INK, labelFontSize=_MEASURED, orient="top", title=None
    ).configure_view(stroke=None)  # fmt: skip


def _states(
    data: list[dict[str, Any]], names: list[str], states: list[str], colours: list[str]
) -> Any:
    import altair as alt  # noqa: PLC0415  as above

    most = max((sum(each["people"] for each in data if each["name"] == name) for name in names), default=0)  # fmt: skip
    return _base(data).mark_bar(height={"band": 0.72}).encode(
        x=alt.X("people:Q", title="learners", axis=_whole(most)),
        y=alt.Y("name:N", title=None, sort=None, scale=alt.Scale(domain=names)),
        color=alt.Color("state:N", scale=alt.Scale(domain=states, range=colours), sort=states),
        order="order:Q",
    ).properties(width=_WIDTH, height=alt.Step(_BAR))  # fmt: skip


def _spread(data: list[dict[str, Any]], what: str) -> Any:
    import altair as alt  # noqa: PLC0415  as above

    return _base(data).mark_bar(color=_TONES["accent"]).encode(
        x=alt.X("name:N", title="share of the points", sort=None, axis=alt.Axis(labelAngle=-40)),
        y=alt.Y("people:Q", title=what, axis=_whole(max(each["people"] for each in data))),
    ).properties(width=_WIDTH, height=180)  # fmt: skip


def _bars(data: list[dict[str, Any]], what: str, top: float | None) -> Any:
    import altair as alt  # noqa: PLC0415  as above

    scale = alt.Scale(domain=[0, top]) if top is not None else alt.Scale()
    return _base(data).mark_bar(color=_TONES["accent"], height={"band": 0.72}).encode(
        x=alt.X("value:Q", title=what, scale=scale), y=alt.Y("name:N", title=None, sort=None),
    ).properties(width=_WIDTH, height=alt.Step(_BAR))  # fmt: skip


def _whole(most: int) -> Any:
    """Return an axis with whole numbers only, a handful of them."""
    import altair as alt  # noqa: PLC0415  as above

    step = next(
        size
        for power in range(9)
        for size in (10**power, 2 * 10**power, 5 * 10**power)
        if most <= 6 * size
    )
    return alt.Axis(values=list(range(0, most + 1, step)), format="d")


def _themed(svg: str) -> str:
    """Give colours a class, so that a page's own, light or dark, go before them; and let it shrink."""
    svg = svg.replace(f'font-size="{_MEASURED}px"', f'font-size="{_DRAWN}px"')
    for tone, colour in _TONES.items():
        svg = svg.replace(f'fill="{colour}"', f'class="fill-{tone}" fill="{colour}"')
    svg = svg.replace(f'fill="{_INK}"', f'class="ink" fill="{_INK}"')
    svg = re.sub(rf'stroke="({_INK}|{_LINE})"', r'class="rule" stroke="\1"', svg)
    svg = re.sub(r' class="[^"]*"(?=[^>]* class="(?:fill-|ink|rule))', "", svg)  # one class each
    svg = re.sub(r' (?:role|aria-[a-z]+)="[^"]*"', "", svg)  # the page says it all, once
    return re.sub(
        r'^<svg ([^>]*)width="([\d.]+)" height="[\d.]+"', r'<svg \1width="\2"', svg, count=1
    )
