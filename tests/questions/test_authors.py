"""What an author writes in every kind, and what is said to a slip in it."""

import pytest

from course.questions import Item, Option, check, kind_of
from course.questions.text import QuizTextError, parse

FENCE = "```"


def said(text: str) -> list[tuple[int, str]]:
    """Return everything that is wrong with a question, as its author is told."""
    try:
        return [(problem.line, str(problem)) for problem in check(parse(text))]
    except QuizTextError as error:
        return error.problems


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("- [x] a\n- [ ] b", "single"), ("- [x] a\n- [x] b", "multiple"), ("= 4", "number"),
        ("= 4 apples", "text"), ("= {n} * 2\nlet n = 1..9", "number"), ("= four", "text"), ("1. a\n2. b", "ordering"),
        ("- a => b\n- c => d", "matching"), ("It is [[4]].", "blanks"), (f"{FENCE}lines\na\nb\n{FENCE}", "parsons"),
        (f"{FENCE}output\na\n{FENCE}", "predict"), ("least: 5", "words"), ("scale: 1..7", "rating"),
        ("= 4 +- x", "number"),
        ("1. first\n2. second\n- [x] both\n- [ ] none", "single"),  # the numbers belong to the prompt
    ],
)  # fmt: skip
def test_the_kind_is_seen_from_how_the_answers_are_written(body: str, kind: str) -> None:
    try:
        found = parse(f"%%quiz q\nWhat?\n{body}\n").kind
    except QuizTextError:
        found = ""
    assert found == kind


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("%%quiz q\n= 4", 1, "the question has no text"),
        ("%%quiz q\nWhat?\n= 4 +- x", 3, "'x' is unknown"),
        ("%%quiz q\nWhat?\n= 1/3", 3, "'1/3' never ends as a decimal number; give a tolerance, as in = 1/3 +- 0.01"),
        ("%%quiz q\nWhat?\n= 5..3", 3, "goes up, as in 40..45"),
        ("%%quiz q\nWhat?\n! 3 -- no", 1, "no option is right"),
        ("%%quiz q kind=number\nWhat?\n! 3 -- no", 1, "no answer is right; write one such as '= 42.5 +- 0.5'"),
        ("%%quiz q\nWhat?\n= 3\nunits: kg, g", 1, "'kg' has no factor; write them as in: kg = 1, g = 0.001"),
        ("%%quiz q\nWhat?\n= 3\nunits: g = 0.001, kg = 1", 1, "the first unit is the one that the answers are in"),
        ("%%quiz q\nWhat?\n= 3\nfigures: many", 1, "figures: many is not a number from 1 to 15"),
        ("%%quiz q\nWhat?\n= 3\nsoluton: never", 4, "'soluton:' is unknown; did you mean 'solution'?"),
        ("%%quiz q\nWhat?\n= 3\nsolution: soon", 4, "solution: soon is unknown; use 'after pass', 'after 3 tries'"),
        ("%%quiz q\nWhat?\n= 3\ndelay: soon", 4, "delay: soon is no time; write it as '30 seconds'"),
        ("%%quiz q\nWhat?\n= 3\nhint:", 4, "the hint is empty"),
        ("%%quiz q\nWhat?\n=  ", 3, "there is no answer after '='"),
        ("%%quiz q points=1\nWhat?\n= 3\nsolution: after pass", 1, "the solution of a graded question stays with the grader"),
        ("%%quiz q mode=must-correct\nWhat?\n= 3", 1, "give it options to shuffle, or numbers that vary"),
        ("%%quiz q mode=must-correct tries=2\nWhat?\n- [x] a\n- [ ] b", 1, "leave out tries="),
        ("%%quiz q tries=few\nWhat?\n- [x] a\n- [ ] b", 1, "tries=few is not a number"),
        ("%%quiz q kind=words mode=must-correct\nWhat?", 1, "they can't be must-correct"),
        ("%%quiz q kind=words\nWhat?\nleast: 9\nmost: 3", 1, "'least:' is more than 'most:'"),
        (f"%%quiz q\nWhat?\nleast: 9\n{FENCE}model\nShort.\n{FENCE}", 1, "the model answer has too few or too many words"),
        ("%%quiz q points=2\nWhat?\nscale: 1..5", 1, "a rating has no right answer; leave out points="),
        ("%%quiz q\nWhat?\nscale: 5..1", 1, "the scale has 2 to 11 steps, as in: scale: 1..5"),
        ("%%quiz q kind=poll\nWhat?\n- [x] a\n- [ ] b", 1, "a poll has no right answer; write every option as '- [ ]"),
        ("%%quiz q\nWhat?\n1. a\n1. b", 1, "all lines have the same number"),
        ("%%quiz q\nWhat?\n2. a\n1. b", 4, "1 comes after 2; write the lines in the right order"),
        ("%%quiz q\nWhat?\n1. a\n2. a", 1, "'a' stands twice"),
        ("%%quiz q\nWhat?\n- a => b", 1, "matching needs two pairs at least"),
        ("%%quiz q\nWhat?\n- a => b\n- c => b", 1, "everything on the left belongs to the same"),
        ("%%quiz q\nWhat?\n- a => b\n- a => c", 4, "'a' stands twice on the left"),
        ("%%quiz q\nWhat?\n- a => b\n- c =>", 4, "there is nothing on the right of '=>'"),
        ("%%quiz q kind=blanks\nWhat?", 1, "there is no blank; write one as [[median|middle value]]"),
        ("%%quiz q\nIt is [[(x) a]].", 1, "blank 1 needs two choices at least, one of them right"),
        ("%%quiz q\nIt is [[/a+/]].", 1, "blank 1 has a pattern alone; put a plain answer first"),
        ("%%quiz q\nIt is [[= x]].", 1, "'x' is unknown"),
        (f"%%quiz q\nWhat?\n{FENCE}lines\nfor a in b:\n    c\n      d\n{FENCE}", 6, "this line is indented by 6 blanks, others by 4"),
        (f"%%quiz q\nWhat?\n{FENCE}lines\na\nb\n{FENCE}\nany-order: 2-9", 3, "any-order: 2-9 is no run of lines from 1 to 2"),
        (f"%%quiz q\nWhat?\n{FENCE}lines\na\nb\n{FENCE}\n{FENCE}wrong\na -- no\n{FENCE}", 1, "'a' stands among the right lines and the wrong"),
        (f"%%quiz q\nWhat?\n{FENCE}lines\na\n", 3, "the block is not closed; end it with a line of ```"),
        (f"%%quiz q\nWhat?\n{FENCE}output\n4\n{FENCE}", 1, "there is no code; show it between two lines of ```"),
        (f"%%quiz q\nWhat?\n{FENCE}\na\n{FENCE}\n{FENCE}output\n{FENCE}", 1, "the block of the output is empty"),
        ("%%quiz q kind=number\nWhat?\n- [x] a", 3, "a question of kind number has no options; leave out kind=number"),
        ("%%quiz q\nWhat?\nlet n = 1..9\n= {n}", 1, "'n' changes the answer and is never shown; put {n} into the prompt"),
        ("%%quiz q\nWhat?\nlet n = 1..9\n= 3", 1, "'n' varies and is used nowhere"),
        ("%%quiz q\nWhat is 12/{n}?\nlet n = -2..2\n= 12 / {n}", 1, "divides by zero"),
        ("\n\n%%quiz q\nWhat?\n= 5..3", 5, "goes up"),
    ],
)  # fmt: skip
def test_a_slip_is_told_with_its_line_and_what_to_do(text: str, line: int, message: str) -> None:
    problems = said(text)
    assert any(number == line and message in each for number, each in problems), problems


