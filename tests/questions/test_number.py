"""Numbers, as people write them and as authors mean them."""

import pytest

from course.questions import MalformedAnswerError, Result, check, kind_of
from course.questions.number import has_figures, read
from course.questions.text import parse


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("42", "42"), ("42,5", "42.5"), ("+ 4.20", "4.20"), ("\N{MINUS SIGN}3", "-3"), (".5", "0.5"), ("5.", "5"),
        ("1 234,5", "1234.5"), ("1\N{NARROW NO-BREAK SPACE}234\N{NO-BREAK SPACE}567", "1234567"),
        ("1,234.5", "1234.5"), ("1.234,5", "1234.5"), ("1,234,567", "1234567"), ("1.234.567", "1234567"),
        ("1'234.5", "1234.5"), ("1_000_000", "1000000"), ("0,125", "0.125"), ("1.234", "1.234"),
        ("12345,678", "12345.678"), ("4.2e1", "4.2e1"), ("4.2 x 10^-3", "4.2e-3"), ("6,02 · 10**23", "6.02e23"),
    ],
)  # fmt: skip
def test_a_number_is_read_as_people_write_it_and_reads_the_same_again(
    typed: str, number: str
) -> None:
    assert read(typed) == (number, "")
    assert read(number) == (number, "")


@pytest.mark.parametrize(
    "typed", ["1,23,4", "1 2", "1.2.3", "--1", "1e", "", "twelve", "0x10", "1e9999", "१२", "1/3"]
)
def test_what_is_no_number_is_told_with_an_example_of_one(typed: str) -> None:
    item = parse("%%quiz q\nHow many?\n= 12\n")
    with pytest.raises(
        MalformedAnswerError, match=r"such as 3\.5|Write a number first|Write the number alone"
    ):
        kind_of(item).parse(item, [typed])


def test_what_can_be_two_numbers_is_asked_back_instead_of_guessed() -> None:
    with pytest.raises(
        MalformedAnswerError, match=r"1,234 can mean two numbers\. Write 1234 or 1\.234\."
    ):
        read("1,234")


def graded(text: str, *answer: str) -> Result:
    item = parse(f"%%quiz q\nHow many?\n{text}\n")
    assert check(item) == []
    return kind_of(item).grade(item, kind_of(item).parse(item, list(answer)), 1)


@pytest.mark.parametrize(
    ("rule", "right", "wrong"),
    [
        ("= 42", ["42", "42.0", "4.2e1", "42,000"[:5]], ["42.1", "-42"]),
        ("= 42.5 +- 0.5", ["42", "43", "42,7"], ["41.99", "43.01"]),
        ("= 200 ± 2%", ["196", "204"], ["195.9", "204.1"]),
        ("= 40..45", ["40", "45"], ["39.9", "45.1"]),
        ("= 1\n= 3", ["1", "3"], ["2"]),
        ("= 0.1 * 3", ["0.3", ".30"], ["0.3000000001"]),
        ("= -5..-3", ["-4"], ["4"]),
    ],
)
def test_a_rule_means_what_the_page_says(rule: str, right: list[str], wrong: list[str]) -> None:
    assert [graded(rule, each).share for each in right] == [1] * len(right)
    assert [graded(rule, each).share for each in wrong] == [0] * len(wrong)


def test_a_known_wrong_answer_has_the_tolerance_of_the_right_one() -> None:
    assert graded("= 42.5 +- 0.5\n! 425 -- you forgot to divide", "425,3").reasons == (
        ("425.3", "you forgot to divide"),
    )


UNITS = "= 2.5 +- 0.1\nunits: kg = 1, g = 0.001"


def test_units_are_converted_as_the_author_declares_them() -> None:
    assert graded(UNITS, "2.5", "kg").share == 1
    assert graded(UNITS, "2500 g").share == 1
    assert graded(UNITS, "2500", "kg") == Result(
        0.0, (("2500 kg", "The number fits, the unit does not."),)
    )


@pytest.mark.parametrize(
    ("text", "answer", "said"),
    [
        (UNITS, ["2.5"], r"Choose a unit\."), (UNITS, ["2.5", "lb"], r"Write the unit: kg, g\."),
        ("= 2\nunit: m", ["2 km"], r"Write the unit: m\."), ("= 2", ["2 km"], r"Write the number alone\."),
    ],
)  # fmt: skip
def test_a_unit_that_is_missing_or_unknown_is_told(text: str, answer: list[str], said: str) -> None:
    with pytest.raises(MalformedAnswerError, match=said):
        graded(text, *answer)


def test_a_unit_that_stands_behind_the_field_may_be_typed_as_well() -> None:
    assert graded("= 2\nunit: m", "2 m").share == 1


@pytest.mark.parametrize(
    ("number", "figures", "so"),
    [("9.81", 3, True), ("9.810", 3, False), ("0.00120", 3, True), ("1200", 2, True), ("1200", 4, True),
     ("1200", 5, False), ("1200.", 2, True), ("-1.50e3", 3, True), ("0", 1, True), ("0.5", 3, False)],
)  # fmt: skip
def test_significant_figures_are_counted_as_a_physicist_counts_them(
    number: str, figures: int, so: bool
) -> None:
    assert has_figures(read(number)[0], figures) is so


def test_a_right_value_in_another_precision_is_told_and_earns_half_where_credit_is_for_each() -> (
    None
):
    for credit, share in (("all", 0), ("each", 0.5)):
        result = graded(f"= 2 / 3\nfigures: 3\ncredit: {credit}", "0.6667")
        assert result.share == share
        assert result.reasons[0][1] == "The value is right; give it to 3 significant figures."
    assert graded("= 2 / 3\nfigures: 3", "0,667").share == 1
    assert graded("= 2 / 3\nfigures: 3", "0.660").share == 0
