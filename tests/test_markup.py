"""Markdown as people see it on a page."""

import pytest

from course import markup


@pytest.mark.parametrize(
    ("text", "legend", "more"),
    [
        ("Which?", "Which?", ""),
        ("Which?\nSay it.", "Which?\nSay it.", ""),
        ("One.\n\nTwo\nlines.", "One.", "<p>Two\nlines.</p>"),
        (
            "What does this print?\n```\nprint(1)\n```",
            "What does this print?",
            "<pre><code>print(1)",
        ),
        ("One *text*.\n\nAnd $x$ more.", "One <em>text</em>.", "<p>And <span>"),
        ("```\nprint(1)\n```\nWhat?", "", "<pre><code>print(1)"),
    ],
)
def test_the_first_paragraph_of_a_prompt_names_its_group(text: str, legend: str, more: str) -> None:
    named, rest = markup.prompt(text)
    assert named == legend
    assert rest.startswith(more)
    assert bool(rest) == bool(more)
