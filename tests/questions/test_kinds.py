"""Every kind of question, through all five verbs."""

import json

import pytest
from questions import SOURCES

from course.questions import (
    Item,
    Kind,
    MalformedAnswerError,
    Option,
    check,
    kind_of,
    kinds,
    solution,
)
from course.questions.text import parse

MARKED = [name for name in SOURCES if name not in ("how-sure", "next-topic", "why-median", "own")]
every = pytest.mark.parametrize("name", SOURCES)


def made(name: str) -> Item:
    return parse(SOURCES[name])


MALFORMED = [None, 7, 1.5, True, {}, {"a": 1}, [["a"]], [None], b"a", object(), [], [""] * 99]


def choice(*options: Option, kind: str = "single", prompt: str = "Why?", credit: str = "") -> Item:
    settings = (("credit", credit),) if credit else ()
    return Item("q", kind, prompt, options, settings=settings)


def test_every_kind_has_an_example_here() -> None:
    assert {made(name).kind for name in SOURCES} == set(kinds())
    assert "even" in kinds(), "the other package's"


@every
def test_a_kind_keeps_its_word_in_all_five_verbs(name: str) -> None:
    item = made(name)
    kind: Kind = kind_of(item)
    assert check(item) == []
    for number in range(25):
        samples = kind.samples(item, number)
        shares = {
            which: kind.grade(item, kind.parse(item, raw), number).share
            for which, raw in samples.items() if which != "malformed"
        }  # fmt: skip
        if name in MARKED:
            assert (shares["correct"], shares["wrong"]) == (1, 0)
            partly = shares.get("partly", 0)
            assert partly is not None
            assert (
                0 < partly < 1
                if item.setting("credit") == "each" and "partly" in shares
                else not partly
            )
        else:
            assert set(shares.values()) == {None}, "no machine can tell"
        with pytest.raises(MalformedAnswerError, match=r"\.$"):  # the learner reads this
            kind.parse(item, samples["malformed"])


@every
def test_an_answer_survives_the_record_and_is_parsed_again_to_itself(name: str) -> None:
    item = made(name)
    kind = kind_of(item)
    for which in ("correct", "wrong"):
        answer = kind.parse(item, kind.samples(item, 3)[which])
        assert kind.parse(item, json.loads(json.dumps(answer))) == answer


@every
@pytest.mark.parametrize("raw", MALFORMED, ids=lambda raw: f"{raw!r:.12}")
def test_no_value_makes_a_kind_raise_anything_but_a_malformed_answer(
    name: str, raw: object
) -> None:
    item = made(name)
    with pytest.raises(MalformedAnswerError):
        kind_of(item).parse(item, raw)


@every
def test_what_a_learner_may_see_needs_nothing_of_the_key_and_holds_nothing_of_it(name: str) -> None:
    item = made(name)
    bare = item.without_key()
    for number in range(10):
        shown = kind_of(item).prepare(item, number)
        assert kind_of(item).prepare(bare, number) == shown
        assert json.loads(json.dumps(shown)) == shown
        assert {"id", "kind", "form", "mode", "points", "prompt", "hints"} <= set(shown)
        assert "KEYWHY" not in json.dumps(shown)
    assert "KEYWHY" not in repr(bare)
    assert not bare.keyed


@every
def test_one_seed_gives_one_variant_and_another_seed_another_where_it_varies(name: str) -> None:
    item = made(name)
    variants = {json.dumps(kind_of(item).prepare(item, number)) for number in range(40)}

    assert kind_of(item).prepare(item, 5) == kind_of(item).prepare(item, 5)
    assert (len(variants) > 1) == item.varies


@every
def test_the_solution_is_an_answer_that_people_can_read(name: str) -> None:
    item = made(name)
    text = solution(item, 4)
    assert bool(text) == item.keyed
    assert "{" not in text.replace("{n}", "{"), "the variant's values stand in it"
    assert solution(item.without_key(), 4) == ""


@pytest.mark.parametrize("raw", [["x" * 10**6], ["9" * 10**6], ["1e999999999"], ["nan"], ["\ud800"], ["\0"],
                                 ["a", "a"], ["a=a=a"], ["a:99999999"], ["a:-1"], ["٣"], ["½"], ["="], [":"]])  # fmt: skip
@every
def test_a_hostile_answer_is_refused_or_judged(name: str, raw: list[str]) -> None:
    item = made(name)
    kind = kind_of(item)
    try:
        answer = kind.parse(item, raw)
    except MalformedAnswerError:
        return
    "".join(answer).encode()
    share = kind.grade(item, answer, 1).share
    assert share is None or 0 <= share <= 1


def test_the_reasons_of_a_wrong_choice_say_why() -> None:
    item = made("summary")
    assert kind_of(item).grade(item, ("a",), 1).reasons == (
        ("mean", "KEYWHY pulled by every value"),
    )


def test_a_single_choice_takes_one_option_only() -> None:
    with pytest.raises(MalformedAnswerError, match="Choose one option only"):
        kind_of(made("summary")).parse(made("summary"), ["a", "b"])


def test_no_choice_at_all_is_told_as_such() -> None:
    with pytest.raises(MalformedAnswerError, match="Choose an option first"):
        kind_of(made("summary")).parse(made("summary"), [])


def test_choosing_everything_earns_nothing_with_credit_for_each() -> None:
    item = made("primes-each")
    assert kind_of(item).grade(item, ("a", "b", "c"), 1).share == 0


def test_choosing_more_wrong_than_right_is_never_below_zero() -> None:
    item = choice(
        Option("a", "1", right=True), Option("b", "2", right=True), Option("c", "3"),
        kind="multiple", credit="each",
    )  # fmt: skip
    assert kind_of(item).grade(item, ("a", "c"), 1).share == 0


def test_an_order_of_ticking_and_a_double_tick_change_nothing() -> None:
    item = made("primes")
    kind = kind_of(item)
    assert kind.parse(item, ["b", "a", "a"]) == kind.parse(item, ["a", "b"])


GOOD = (Option("a", "yes", right=True), Option("b", "no"))


@pytest.mark.parametrize(
    ("item", "problem"),
    [
        (choice(*GOOD, prompt=""), "the question has no text; write it below the first line"),
        (choice(GOOD[0]), "a choice needs two options at least"),
        (choice(Option("a", "yes"), Option("b", "no")), "no option is right; mark it with '- [x]'"),
        (choice(GOOD[0], Option("b", "yes")), "the option 'yes' stands twice"),
        (choice(GOOD[0], Option("b", "")), "option 'b' is empty"),
        (choice(GOOD[0], Option("b", "no", right=True)), "one right option; use kind=multiple"),
        (choice(*GOOD, kind="multiple", credit="half"), "credit=half is unknown; use 'all'"),
    ],
)
def test_an_authors_mistake_is_named_with_what_to_do(item: Item, problem: str) -> None:
    found = check(item)
    assert len(found) == 1
    assert problem in found[0]


def test_a_kind_that_nobody_installed_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="riddle"):
        kind_of(choice(*GOOD, kind="riddle"))
