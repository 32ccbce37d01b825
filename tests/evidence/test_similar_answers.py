"""`course similar` and `course items` on a course: what they say, and the page with both texts."""

import json
import shutil
from pathlib import Path
from typing import Literal

import classroom
import pytest
from playwright.sync_api import Browser
from safety import faults, picture

LOOP = '''def double(number):
    """Double it."""
    total = 0
    for step in range(abs(number)):
        if number > 0:
            total = total + 2
        else:
            total = total - 2
    return total
'''
RENAMED = LOOP.replace("total", "result").replace("step", "i").replace("Double it.", "My own work.")
WHILE = """def double(number):
    left, made = number, []
    while left:
        made.append("<b>2</b>" if left > 0 else "-2")
        left += -1 if left > 0 else 1
    return sum(int(each.strip("<b>/")) for each in made)
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a course with four graded answers, of which two are similar."""
    made = classroom.new_course(tmp_path_factory.mktemp("similar") / "small")
    for who, code in (("ana", LOOP), ("ben", RENAMED), ("cleo", WHILE), ("dan", classroom.DOUBLE)):
        folder = made / "autograded" / who / "welcome"
        shutil.copytree(made / "release" / "welcome", folder)
        classroom.edit(folder / "welcome.ipynb", {"double-answer": code, "wish": f"I am {who}."})
    return made


def test_similar_answers_are_listed_with_their_share_and_no_other_word(root: Path) -> None:
    said = classroom.course("similar welcome", root).out
    (line,) = said.splitlines()[1:]
    assert line.split() == ["double", "ana", "ben", "1"]
    assert "cheat" not in classroom.course("similar --help", root).out.lower()
    (found,) = json.loads(classroom.course("similar welcome --json", root).out)
    assert (found["learner"], found["other"], found["share"]) == ("ana", "ben", 1.0)
    assert set(found["lines"][0]) >= {4, 5, 6, 8}


def test_both_texts_stand_side_by_side(root: Path) -> None:
    said = classroom.course("similar welcome --texts", root).out
    assert any(
        "≈ " in line and "total = total + 2" in line and "result = result + 2" in line
        for line in said.splitlines()
    )


def test_the_page_marks_similar_lines_by_a_sign_and_carries_nothing_out(root: Path) -> None:
    folder = root / "autograded"
    for who in ("ana", "ben"):
        before = (folder / who / "welcome" / "welcome.ipynb").read_text("utf-8")
        assert "def double" in before
    classroom.course("similar welcome --least 0 -o page.html", root)
    page = (root / "page.html").read_text("utf-8")
    assert page.count('<li class="like">') == page.count('aria-label="similar"') > 8
    assert "Talk with them before you conclude anything" in page
    assert "<b>2</b>" not in page
    assert "Content-Security-Policy" in page


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.thorough)])
def test_the_page_can_be_read_by_everybody(
    root: Path, browser: Browser, scheme: Literal["light", "dark"]
) -> None:
    classroom.course("similar welcome -o page.html", root)
    page = browser.new_page(color_scheme=scheme, viewport={"width": 1100, "height": 600})
    page.goto((root / "page.html").as_uri())
    assert page.get_by_role("heading", name="ana and ben").is_visible()
    if scheme == "light":
        picture(page, "similar")
    assert faults(page) == []
    page.set_viewport_size({"width": 390, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.close()


def test_what_is_missing_is_told(root: Path) -> None:
    assert (
        "did you mean 'double'?"
        in classroom.course("similar welcome --question doubel", root, code=2).err
    )
    assert "no lesson 'welcom'" in classroom.course("similar welcom", root, code=2).err
    assert "nothing is graded yet" in classroom.course("items welcome", root).out


def test_nothing_graded_is_told(root: Path, tmp_path: Path) -> None:
    shutil.copytree(root, tmp_path / "small")
    shutil.rmtree(tmp_path / "small" / "autograded")
    assert (
        "course autograde welcome"
        in classroom.course("similar welcome", tmp_path / "small", code=2).err
    )


def test_items_are_shown_with_alpha_and_groups(made: Path) -> None:
    said = classroom.course("items fire", made).out
    assert [line.split()[:3] for line in said.splitlines()[1:3]] == [
        ["exit", "2", "1"],
        ["alarm", "2", "0.5"],
    ]
    assert "Cronbach's alpha" in said
    assert "no learner with a group" in classroom.course("items fire --groups", made).out
    (exit_, _) = json.loads(classroom.course("items fire --json", made).out)
    assert (exit_["item"], exit_["difficulty"], exit_["flags"]) == ("exit", 1.0, "")
