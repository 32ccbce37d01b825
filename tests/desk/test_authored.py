"""A question without a rubric from the desk has the one that stands in the lesson's source."""

import os

import pytest

from course.desk import Desk
from course.errors import Invalid
from course.review.rubric import Item, Rubric
from course.term import Course


def test_the_authors_rubric_is_shown_until_the_desk_has_one(course: Course, desk: Desk) -> None:
    question = desk.question("welcome", "welcome", "wish")
    assert desk.rubric(question) == (Rubric(), 0)
    (path,) = (course.layout.source / "welcome").glob("welcome.ipynb")
    text = path.read_text().replace(
        '"#| answer: wish points=2\\n",',
        '"#| answer: wish points=2\\n",\n'
        '    "#| rubric: Any honest wish will do.\\n",\n    "#| rubric: +2 says what for\\n",',
    )
    path.write_text(text)
    os.utime(path, ns=(1, 1))

    rubric, version = desk.rubric(question)
    assert rubric.guide == "Any honest wish will do."
    assert rubric.items == (Item("author-0", 2.0, "says what for", key="1"),)
    answer = desk.next(question)
    assert answer is not None
    assert answer.rubric == rubric

    own = Rubric((Item("aim", 1.0, "says what for", key="1"),))
    desk.edit_rubric(question, own, version, apply=True)
    assert desk.rubric(question)[0] == own


def test_a_draft_with_mistakes_keeps_nobody_from_marking(course: Course, desk: Desk) -> None:
    question = desk.question("welcome", "welcome", "wish")
    path = course.layout.source / "welcome" / "welcome.ipynb"
    path.write_text("half a noteb")
    assert desk.rubric(question) == (Rubric(), 0)
    assert desk.next(question) is not None


def test_a_rubric_of_the_course_file_goes_before_the_lessons_own(course: Course) -> None:
    file = course.layout.root / "course.toml"
    declared = """
[[rubrics]]
lesson = "welcome"
question = "wish"
least = 0.5
guide = "Be kind."
items = [
  { points = 1, text = "Names a goal", note = "any goal", key = "3" },
  { points = -0.5, text = "Vague", when = "failed" },
]
"""
    before = file.read_text()
    file.write_text(before + declared)
    with Desk(Course.open(course.layout.root), "grace") as desk:
        rubric, version = desk.rubric(desk.question("welcome", "welcome", "wish"))
    assert version == 0
    assert (rubric.least, rubric.guide) == (0.5, "Be kind.")
    assert [(item.points, item.text, item.note, item.key, item.when) for item in rubric.items] == [
        (1, "Names a goal", "any goal", "3", ""), (-0.5, "Vague", "", "1", "failed")]  # fmt: skip
    file.write_text(before + declared.replace('when = "failed"', 'key = "3"'))
    with pytest.raises(Invalid, match="two items have the key '3'"):
        Course.open(course.layout.root)
