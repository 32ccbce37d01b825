"""Two graders who marked the same work at the desk, from their marks to the page that tells how far they agree."""

import shutil
from pathlib import Path

import pytest
import waiting

import course.insight
from course.desk import Desk, Marked
from course.insight import graders
from course.report.page import Choice
from course.review.rubric import Item, Rubric
from course.term import Course
from course.term.overseeing import Oversight

FOUND = {"Hana": [["a", "b"], ["a"], []], "Maria": [["a", "b"], ["b"], []]}
"""Items that each found in the answers of three."""


@pytest.fixture
def marked_twice(graded: Course, tmp_path: Path) -> Course:
    root = shutil.copytree(graded.layout.root, tmp_path / "course")
    file = root / "course.toml"
    file.write_text(file.read_text("utf-8") + "\n[calibration]\nshare = 1\n", encoding="utf-8")
    opened = Course.open(root)
    with Desk(opened, "Hana") as hana, Desk(opened, "Maria2") as maria:
        question = hana.question(waiting.LESSON, waiting.LESSON, waiting.WRITTEN)
        _, version = hana.rubric(question)
        items = (
            Item("a", 1, "Says why"),
            Item("b", 1, "Is clear"),
            Item("c", 0, "Nobody finds this"),
        )
        hana.edit_rubric(question, Rubric(items), version, apply=True)
        answers = sorted(hana.queue(question).answers)
        assert len(answers) == 3
        for place, (id_, standing) in enumerate(answers):
            said = hana.mark(
                question, id_, token=standing.token, request=f"h{place}", items=FOUND["Hana"][place]
            )
            assert isinstance(said, Marked)
        for place, (id_, _) in enumerate(answers):
            token = maria.answer_again(question, id_).standing.token
            said = maria.read_again(
                question, id_, token=token, request=f"m{place}", items=FOUND["Maria"][place]
            )
            assert isinstance(said, Marked)
    return opened


def test_second_readings_count_and_what_neither_found_is_agreement_too(
    marked_twice: Course,
) -> None:
    frames = course.insight.open(marked_twice.layout.root)
    mine = frames.judgements[frames.judgements["grader"].isin(["Hana", "Maria2"])]
    assert mine["hours"].notna().sum() <= 3, "for a second reading no learner waits"
    (pair,) = graders.together(mine)
    # of the six looks at "a" and "b": yes and yes twice, no and no twice, one each way; p_o 4/6, p_e 1/2
    assert (pair.one, pair.other, pair.answers) == ("Hana", "Maria2", 3)
    assert pair.kappa == pytest.approx((4 / 6 - 1 / 2) / (1 - 1 / 2))
    assert pair.apart == 0.0, "both gave 2, 1 and 0 of 2 points"


def test_the_page_tells_how_far_they_agree(marked_twice: Course) -> None:
    page = Oversight(marked_twice).page("course", (), Choice())
    (table,) = (each for each in page.tables() if each.name == "agreement")
    rows = [[cell.shown for cell in row] for row in table.rows]
    assert ["Hana and Maria2", "3", "0%", "0.33"] in rows
