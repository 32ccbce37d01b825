"""The text of a ``%%quiz`` cell."""

import pytest

from course.questions.text import QuizTextError, is_quiz, parse

WHOLE = """%%quiz robust-summary points=2 credit=each
Which summary resists
one very large salary?

- [ ] mean    -- pulled by every value
- [x] median  -- right: half the values -- or so -- lie below it
* [X] mode
hint: think of five salaries
HINT: then of six
"""


def test_a_question_is_read_with_all_its_parts() -> None:
    item = parse(WHOLE)

    assert (item.id, item.kind, item.mode, item.points) == (
        "robust-summary", "multiple", "graded", 2.0)  # fmt: skip
    assert item.prompt == "Which summary resists\none very large salary?"
    assert [(o.id, o.text, o.right) for o in item.options] == [
        ("a", "mean", False), ("b", "median", True), ("c", "mode", True)]  # fmt: skip
    assert item.options[0].why == "pulled by every value"
    assert item.options[1].why == "right: half the values -- or so -- lie below it"
    assert item.options[2].why == ""
    assert item.hints == ("think of five salaries", "then of six")
    assert item.setting("credit") == "each"
    assert item.setting("unheard", "none") == "none"


def test_without_points_a_question_is_practice_and_with_one_right_option_single() -> None:
    item = parse("%%quiz a\nWhy?\n- [x] yes\n- [ ] no\n")
    assert (item.mode, item.points, item.kind) == ("practice", 0.0, "single")


def test_brackets_inside_an_option_are_its_text() -> None:
    item = parse('%%quiz a\nWhich?\n- [x] df[["a"]]\n- [ ] df["a"]\n')
    assert [option.text for option in item.options] == ['df[["a"]]', 'df["a"]']


@pytest.mark.parametrize("source", ["%%quiz a", "\n\n  %%quiz a"])
def test_a_quiz_cell_is_known_by_its_first_word(source: str) -> None:
    assert is_quiz(source)
    assert not is_quiz("print('%%quiz')")


BODY = "\nWhy?\n- [x] yes\n- [ ] no\n"


@pytest.mark.parametrize(
    ("source", "line", "text"),
    [
        ("%%quiz" + BODY, 1, "one name in small letters is needed"),
        ("%%quiz Big" + BODY, 1, "one name in small letters is needed"),
        ("%%quiz ../up" + BODY, 1, "one name in small letters is needed"),
        ("%%quiz two names" + BODY, 1, "one name in small letters is needed"),
        ("%%quiz a mode=exam" + BODY, 1, "mode=exam is unknown; use one of graded, practice"),
        ("%%quiz a points=many" + BODY, 1, "points=many is not a number from 0 to 1000"),
        ("%%quiz a points=-1" + BODY, 1, "points=-1 is not a number"),
        ("%%quiz a points=nan" + BODY, 1, "points=nan is not a number"),
        ("%%quiz a points=1001" + BODY, 1, "points=1001 is not a number"),
        ("%%quiz a mode=practice points=1" + BODY, 1, "mode=practice earns no points; leave out"),
        ('%%quiz a title="open' + BODY, 1, "No closing quotation"),
        ("%%quiz a\nWhy?\n- [y] yes\n- [x] no\n", 3, "an option is written '- [ ] text'"),
        ("%%quiz a\nWhy?\n- [] yes\n- [x] no\n", 3, "an option is written '- [ ] text'"),
        ("%%quiz a\nWhy?\n- [x] yes\nbut why?\n- [ ] no\n", 4, "text after the answers"),
    ],
)
def test_a_mistake_is_told_with_its_line(source: str, line: int, text: str) -> None:
    with pytest.raises(QuizTextError) as caught:
        parse(source)

    assert [number for number, _ in caught.value.problems] == [line]
    assert text in caught.value.problems[0][1]
    assert f"line {line}: " in str(caught.value)


def test_all_mistakes_of_a_question_are_told_at_once() -> None:
    with pytest.raises(QuizTextError) as caught:
        parse("%%quiz A mode=exam points=x\nWhy?\n- [y] yes\n- [x] no\ntail\n")

    assert sorted(number for number, _ in caught.value.problems) == [1, 1, 1, 3, 5]


def test_more_options_than_letters_are_told_as_too_many() -> None:
    options = "\n".join(f"- [ ] option {number}" for number in range(27))
    with pytest.raises(QuizTextError) as caught:
        parse(f"%%quiz a\nWhich?\n{options}\n")

    assert caught.value.problems == [(29, "there are more than 26 options; leave some out")]
