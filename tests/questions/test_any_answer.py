"""Whatever a learner's record holds, and whatever an author types: nothing breaks."""

import json
import os

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from questions import SOURCES

from course.questions import MalformedAnswerError, check, kind_of, seed
from course.questions.text import QuizTextError, parse

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip
ITEMS = {name: parse(text) for name, text in SOURCES.items() if name != "plugged"}
names = st.sampled_from(sorted(ITEMS))
# the fixture only says where a package is, so that all examples may share it
relaxed = settings(
    max_examples=int(os.environ.get("COURSE_EXAMPLES", "100")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@relaxed
@given(name=names, raw=values, number=st.integers(0, 2**48))
def test_any_json_is_an_answer_that_is_judged_or_a_malformed_one(
    name: str, raw: object, number: int
) -> None:
    item = ITEMS[name]
    kind = kind_of(item)
    try:
        answer = kind.parse(item, raw)
    except MalformedAnswerError:
        return
    assert kind.parse(item, json.loads(json.dumps(answer))) == answer
    share = kind.grade(item, answer, number).share
    assert share is None or 0 <= share <= 1


@relaxed
@given(name=names, data=st.data(), number=st.integers(0, 2**48))
def test_a_changed_right_answer_is_judged_or_a_malformed_one(
    name: str, data: st.DataObject, number: int
) -> None:
    item = ITEMS[name]
    kind = kind_of(item)
    samples = kind.samples(item, number)
    right = samples["correct"]
    raw = data.draw(
        st.lists(st.sampled_from([*right, *samples["wrong"], "", "0"]), max_size=len(right) + 1)
    )
    try:
        share = kind.grade(item, kind.parse(item, raw), number).share
    except MalformedAnswerError:
        return
    assert share is None or 0 <= share <= 1
    if raw == right:
        assert share in (1, None)


@relaxed
@given(name=names, data=st.data())
def test_a_text_with_a_slip_is_read_or_its_mistakes_are_told(
    name: str, data: st.DataObject
) -> None:
    text = SOURCES[name]
    place = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(place, min(len(text), place + 12)))
    slip = data.draw(st.sampled_from(["", "=", "`", "```", "[[", "]]", "{", "{n}", "\n", "- [x]", "-- ", "/", "1.", "=>", "..", "%"]))  # fmt: skip
    spoilt = text[:place] + slip + text[end:]
    if not spoilt.strip().startswith("%%quiz"):
        return
    try:
        item = parse(spoilt)
    except QuizTextError as error:
        told = error.problems
    else:
        told = [(problem.line, str(problem)) for problem in check(item)]
        if not told:
            kind_of(item).prepare(item, 1)
    assert all(line > 0 and said for line, said in told)


def test_a_seed_is_the_same_everywhere() -> None:
    assert seed("ana", "mean-price", 0) == 109603422769352
    assert (
        len({seed(a, b, c) for a in ("ana", "ben") for b in ("x", "y") for c in range(50)}) == 200
    )
