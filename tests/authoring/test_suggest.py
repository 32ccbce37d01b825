"""`course tests suggest`: first tests from the solution, which pass on it and give nothing away."""

import json
import re
from pathlib import Path

import classroom
import nbformat
import numpy as np
import pandas as pd
import pytest
from classroom import course

from course.authoring import inputs, suggested
from course.authoring.literals import NoLiteralError, assertions, literal

pytestmark = pytest.mark.thorough

TABLE = """import pandas as pd
staff = pd.DataFrame({"team": ["a", "b", "a"], "pay": [30.5, 20.0, None]})"""
EARNERS = '''#| exercise: earners points=2
def earners(table, least):
    """Return who earns enough."""
    ### BEGIN SOLUTION
    return table[table["pay"] >= least]
    ### END SOLUTION'''
TOTAL = """#| exercise: totals points=1
### BEGIN SOLUTION
totals = staff.groupby("team", as_index=False)["pay"].sum()
### END SOLUTION"""
ROOT = """#| exercise: root points=1
def root(number):
    ### BEGIN SOLUTION
    if number < 0:
        raise ValueError("no root")
    return number ** 0.5
    ### END SOLUTION"""
CHANCE = """#| exercise: chance points=1
import random
def chance(number):
    ### BEGIN SOLUTION
    return random.random()
    ### END SOLUTION"""
