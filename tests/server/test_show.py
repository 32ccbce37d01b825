"""What a learner wrote, as a grader's browser gets it: readable, and unable to do anything."""

import base64
import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest

from course.server import show

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

HOSTILE = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT >",
    "<img src=x onerror=alert(1)>",
    "<img src='https://evil.example/pixel.png' alt=pixel>",
    "<img src=`javascript:alert(1)`>",
    "<img srcset='https://evil.example/x 1x'>",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s><use href='data:image/svg+xml,<svg/>'/></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<math href='javascript:alert(1)'>CLICK</math>",
    "<iframe srcdoc='<script>parent.x=1</script>'></iframe>",
    "<object data='data:text/html,<script>alert(1)</script>'></object>",
    "<embed src='javascript:alert(1)'><base href='https://evil.example/'>",
    "<form action='/course/api/mark'><input name=x autofocus onfocus=alert(1)><button formaction=javascript:alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='JaVa\tScRiPt:alert(1)'>x</a>",
    "<a href='&#106;avascript&colon;alert(1)'>x</a>",
    "<a href='data:text/html;base64,PHNjcmlwdD4='>x</a>",
    "<a href='vbscript:x' ping='https://evil.example'>x</a>",
    "<a href='/course/api/mark' target=_top>x</a>",
    "[x](javascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "![x](https://evil.example/pixel.png)",
    "![x](data:text/html;base64,PHNjcmlwdD4=)",
    "<javascript:alert(1)>",
    "[x]: javascript:alert(1)\n\n[x]",
    "<style>@import 'https://evil.example/x.css'; body { display: none }</style>",
    "<link rel=stylesheet href=https://evil.example/x.css><meta http-equiv=refresh content='0;url=//evil.example'>",
    "<div style='position:fixed;inset:0;background:url(https://evil.example/x)' id=desk class='skip'>over all</div>",
    "<details open ontoggle=alert(1)><summary>x</summary></details>",
    "<video src=https://evil.example/x poster=https://evil.example/y onerror=alert(1)></video>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<textarea><img title='</textarea><img src=x onerror=alert(1)>'></textarea>",
    "<template shadowrootmode=open><script>alert(1)</script></template>",
    "<table background='https://evil.example/x'><td background='javascript:alert(1)'>x</table>",
    r"$\href{javascript:alert(1)}{x}$ $\text{<img src=x onerror=alert(1)>}$ $\unicode{<script>}$",
    r"\begin{equation}\text{</math><script>alert(1)</script>}\end{equation}",
    "```<script>alert(1)</script>\n</code></pre><script>alert(1)</script>\n```",
    "\x1b]8;;javascript:alert(1)\x07x\x1b]8;;\x07 \x1b[2J\x1b]0;title\x07",
    "\ud800<script>\udfff</script>",
    "\x00<scr\x00ipt>alert(1)</scr\x00ipt>",
    "]]><script>alert(1)</script><![CDATA[",
    '"><script>alert(1)</script>',
    "' onmouseover='alert(1)",
]  # fmt: skip


def code(*outputs: dict[str, Any], source: str = "") -> dict[str, Any]:
    return {"cell_type": "code", "source": source, "outputs": list(outputs)}


def display(**data: Any) -> dict[str, Any]:
    return {
        "output_type": "display_data",
        "data": {key.replace("_", "/", 1): value for key, value in data.items()},
    }


PLACES: dict[str, Callable[[str], dict[str, Any]]] = {
    "Markdown": lambda bad: {"cell_type": "markdown", "source": bad},
    "raw": lambda bad: {"cell_type": "raw", "source": bad},
    "code": lambda bad: code(source=bad),
    "lines": lambda bad: code(source=bad.splitlines(keepends=True)),  # type: ignore[arg-type]
    "stream": lambda bad: code({"output_type": "stream", "name": "stdout", "text": bad}),
    "error": lambda bad: code({"output_type": "error", "traceback": [bad], "ename": bad}),
    "error's name": lambda bad: code({"output_type": "error", "ename": bad, "evalue": bad}),
    "plain": lambda bad: code(display(text_plain=bad)),
    "HTML": lambda bad: code(display(text_html=bad)),
    "Markdown output": lambda bad: code(display(text_markdown=bad)),
    "LaTeX": lambda bad: code(display(text_latex=bad)),
    "picture": lambda bad: code(display(image_png=bad)),
    "SVG": lambda bad: code(display(**{"image_svg+xml": bad})),
    "another type": lambda bad: code(display(**{bad: bad})),
    "attachment": lambda bad: {
        "cell_type": "markdown", "source": f"![{bad}](attachment:a.png) <img src='attachment:a.png'>",
        "attachments": {"a.png": {"image/png": bad, bad: bad}, bad: bad},
    },
}  # fmt: skip