def test_lines_that_may_change_places_are_right_in_any_order_and_twins_are_one() -> None:
    item = parse(
        f"%%quiz q\nWhat?\n{FENCE}lines\nimport a\nimport b\nrun()\nrun()\n{FENCE}\nany-order: 1-2\n"
    )
    one, two, run, again = (entry.split(":")[0] for entry in item.key)

    def share(*ids: str) -> float | None:
        return kind_of(item).grade(item, tuple(f"{each}:0" for each in ids), 1).share

    assert share(one, two, run, again) == share(two, one, again, run) == 1
    assert share(one, run, two, again) == share(one, two, run) == 0


def test_a_line_that_is_indented_otherwise_is_told_as_that() -> None:
    item = parse(f"%%quiz q\nWhat?\n{FENCE}lines\nif a:\n    b\nc\n{FENCE}\n")
    first, inner, last = (entry.split(":")[0] for entry in item.key)
    result = kind_of(item).grade(item, (f"{first}:0", f"{inner}:0", f"{last}:0"), 1)
    assert (result.share, result.reasons) == (0, (("b", "This line is indented otherwise."),))


def test_the_same_text_keeps_its_id_when_other_lines_change() -> None:
    one, more = (
        parse(f"%%quiz q\nWhat?\n{steps}") for steps in ("1. b\n2. c", "1. a\n2. b\n3. c\n4. d")
    )
    assert {option.text: option.id for option in one.options}.items() <= {
        option.text: option.id for option in more.options}.items()  # fmt: skip


@pytest.mark.parametrize(
    ("unlock", "open_at"),
    [("pass", [(0, True, False)]), ("3", [(3, False, False), (1, True, False)]), ("due", [(0, False, True)]), ("never", [])],
)  # fmt: skip
def test_the_solution_is_unlocked_by_its_rule(
    unlock: str, open_at: list[tuple[int, bool, bool]]
) -> None:
    item = Item("q", "single", "?", (Option("a", "x", right=True),), unlock=unlock)
    assert not item.unlocked(tries=2, passed=False, overdue=False)
    for tries, passed, overdue in open_at:
        assert item.unlocked(tries=tries, passed=passed, overdue=overdue)


def test_all_lines_of_a_question_are_kept() -> None:
    item = parse("%%quiz q mode=must-correct tries=0\nWhat?\n- [x] a\n- [ ] b\nhint: one\nhint: two\ndelay: 10 minutes\n"
                 "solution: after 2 tries\nobjective: group\n")  # fmt: skip
    assert (item.hints, item.delay, item.unlock, item.objective) == (
        ("one", "two"),
        600,
        "2",
        "group",
    )
