"""What varies by the seed, and arithmetic that can do no harm."""

from fractions import Fraction

import pytest

from course.questions import Item, variant_after
from course.questions.text import QuizTextError, parse
from course.questions.vary import evaluate, filled, values, written

N = Fraction(3)


@pytest.mark.parametrize(
    ("text", "value"),
    [("{n} * 2", 6), ("-{n}**2", -9), ("(0.1 + 0.2) * 10", 3), ("7 // 2 + 7 % 2", 4), ("2**-1", Fraction(1, 2)),
     ("round(10 / {n}, 2)", Fraction("3.33")), ("sqrt(16) + abs(-1)", 5), ("max(1, {n}) - min(1, {n})", 2)],
)  # fmt: skip
def test_arithmetic_is_exact(text: str, value: Fraction) -> None:
    assert evaluate(text, {"n": N}) == value


@pytest.mark.parametrize(
    ("text", "said"),
    [("1 / 0", "divides by zero"), ("{m} + 1", r"'m' is unknown; declare it \('let m = 10..20'\)"), ("n + 1", "'n' is unknown"),
     ("9**9**9", "a power is 64 at most"), ("((9**64)**64)**64", "the number grows too large"), ("1 +", "not a number or a formula"),
     ("__import__('os')", "can't be computed"), ("(1).real", "can't be computed"), ("[1][0]", "can't be computed"),
     ("2 ^ 3", "can't be computed"), ("sqrt(-1)", "no square root"), ("'a' * 9", "can't be computed"), ("True", "can't be computed"),
     ("(" * 300 + ")" * 300, "too long"), ("1e999", "not a number|inf")],
)  # fmt: skip
def test_a_formula_that_cannot_be_computed_is_told(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        evaluate(text, {"n": N})


def test_only_declared_names_in_braces_are_replaced() -> None:
    assert filled(r"$\frac{1}{n}$ and {n} of {m}", {"n": N}) == r"$\frac{1}3$ and 3 of {m}"
    assert [written(Fraction(each)) for each in ("2", "0.25", "1/3")] == ["2", "0.25", "0.333333"]


def drawn(*lets: tuple[str, str]) -> list[dict[str, object]]:
    item = Item("q", "number", "", variables=lets)
    return [dict(values(item, number)) for number in range(300)]


def test_a_range_gives_every_step_of_it_and_nothing_else() -> None:
    assert {each["n"] for each in drawn(("n", "2..6 step 2"))} == {2, 4, 6}
    assert {each["n"] for each in drawn(("n", "0.1..0.3"))} == {
        Fraction(1, 10),
        Fraction(1, 5),
        Fraction(3, 10),
    }
    assert {each["c"] for each in drawn(("c", "Oslo, Rome"))} == {"Oslo", "Rome"}
    assert all(each["m"] == each["n"] * 2 for each in drawn(("n", "1..9"), ("m", "{n} * 2")))


@pytest.mark.parametrize(
    ("let", "said"),
    [("n = 5..5", "a range goes up"), ("n = 9..1", "a range goes up"), ("n = 7", "give a range such as 10..20"),
     ("class = 1..2", "can't be a variable's name"), ("n = {k} + 1", "'k' is unknown")],
)  # fmt: skip
def test_a_slip_in_a_let_line_is_told_with_its_line(let: str, said: str) -> None:
    with pytest.raises(QuizTextError) as caught:
        parse(f"%%quiz q\nWhat?\nlet {let}\n= 3\n")
    assert caught.value.problems[0][0] == 3
    assert said in caught.value.problems[0][1]


def test_the_next_variant_looks_different() -> None:
    item = parse("%%quiz q mode=must-correct\nWhich?\n- [x] a\n- [ ] b\n")
    from course.questions import kind_of, seed

    for start in range(20):
        after = variant_after(item, "ana", start)
        one, other = (
            kind_of(item).prepare(item, seed("ana", "q", number)) for number in (start, after)
        )
        assert after > start
        assert one != other
