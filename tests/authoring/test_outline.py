"""What a release tells a lesson about itself: its sections, and the answers prepared for it."""

import nbformat
import pytest

from course.authoring import outline
from course.errors import Invalid

CODE, TEXT = nbformat.v4.new_code_cell, nbformat.v4.new_markdown_cell


def test_questions_belong_to_the_section_above_them_and_take_its_heading() -> None:
    node = nbformat.v4.new_notebook(cells=[
        TEXT("# A lesson\n\n## Ignored"),
        CODE("%%quiz warm-up mode=practice\nWhich?\n- [x] this\n- [ ] that"),
        TEXT("## Clean\n\nThe text."),
        CODE('course.section("cleaning", objective="clean")'),
        CODE("x = 1"),
        CODE('course.check("mean")'),
        TEXT("Only text, with no heading."),
        CODE('course.quiz("last")'),
        CODE('course.section("empty", objective=["a", "b"])'),
        CODE("course.section(name)"),
    ])  # fmt: skip
    assert outline.sections([node]) == [
        {"id": "", "title": "", "objectives": [], "questions": ["warm-up"]},
        {
            "id": "cleaning",
            "title": "Clean",
            "objectives": ["clean"],
            "questions": ["mean", "last"],
        },
        {"id": "empty", "title": "Clean", "objectives": ["a", "b"], "questions": []},
    ]


def test_prepared_answers_are_read_without_running_the_tests() -> None:
    source = "import nowhere\nanswer('mean', 'Divide.', error='ZeroDivisionError', words='zero')\n"
    assert outline.answers(source, "tests.py") == [
        {"exercise": "mean", "text": "Divide.", "error": "ZeroDivisionError", "words": ["zero"]}
    ]


@pytest.mark.parametrize("call", ["answer('mean')", "answer('mean', 'text', word='nan')"])
def test_a_prepared_answer_that_is_written_wrongly_says_where_and_how(call: str) -> None:
    with pytest.raises(Invalid) as error:
        outline.answers(f"\n{call}\n", "tests.py")
    assert "tests.py:2" in str(error.value)
    assert call in str(error.value)
    assert 'answer("exercise", "text", error="KeyError", words=["nan"])' in str(error.value)