class Elements(HTMLParser):
    """Every element of some HTML with its attributes, and all text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.all: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.all.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for each, attributes in self.all if each == tag]


OUR_CLASSES = {"prose", "code", "output", "stream", "error", "plain", "table", "note"}
PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp|bmp|svg\+xml);base64,[A-Za-z0-9+/=]*")
SAFE = {"href", "src", "class", "alt", "title", "rel", "colspan", "rowspan", "scope", "start"}


@pytest.mark.parametrize("place", PLACES)
def test_nothing_hostile_is_left_wherever_it_stood(place: str) -> None:
    for bad in HOSTILE:
        html = show.cell(PLACES[place](bad))
        html.encode()  # half a letter would end the answer in an error
        for tag, attributes in Elements(html).all:
            told = f"{bad!r} became {html!r}"
            assert tag not in {
                "script", "style", "iframe", "object", "embed", "base", "form", "input", "button", "svg", "link",
                "meta", "video", "audio", "template", "textarea", "noscript", "animate", "use", "maction", "mglyph",
            }, told  # fmt: skip
            for name, value in attributes.items():
                assert not name.startswith(("on", "data-", "xlink")), told
                assert name not in {"style", "id", "target", "ping", "srcset", "background"}, told
                if name == "href":
                    assert (value or "").startswith(("http://", "https://", "mailto:", "#")), told
                if name == "src":
                    assert PICTURE.fullmatch(value or ""), told
                if name == "class" and tag in {"div", "p", "img", "pre"}:
                    assert {*(value or "").split()} <= OUR_CLASSES, told


def test_a_table_of_pandas_is_a_table_without_its_style() -> None:
    html = show.cell(code(display(
        text_html="<div><style scoped>.dataframe td { color: red }</style><table border='1' class='dataframe'>"
        "<thead><tr><th></th><th>mean</th></tr></thead><tbody><tr><th>a</th><td>1.5</td></tr></tbody></table></div>",
        text_plain="   mean\na   1.5",
    )))  # fmt: skip
    found = Elements(html)
    assert len(found.of("table")) == 1
    assert "color" not in html
    assert "".join(found.text.split()) == "meana1.5"


def test_a_line_break_in_a_markdown_cell_is_none_on_the_page() -> None:
    html = show.cell({"cell_type": "markdown", "source": "One sentence\nover two lines.\n\nNext."})
    assert "<br" not in html
    assert html.count("<p>") == 2


def test_html_in_a_markdown_cell_counts_as_in_jupyterlab() -> None:
    html = show.cell({"cell_type": "markdown", "source": "a<br>b <b>bold</b> ~~no~~ x<sub>2</sub>"})
    assert {"br", "b", "s", "sub"} <= {tag for tag, _ in Elements(html).all}


def test_attached_pictures_are_shown_by_their_names_and_others_only_described() -> None:
    html = show.cell({
        "cell_type": "markdown",
        "source": "![mine](attachment:my%20plot.png) ![lost](attachment:lost.png) ![far](https://x.example/far.png)",
        "attachments": {"my plot.png": {"image/png": PIXEL}},
    })  # fmt: skip
    mine, lost, far = Elements(html).of("img")
    assert mine == {"src": f"data:image/png;base64,{PIXEL}", "alt": "mine"}
    assert lost == {"alt": "lost"}
    assert far == {"alt": "far"}


def test_formulas_become_mathml_in_cells_and_outputs() -> None:
    for about in (
        {
            "cell_type": "markdown",
            "source": "$x^2$ and\n\n\\begin{align}a &= b\\\\c &= d\\end{align}",
        },
        code(display(text_latex=r"\begin{bmatrix}1 & 2\end{bmatrix}")),
        code(display(text_latex=r"\frac{1}{2}")),
        code(display(text_latex=r"$\displaystyle \frac{1}{2}$", text_plain="1/2")),
    ):
        assert "<math" in show.cell(about)


def test_a_formula_without_end_takes_no_time_of_the_server() -> None:
    long = "$" + "{" * 200_000 + "$"
    assert "<math" not in show.cell({"cell_type": "markdown", "source": long})


def test_svg_is_a_picture_and_nothing_else() -> None:
    svg = "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
    (picture,) = Elements(show.cell(code(display(**{"image_svg+xml": [svg]})))).of("img")
    kind, _, content = str(picture["src"]).partition(",")
    assert kind == "data:image/svg+xml;base64"
    assert base64.b64decode(content).decode() == svg


def test_what_a_terminal_would_obey_is_gone_and_a_progress_bar_shows_its_end() -> None:
    stream = "\x1b[31mred\x1b[0m \x1b]0;title\x07plain\n 10%\r 50%\r100%\r\ndone\r\n"
    html = show.cell(code({"output_type": "stream", "name": "stderr", "text": [stream]}))
    assert Elements(html).text.lstrip("\n") == "red plain\n100%\ndone\n"


def test_letters_that_turn_the_direction_of_code_are_named() -> None:
    html = show.cell(code(source="access = 'user\u202e\u2066# admin\u2069'"))
    assert "[U+202E]" in Elements(html).text
    assert "\u202e" not in html


def test_what_is_too_long_is_cut_and_says_so() -> None:
    end = f"{7:,} more characters are not shown"
    assert end in show.cell(code(source="x" * (show.MOST + 7)))
    assert end in show.cell({"cell_type": "markdown", "source": "x" * (show.MOST + 7)})
    for output in (
        {"output_type": "stream", "text": "x" * (show.MOST + 7)},
        display(text_html="<p>" + "x" * (show.MOST + 4)),
        display(text_plain="x" * (show.MOST + 7)),
    ):
        html = show.cell(code(output))
        assert end in html
        assert len(html) < show.MOST + 500
    many = [{"output_type": "stream", "text": "y"}] * (show.MOST_OUTPUTS + 3)
    assert "3 more outputs are not shown" in show.cell(code(*many))
    large = show.cell(code(display(image_png="A" * (show.MOST_PICTURE + 1))))
    assert "too large" in large
    assert "<img" not in large


def test_a_script_that_was_left_out_is_told_and_what_it_would_draw_stands_as_text() -> None:
    html = show.cell(
        code(display(text_html="<div></div><script>draw()</script>", text_plain="Figure(1)"))
    )
    assert "Figure(1)" in html
    both = show.cell(code(display(text_html="<p>seen</p><script>draw()</script>")))
    assert "scripts are left out" in both


def test_an_output_of_no_known_form_is_named() -> None:
    assert "application/x-odd" in show.cell(code(display(**{"application/x-odd": {"a": 1}})))


@pytest.mark.parametrize("odd", [
    {}, {"cell_type": "code"}, {"cell_type": "code", "outputs": 3, "source": None},
    {"cell_type": "code", "outputs": [1, None, {}, {"output_type": "stream", "text": {"a": 1}}]},
    {"cell_type": "code", "outputs": [{"output_type": "display_data", "data": [1]}]},
    {"cell_type": "code", "outputs": [{"output_type": "error", "traceback": 3}]},
    {"cell_type": "markdown", "source": ["a", 3], "attachments": [1]},
    {"cell_type": "markdown", "source": "a", "attachments": {"b": 1, "c": {"image/png": {"d": 2}}}},
])  # fmt: skip
def test_a_cell_that_is_none_is_no_error(odd: dict[str, Any]) -> None:
    assert isinstance(show.cell(odd), str)
