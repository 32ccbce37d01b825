"""Every question of docs/questions.md, so that the page is held to what the code does."""

import re
import textwrap
from pathlib import Path

ROOT = Path(__file__).parents[2]
PLUGIN = Path(__file__).parent / "question-plugin"
PAGE = (ROOT / "docs" / "questions.md").read_text(encoding="utf-8")


def documented() -> dict[str, str]:
    """Return the text of each question on the page by its name."""
    blocks = (
        textwrap.dedent(block).strip("\n")
        for block in re.findall(r"(?:^    .*\n|^\n)+", PAGE, re.MULTILINE)
    )
    return {block.split()[1]: block for block in blocks if block.startswith("%%quiz")}
