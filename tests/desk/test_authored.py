"""A question without a rubric from the desk has the one that stands in the lesson's source."""

import os

from course.desk import Desk
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
