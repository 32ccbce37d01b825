"""What the documentation points at is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]
LINK = re.compile(r"\]\(([^)\s]+)\)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_and_picture_of_a_page_is_there(page: Path) -> None:
    said = page.read_text(encoding="utf-8")
    texts = re.sub(r"(?ms)^\s*```.*?^\s*```|`[^`\n]*`|^    .*?$", "", said)
    links = [link for link in LINK.findall(texts) if "://" not in link and "mailto:" not in link]
    paths = {link.partition("#")[0] for link in links} - {""}
    assert {path for path in paths if not (page.parent / path).exists()} == set()


def test_every_picture_of_the_documentation_is_shown_on_some_page() -> None:
    shown = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert {path.name for path in (ROOT / "docs").glob("*.png") if path.name not in shown} == set()