GIVEN = """#| exercise: given points=1
given = 4
### BEGIN SOLUTION
given = 2 * 2
### END SOLUTION"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return classroom.new_course(tmp_path_factory.mktemp("suggest") / "our")


@pytest.fixture
def our(made: Path, tmp_path: Path) -> Path:
    return classroom.copy(made, tmp_path / "our")


def write(our: Path, *sources: str) -> None:
    """Add cells to the lesson; its declared points go."""
    path = our / "notebooks/welcome/welcome.ipynb"
    node = nbformat.read(path, as_version=4)
    node.cells += [
        nbformat.v4.new_code_cell(source, id=f"more-{n}") for n, source in enumerate(sources)
    ]
    nbformat.write(node, path)
    toml = (our / "course.toml").read_text(encoding="utf-8")
    (our / "course.toml").write_text(re.sub(r"(?m)^points = .*$", "", toml), encoding="utf-8")


def written(our: Path) -> str:
    return (our / "autograders/welcome.py").read_text(encoding="utf-8")


def errors(our: Path) -> list[dict[str, object]]:
    found = json.loads(course("check welcome --json", our, None).out)
    return [each for each in found if each["level"] == "error"]


def test_a_first_file_of_tests_passes_on_the_solution_and_gives_nothing_away(our: Path) -> None:
    (our / "autograders/welcome.py").unlink()

    said = course("tests suggest welcome", our).out

    assert "double: the solution earns 3, the untouched release 0" in said
    assert "written: autograders/welcome.py; edit them before the release" in said
    text = written(our)
    assert text.count("@public\n") == 1
    assert text.index("@public") < text.index("def test_double_example(double):")
    assert sum(map(float, re.findall(r"@points\(([\d.]+), question=\"double\"\)", text))) == 3
    assert "assert double(2.5) == pytest.approx(5.0)" in text
    assert "assert double(-2) == -4" in text
    assert "# Look here" in text
    assert errors(our) == []


def test_tests_that_are_there_are_never_overwritten_and_new_ones_come_behind_them(
    our: Path,
) -> None:
    write(our, TABLE, EARNERS, TOTAL)
    before = written(our)

    said = course("tests suggest welcome", our).out

    assert "def test_earners_example(earners):" in said
    assert "welcome.py is there and was not changed; add these tests with --append" in said
    assert written(our) == before

    course("tests suggest welcome --append", our)

    text = written(our)
    assert text.startswith(before.rstrip())
    assert text.count("from course import misconception, points, public") == 1
    assert "earners(STAFF_SAMPLE.head(0), " in text
    assert "assert list(totals.columns) == ['team', 'pay']" in text
    assert errors(our) == []
    assert course("tests suggest welcome", our).out == "welcome: every exercise has tests\n"


@pytest.mark.thorough
def test_one_exercise_alone_can_be_asked_for(our: Path) -> None:
    write(our, TABLE, EARNERS, TOTAL)
    said = course("tests suggest welcome --exercise earners", our).out
    assert "test_earners" in said
    assert "totals" not in said


@pytest.mark.thorough
def test_the_lesson_s_own_calls_and_what_the_solution_refuses_are_tested(our: Path) -> None:
    write(our, ROOT.replace("    ###", '    """Return it.\n\n    >>> root(81)\n    """\n    ###', 1),
          "root(49)")  # fmt: skip
    said = course("tests suggest welcome", our).out
    assert "assert root(81) == pytest.approx(9.0)" in said
    assert "assert root(49) == pytest.approx(7.0)" in said
    assert "with pytest.raises(ValueError):\n        root(-2)" in said


def test_what_can_t_be_tested_is_told_and_what_gives_points_away_is_left_out(our: Path) -> None:
    write(our, CHANCE, GIVEN)
    said = course("tests suggest welcome", our)
    assert "'chance': nothing was found that can be tested" in said.err
    assert "test_given_value was left out: who does nothing would pass it" in said.err
    assert "nothing was found that can be tested; no file was written" in said.out


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("--exercise double", "'double' has tests"),
        ("--exercise duoble", "did you mean 'double'?"),
        ("--exercise wish", "no exercise 'wish'"),
    ],
)
def test_an_exercise_that_can_t_be_suggested_for_is_told(
    our: Path, command: str, said: str
) -> None:
    assert said in course(f"tests suggest welcome {command}", our, 2).err


def test_tests_that_are_no_python_are_told_with_their_line(our: Path) -> None:
    (our / "autograders/welcome.py").write_text("\ndef test(:\n", encoding="utf-8")
    said = course("tests suggest welcome", our, 2).err
    assert "autograders/welcome.py:2: the tests are not valid Python" in said


@pytest.mark.parametrize(
    "value",
    [
        None, True, 3, 2.5, float("inf"), "a'b\n", b"x", [1, [2.0]], (1,), {3, 1}, frozenset({2}), set(), {"a": (1, 2)}, range(3),
        pd.Timestamp("2026-01-31 10:00"), np.float64(1.5), np.int64(3),
    ],
)  # fmt: skip
def test_a_value_is_written_as_python_that_makes_it_again(value: object) -> None:
    assert eval(literal(value), {"pd": pd, "np": np}) == value  # noqa: S307  our own code


@pytest.mark.parametrize(
    "value",
    [
        2.5, float("nan"), True, np.bool_(0), "a", [1.0, 2.5], {"a": 0.1}, [None, 1], np.array([1.0, np.nan]), np.array(["a"]),
        pd.DataFrame({"a": [1, 2], "b": ["x", None], "c": pd.to_datetime(["2026-01-01", None])}),
        pd.DataFrame({"pay": range(30)}), pd.DataFrame({"a": []}), pd.Series([1.5, None], index=["x", "y"]),
        pd.Series(["a", "b"], dtype="category"), pd.Series([3, 4], index=[7, 9]),
    ],
)  # fmt: skip
def test_assertions_hold_for_the_value_and_for_no_other(value: object) -> None:
    lines = "\n".join(assertions("value", value))
    names = {"pd": pd, "np": np, "pytest": pytest}
    exec(lines, {**names, "value": value})  # noqa: S102  our own code
    for other in (object(), 17, "17", pd.DataFrame({"z": [17]})):
        with pytest.raises((AssertionError, AttributeError, TypeError, ValueError)):
            exec(lines, {**names, "value": other})  # noqa: S102


def test_a_value_without_a_short_form_is_refused() -> None:
    for value in (
        object(),
        "x" * 2000,
        pd.DataFrame({"a": [1]}, index=pd.MultiIndex.from_tuples([(1, 2)])),
    ):
        with pytest.raises(NoLiteralError):
            literal(value)


@pytest.mark.parametrize(
    ("points", "count"), [(3, 2), (1, 4), (4, 6), (0.1, 1), (2.5, 3), (5, 5), (0, 1)]
)
def test_shares_add_up_to_the_points_exactly(points: float, count: int) -> None:
    parts = suggested.shares(points, count)
    assert len(parts) == count
    assert sum(parts) == points
    assert all(part >= 0 for part in parts)


@pytest.mark.parametrize(
    ("code", "first"),
    [
        ("def f(number): pass", "f(3)"), ("def f(values): pass", "f([4, 1, 3])"), ("def f(x: str): pass", 'f("Some text")'),
        ("def f(x: list[str]): pass", 'f(["pear", "apple", "fig"])'), ("def f(a, b=2): pass", "f(3)"), ("def f(): pass", "f()"),
        ("def f(table): pass", "f(T)"), ("def f(x):\n    return x['pay']", "f(T)"), ("def f(x):\n    return x.lower()", 'f("Some text")'),
        ("def f(table, who):\n    return table[table['team'] == who]", "f(T, 'a')"), ("def f(table, by):\n    return table.groupby(by)", "f(T, 'team')"),
        ("def f(x):\n    return x.str.upper()", "f(pd.Series([4.0, 1.0, 3.0]))"), ("def f(flag: bool): pass", "f(True)"),
    ],
)  # fmt: skip
def test_the_first_input_fits_the_argument(code: str, first: str) -> None:
    (function,) = inputs.functions(code, [])
    table = inputs.Sample("T", {"team": ("'a'", "'b'"), "pay": ("1.0",)}, frozenset({"team"}))
    choice = inputs.candidates(function, [table])[0]
    assert next(inputs.cases(function, choice))[1] == first


def test_calls_are_found_in_code_in_markdown_and_in_examples_of_a_docstring() -> None:
    (function,) = inputs.functions('def f(a):\n    """Do.\n\n    >>> f(1)\n    1\n    """\n    return f(0)', [
        "x = f(2)", "Try `f(3)` and\n```python\nf(4)\n```", "def other():\n    f(5)", "%time\nf(6)", "f(",
    ])  # fmt: skip
    assert [call.args[0].value for call in function.calls] == [1, 2, 4, 3, 6]  # type: ignore[attr-defined]
