"""Tests of the lesson that is attacked. No learner sees these figures."""

import pandas as pd

from course import points


@points(1, question="total")
def test_small(total):
    assert total([1, 2]) == 3


@points(3, question="total")
def test_many(total):
    for came in map(total, ([40, 2], [5, 37], [50, -8])):
        assert came == 42


@points(3, question="table")
def test_table(table):
    expected = pd.DataFrame({"item": ["tea", "milk", "rice"], "price": [3.5, 1.25, 2.0]})
    pd.testing.assert_frame_equal(table, expected)
