"""Every kind of question, through all five verbs."""

import json

import pytest

from course.questions import Item, Kind, MalformedAnswerError, Option, check, kind_of, kinds
from course.questions.text import parse

EXAMPLES = {
    "single": [
        """%%quiz summary
Which summary resists one very large salary?
- [ ] mean -- KEYWHY pulled by every value
- [x] median -- KEYWHY half the values lie below it
- [ ] sum -- KEYWHY it only grows
hint: think of five salaries
""",
        """%%quiz two points=1
Is `3 > 2`?
- [x] yes
- [ ] no -- KEYWHY look again
""",
    ],
    "multiple": [
        """%%quiz primes points=2
Which are prime?
- [x] 2 -- KEYWHY the only even one
- [x] 3 -- KEYWHY yes
- [ ] 4 -- KEYWHY two times two
- [ ] 6 -- KEYWHY two times three
""",
        """%%quiz primes-each points=2 credit=each
Which are prime?
- [x] 2 -- KEYWHY the only even one
- [x] 3
- [ ] 4 -- KEYWHY two times two
""",
        """%%quiz one-of-many kind=multiple mode=must-correct
Choose all that hold.
- [ ] 1 > 2
- [x] 2 > 1 -- KEYWHY two is more
- [ ] 0 > 1
""",
    ],
}
ITEMS = [parse(text) for texts in EXAMPLES.values() for text in texts]
IDS = [f"{item.kind}-{item.id}" for item in ITEMS]
MALFORMED = [None, 7, 1.5, True, {}, {"a": 1}, [["a"]], [None], b"a", object()]


def choice(*options: Option, kind: str = "single", prompt: str = "Why?", credit: str = "") -> Item:
    settings = (("credit", credit),) if credit else ()
    return Item("q", kind, prompt, options, settings=settings)


def test_every_kind_has_an_example_here() -> None:
    assert set(EXAMPLES) == set(kinds())


@pytest.mark.parametrize("item", ITEMS, ids=IDS)
def test_a_kind_keeps_its_word_in_all_five_verbs(item: Item) -> None:
    kind: Kind = kind_of(item)
    samples = kind.samples(item, 1)

    assert check(item) == []
    assert {"correct", "wrong", "malformed"} <= set(samples) <= {
        "correct", "partly", "wrong", "malformed"}  # fmt: skip

    shares = {
        name: kind.grade(item, kind.parse(item, raw), 1).share
        for name, raw in samples.items()
        if name != "malformed"
    }
    assert shares["correct"] == 1
    assert shares["wrong"] == 0
    partly = shares.get("partly")
    if item.setting("credit") == "each":
        assert partly is not None
        assert 0 < partly < 1
    else:
        assert partly in (None, 0), "without partial credit half an answer earns nothing"
    with pytest.raises(MalformedAnswerError) as caught:
        kind.parse(item, samples["malformed"])
    assert str(caught.value).endswith("."), "the learner reads this beside the field"


@pytest.mark.parametrize("item", ITEMS, ids=IDS)
def test_an_answer_survives_the_record_and_is_parsed_again_to_itself(item: Item) -> None:
    kind = kind_of(item)
    answer = kind.parse(item, kind.samples(item, 1)["correct"])

    assert kind.parse(item, json.loads(json.dumps(answer))) == answer


@pytest.mark.parametrize("item", ITEMS, ids=IDS)
@pytest.mark.parametrize("raw", MALFORMED, ids=lambda raw: f"{raw!r:.12}")
def test_no_value_makes_a_kind_raise_anything_but_a_malformed_answer(
    item: Item, raw: object
) -> None:
    with pytest.raises(MalformedAnswerError):
        kind_of(item).parse(item, raw)


@pytest.mark.parametrize("item", ITEMS, ids=IDS)
def test_what_a_learner_may_see_holds_nothing_of_the_key(item: Item) -> None:
    text = json.dumps(kind_of(item).prepare(item, seed=3))

    assert "right" not in text
    assert "why" not in text
    assert "KEYWHY" not in text
    assert item.prompt in json.loads(text)["prompt"]


@pytest.mark.parametrize("item", ITEMS, ids=IDS)
def test_one_seed_gives_one_order_and_another_seed_another(item: Item) -> None:
    kind = kind_of(item)
    orders = {json.dumps(kind.prepare(item, seed)) for seed in range(20)}

    assert kind.prepare(item, 5) == kind.prepare(item, 5)
    assert len(orders) > 1


def test_the_reasons_of_a_wrong_choice_say_why() -> None:
    item = ITEMS[0]
    assert kind_of(item).grade(item, ("a",), 1).reasons == (
        ("mean", "KEYWHY pulled by every value"),
    )


def test_a_single_choice_takes_one_option_only() -> None:
    with pytest.raises(MalformedAnswerError, match="Choose one option only"):
        kind_of(ITEMS[0]).parse(ITEMS[0], ["a", "b"])


def test_no_choice_at_all_is_told_as_such() -> None:
    with pytest.raises(MalformedAnswerError, match="Choose an option first"):
        kind_of(ITEMS[0]).parse(ITEMS[0], [])


def test_choosing_everything_earns_nothing_with_credit_for_each() -> None:
    item = parse(EXAMPLES["multiple"][1])
    assert kind_of(item).grade(item, ("a", "b", "c"), 1).share == 0


def test_choosing_more_wrong_than_right_is_never_below_zero() -> None:
    item = choice(
        Option("a", "1", right=True), Option("b", "2", right=True), Option("c", "3"),
        kind="multiple", credit="each",
    )  # fmt: skip
    assert kind_of(item).grade(item, ("a", "c"), 1).share == 0


def test_an_order_of_ticking_and_a_double_tick_change_nothing() -> None:
    item = parse(EXAMPLES["multiple"][0])
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
