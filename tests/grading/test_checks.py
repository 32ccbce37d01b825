"""The tests of a lesson, run on a learner's notebook: outcomes, words, and what never leaks."""

import itertools
import json
import threading
from pathlib import Path
from typing import Any

import pytest

from course import scoring
from course.errors import Invalid
from course.grading import checks
from course.grading.checks import with_tests
from course.grading.learner import Notebook
from course.model import Note, Outcome
from course.sandbox import CellRun, Reply, Strike
from course.sandbox.agent import Agent
from course.sandbox.reply import read_reply

HEAD = "import pytest\nfrom course import misconception, needs, points, public\n"
HIDDEN = "SECRET_SOURCE"
_numbers = itertools.count()


class InProcessSession:
    """A notebook's place in this very process; every value still crosses as JSON."""

    isolation = "none"

    def __init__(self, struck: Reply | None = None) -> None:
        self.names: dict[str, Any] = {"__name__": "__main__"}
        self.agent = Agent(self.names)
        self.struck = struck
        self.asked: list[dict[str, Any]] = []

    def run(self, source: str) -> CellRun:
        exec(source, self.names)  # noqa: S102  a test's own text
        return CellRun(Strike.OK)

    def ask(self, request: dict[str, Any]) -> Reply:
        self.asked.append(request)
        if self.struck is not None and request["op"] == "call":
            return self.struck
        reply = self.agent.answer(json.loads(json.dumps(request)))
        return read_reply(json.loads(json.dumps(reply)))

    def close(self) -> None:
        self.names.clear()


def place(folder: Path, source: str) -> Path:
    path = folder / f"lesson-{next(_numbers)}.py"
    path.write_text(HEAD + source, encoding="utf-8")
    return path


class Judge:
    """Grades notebooks, each given by its one cell, with a lesson's tests."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(
        self, tests: str, *cells: str, struck: Reply | None = None
    ) -> list[list[tuple[str, Note]]]:
        """Return a list per cell: pairs of the test's function and its note."""
        graded: list[list[tuple[str, Note]]] = []

        def body(found: checks.Tests) -> None:
            for cell in cells:
                session = InProcessSession(struck)
                session.run(cell)
                notes = found.run("q", Notebook(session))
                graded.append([(note.test, note) for note in notes])

        with_tests(place(self.folder, tests), body)
        return graded

    def one(self, tests: str, cell: str, struck: Reply | None = None) -> Note:
        """Grade one notebook with one test."""
        (((_, note),),) = self(tests, cell, struck=struck)
        return note


@pytest.fixture
def judge(tmp_path: Path) -> Judge:
    return Judge(tmp_path)


def one(body: str, arguments: str = "f", before: str = "", name: str = "it_all") -> str:
    return f"{before}@points(2, question='q')\ndef test_{name}({arguments}):\n    {body}\n\n"


def whole(note: Note) -> str:
    """Return what stands there for who grades."""
    return note.aside or note.text


def many(*bodies: str) -> str:
    """Return a test per body, called 0, 1, and so on."""
    return "".join(one(body, name=str(number)) for number, body in enumerate(bodies))


# -- outcomes ---------------------------------------------------------------------------------


def test_a_test_that_holds_earns_its_points_without_a_word(judge: Judge) -> None:
    note = judge.one(one("assert f(2) == 4"), "def f(x): return x * 2")
    assert note == Note("it all", Outcome.PASSED, 2.0, 2.0)


SAID = [
    ("assert f(2) == 4", "expected 4; came 5"),
    ("assert f(2) == [4]", "expected [4]; came 5"),
    ("assert f(2) < 4", "came 5, which is not < 4"),
    ("assert f(2) in (1, 2)", "came 5, which is not in (1, 2)"),
    ("assert f(2) == 4, 'twice the number'", "twice the number: expected 4; came 5"),
    ("assert not f(2)", "It did not hold."),
    ("assert not f(2), 'be nothing'", "be nothing"),
    ("assert all(f(x) < 0 for x in (1, 2))", "It did not hold."),
    ("assert f(2) == pytest.approx(4.9)", "expected 4.9 ± 4.9e-06; came 5"),
    ("with pytest.raises(ValueError):\n        f(2)", "DID NOT RAISE"),
    ("pytest.fail('never like this')", "never like this"),
    ("f(2)['key']", "What came could not be used (TypeError: 'int' object is not subscriptable)"),
    ("raise AssertionError", "It did not hold."),
]


def test_a_failed_test_says_what_was_expected_and_what_came(judge: Judge) -> None:
    (notes,) = judge(many(*(body for body, _ in SAID)), "def f(x): return 5")
    for (body, text), (_, note) in zip(SAID, notes, strict=True):
        assert (note.outcome, note.score, note.maximum) == (Outcome.FAILED, 0.0, 2.0), body
        assert text in whole(note), body


WENT_WRONG = [
    ("def f(x): return 1 / 0", Outcome.ERROR,
     "Your code raised ZeroDivisionError: division by zero"),
    ("def f(x): raise SystemExit(3)", Outcome.ERROR, "Your code raised SystemExit: 3"),
    ("def f(x): exit()", Outcome.ERROR, "Your code raised"),
    ("def f(x): raise KeyboardInterrupt", Outcome.ERROR, "Your code raised KeyboardInterrupt"),
    ("class Own(Exception): pass\ndef f(x): raise Own('mine')", Outcome.ERROR,
     "Your code raised Own: mine"),
    ("def f(x): return b'x'.decode('utf-16')", Outcome.ERROR, "UnicodeDecodeError"),
    ("def f(x): assert x == 3, 'I checked'", Outcome.ERROR,
     "Your code raised AssertionError: I checked"),
    ("class Bad(Exception):\n    def __str__(self): raise ValueError\ndef f(x): raise Bad",
     Outcome.ERROR, "Your code raised Bad:"),
    ("def f(): return 4", Outcome.ERROR, "Your code raised TypeError: f() takes 0 positional"),
    ("def f(x): raise MemoryError", Outcome.MEMORY, "MemoryError"),
    ("f = 4", Outcome.FAILED, "What came could not be used (TypeError: 'int' object is not"),
    ("g = 4", Outcome.NOT_REACHED, "the notebook defines no 'f'."),
]  # fmt: skip


def test_what_goes_wrong_in_the_learners_code_is_named(judge: Judge) -> None:
    graded = judge(one("assert f(2) == 4"), *(cell for cell, _, _ in WENT_WRONG))
    for (cell, outcome, text), ((_, note),) in zip(WENT_WRONG, graded, strict=True):
        assert note.outcome is outcome, cell
        assert text in whole(note), cell
        assert note.score == 0, cell


@pytest.mark.parametrize(
    ("strike", "outcome"),
    [
        (Strike.TIMEOUT, Outcome.TIMEOUT),
        (Strike.MEMORY, Outcome.MEMORY),
        (Strike.CRASH, Outcome.CRASH),
        (Strike.OUTPUT, Outcome.FAILED),
        (Strike.PROTOCOL, Outcome.FAILED),
    ],
)
def test_a_limit_that_was_struck_is_the_outcome(
    judge: Judge, strike: Strike, outcome: Outcome
) -> None:
    note = judge.one(one("assert f(2) == 4"), "def f(x): return 4", Reply(strike, error="too much"))
    assert (note.outcome, whole(note)) == (outcome, "too much")


def test_a_test_cannot_be_passed_by_catching_what_struck(judge: Judge) -> None:
    tests = one("try:\n        f(2)\n    except ValueError:\n        pass")
    note = judge.one(tests, "def f(x): return 4", Reply(Strike.TIMEOUT, error="too slow"))
    assert note.outcome is Outcome.TIMEOUT


@pytest.mark.parametrize("value", [{"$": "strange"}, {"$": "array", "dtype": "O"}, {"$": "int"}])
def test_a_process_that_sends_no_value_has_failed(judge: Judge, value: object) -> None:
    note = judge.one(one("assert f(2) == 4"), "def f(x): ...", Reply(Strike.OK, value))
    assert note.outcome is Outcome.FAILED
    assert whole(note).startswith("what came is not a value")


# -- nobody cheats ----------------------------------------------------------------------------

ALWAYS = (
    "class Always{base}:\n"
    "    def __eq__(self, other): return True\n"
    "    def __ne__(self, other): return False\n"
    "    def __hash__(self): return 0\n"
    "    def __bool__(self): return True\n"
    "    def __lt__(self, other): return True\n"
    "    __gt__ = __le__ = __ge__ = __contains__ = __lt__\n"
    "def f(x): return Always()\n"
)


BASES = ["", "(int)", "(str)", "(list)", "(dict)", "(float)", "(tuple)", "(set)"]


def test_an_object_that_calls_itself_equal_to_everything_earns_nothing(judge: Judge) -> None:
    tests = many("assert f(2) == 4", "assert not f(2) != 4", "assert 4 == f(2)", "assert f(2) < 0")
    graded = judge(tests, *(ALWAYS.format(base=base) for base in BASES))
    for base, notes in zip(BASES, graded, strict=True):
        for _, note in notes:
            assert (note.outcome, note.score) == (Outcome.FAILED, 0.0), (base, note)


def test_an_always_equal_item_in_a_list_earns_nothing_either(judge: Judge) -> None:
    note = judge.one(
        one("assert f(2) == [4, 4]"), ALWAYS.format(base="") + "def f(x): return [Always()] * 2"
    )
    assert note.score == 0


def test_the_learner_cannot_turn_assertions_off(judge: Judge) -> None:
    cell = "import builtins\nclass AssertionError(Exception): pass\ndef f(x): return 5\n"
    note = judge.one(one("assert f(2) == 4"), cell)
    assert note.outcome is Outcome.FAILED


def test_a_name_that_the_learner_chose_cannot_shadow_the_tests(judge: Judge) -> None:
    tests = one("assert f(helper()) == 4", before="def helper():\n    return 2\n\n")
    note = judge.one(tests, "def helper(): return 'mine'\ndef f(x): return x * 2")
    assert note.outcome is Outcome.PASSED


# -- nothing leaks ----------------------------------------------------------------------------


HIDDEN_BODIES = [
    "SECRET_SOURCE = f(2)\n    assert SECRET_SOURCE == 4",
    "assert f(2) == 4  # SECRET_SOURCE",
    "assert not f(2), ''  # SECRET_SOURCE",
    "assert SECRET_SOURCE(f)",
    "assert not not SECRET_SOURCE(f)",
    "assert SECRET_SOURCE(f) is None",
    "assert f(2) == 4 and SECRET_SOURCE(f)",
    "assert all(SECRET_SOURCE(f) for _ in [1])",
    "with pytest.raises(KeyError):\n        SECRET_SOURCE(f)",
    "assert f(SECRET_SOURCE(f)) == 7",
]


def test_the_source_of_a_hidden_test_is_never_in_the_text(judge: Judge) -> None:
    tests = "def SECRET_SOURCE(f):\n    return False\n\n" + many(*HIDDEN_BODIES)
    for notes in judge(tests, "def f(x): return 5", "def f(x): return 1 / 0", "f = []", ""):
        assert len(notes) == len(HIDDEN_BODIES)
        for _, note in notes:
            assert note.outcome is not Outcome.PASSED
            for trace in (HIDDEN, "Traceback", "lesson-", ".py", "assert "):
                assert trace not in note.text


TELLING = [
    ("def f(x): return x", "expected 4; came a text of length 6"),
    ("def f(x): return [x]", "expected 4; came a list of length 1"),
    ("def f(x): return int.from_bytes(x.encode() * 9)", "expected 4; came a number of many digits"),
    ("def f(x): return type(x, (), {})()", "expected 4; came an object of the notebook"),
    ("def f(x): raise ValueError(x)", "Your code raised ValueError."),
    ("def f(x): raise type(x, (KeyError,), {})", "Your code raised KeyError."),
    ("def f(x): raise type(x, (Exception,), {})(x)", "Your code raised Exception."),
    ("def f(x): raise UnicodeDecodeError('utf-8', x.encode(), 0, 1, x)",
     "Your code raised UnicodeDecodeError."),
    ("def f(x): raise SystemExit(x)", "Your code raised SystemExit."),
    ("def f(x): raise MemoryError(x)", "It used too much memory."),
    ("def f(x): raise StopIteration(x)", "Your code raised StopIteration."),
]  # fmt: skip


def test_what_a_hidden_test_handed_over_does_not_come_back_in_its_words(judge: Judge) -> None:
    graded = judge(one("assert f('SECRET') == 4"), *(cell for cell, _ in TELLING))
    for (cell, text), ((_, note),) in zip(TELLING, graded, strict=True):
        assert (note.text, note.score) == (text, 0.0), cell
        assert note.outcome is not Outcome.PASSED
    assert sum("SECRET" in note.aside for ((_, note),) in graded) >= len(TELLING) - 3


HANDED = [
    ("assert f('SECRET') < 4", "What came could not be used (TypeError)"),
    ("int(f('SECRET'))", "What came could not be used (ValueError)"),
    ("assert f('SECRET') in {4}", "came a text of length 6, which is not in a set of length 1"),
    ("assert f('SECRET') == 4, 'be four'", "be four: expected 4; came a text of length 6"),
    ("with pytest.raises(ValueError):\n        f('SECRET')", "DID NOT RAISE ValueError"),
    ("import numpy; numpy.testing.assert_equal(f('SECRET'), 4)", "What came is not what was expected."),
    ("f(['SECRET'])()", "What came could not be used (TypeError)"),
    ("assert f('SECRET') == pytest.approx(4)", "expected 4 ± 4.0e-06; came a text of length 6"),
]  # fmt: skip


def test_nor_in_those_of_what_a_test_makes_of_it(judge: Judge) -> None:
    (notes,) = judge(many(*(body for body, _ in HANDED)), "def f(x): return x")
    for (body, text), (_, note) in zip(HANDED, notes, strict=True):
        assert note.text == text, body
    thing = judge.one(one("len(f('SECRET'))"), "def f(x): return type(x, (), {})()")
    assert thing.text == "What came can't be used like that."
    assert "SECRET" in thing.aside


def test_the_words_of_a_failed_match_are_the_learners_too(judge: Judge) -> None:
    body = "with pytest.raises(ValueError, match='no'):\n        f('SECRET')"
    note = judge.one(one(body), "def f(x): raise ValueError(x)")
    assert note.text == "What came is not what was expected."
    assert "SECRET" in note.aside


def test_nor_does_it_come_back_by_a_later_test_that_is_public(judge: Judge) -> None:
    cell = "seen = []\ndef f(x): seen.append(x); return 4\ndef g(): return seen\n"
    public = "@public\n" + one("assert g() == 1", "g", name="open")
    ((_, hidden), (_, later)) = judge(one("assert f('SECRET') == 4") + public, cell)[0]
    assert hidden.outcome is Outcome.PASSED
    assert (later.text, later.aside) == (
        "expected 1; came a list of length 1", "expected 1; came ['SECRET']")  # fmt: skip


def test_what_was_there_before_any_hidden_value_is_quoted(judge: Judge) -> None:
    cell = "city = 'Rome'\ndef f(x): raise ValueError('I do not know ' + x)"
    tests = (
        one("assert city == 'Bern'", "city", name="city")
        + "@public\n" + one("f('open')", name="public") + one("f('SECRET')", name="hidden")
    )  # fmt: skip
    ((_, first), (_, public), (_, hidden)) = judge(tests, cell)[0]
    assert (first.text, first.aside) == ("expected 'Bern'; came 'Rome'", "")
    assert public.text == "Your code raised ValueError: I do not know open"
    assert hidden.text == "Your code raised ValueError."
    assert hidden.aside == "Your code raised ValueError: I do not know SECRET"


def test_a_case_of_a_hidden_test_is_not_named_by_its_values(judge: Judge) -> None:
    cases = "@pytest.mark.parametrize('x', ['SECRET', 'b'])\n"
    hidden = cases + one("assert f(x) == 4", "f, x", name="hidden")
    (notes,) = judge(
        hidden + cases + "@public\n" + one("pass", "f, x", name="open"), "def f(x): return 4"
    )
    assert [name for name, _ in notes] == [
        "hidden, case 1", "hidden, case 2", "open[SECRET]", "open[b]"]  # fmt: skip


def test_a_very_long_answer_is_cut_short(judge: Judge) -> None:
    note = judge.one(one("assert f(2) == 4"), "def f(x): return ['x' * 100] * 1000")
    assert len(note.aside) <= 600
    assert " …" in note.aside


# -- what authors write -----------------------------------------------------------------------


RAISED = [
    ("def f(x): raise ValueError('no')", Outcome.PASSED),
    ("def f(x): raise UnicodeEncodeError('utf-8', 'x', 0, 1, 'no')", Outcome.ERROR),
    ("class Own(ValueError): pass\ndef f(x): raise Own('no')", Outcome.PASSED),
    ("def f(x): raise KeyError('no')", Outcome.ERROR),
    ("def f(x): raise SystemExit", Outcome.ERROR),
    ("def f(x): return 1", Outcome.FAILED),
]


def test_pytest_raises_knows_the_learners_exceptions_by_their_built_in_class(judge: Judge) -> None:
    tests = one("with pytest.raises(ValueError, match='no'):\n        f(2)")
    graded = judge(tests, *(cell for cell, _ in RAISED))
    for (cell, outcome), ((_, note),) in zip(RAISED, graded, strict=True):
        assert note.outcome is outcome, cell


def test_a_parametrized_test_is_judged_case_by_case(judge: Judge) -> None:
    tests = (
        "@points(1, question='q')\n@pytest.mark.parametrize(('x', 'y'), [(1, 2), (2, 4), (3, 5)])\n"
        "def test_double(f, x, y):\n    assert f(x) == y\n"
    )
    (graded,) = judge(tests, "def f(x): return x * 2")
    notes = [note for _, note in graded]
    assert [(note.outcome, note.score) for note in notes] == [
        (Outcome.PASSED, 1.0), (Outcome.PASSED, 1.0), (Outcome.FAILED, 0.0)]  # fmt: skip
    assert notes[2].text == "expected 5; came 6"


def test_a_parametrized_name_is_not_asked_of_the_notebook(judge: Judge) -> None:
    tests = (
        "@points(1, question='q')\n@pytest.mark.parametrize('x', [1])\n"
        "def test_it(f, x):\n    assert f(x) == 1\n"
    )
    note = judge.one(tests, "x = 99\ndef f(x): return x")
    assert note.outcome is Outcome.PASSED


def test_a_test_that_skips_itself_counts_neither_for_nor_against(judge: Judge) -> None:
    note = judge.one(one("pytest.skip('no network here')"), "def f(x): return 1")
    assert (note.outcome, note.score, note.maximum) == (Outcome.NOT_REACHED, 0.0, 0.0)
    assert note.text == "no network here"


def test_values_functions_and_fixtures_can_be_used_together(judge: Judge) -> None:
    before = "@pytest.fixture\ndef table(scale):\n    return [scale, 2]\n\n"
    note = judge.one(
        one("(tmp_path / 'a').write_text('x')\n    assert f(table) == 30", "f, table, tmp_path", before),
        "scale = 8\ndef f(values): return sum(values) * 3",
    )  # fmt: skip
    assert note.outcome is Outcome.PASSED, note.text


def test_a_function_of_the_learner_can_be_handed_to_another(judge: Judge) -> None:
    cell = "def g(x): return x + 1\ndef f(h): return h(1)"
    note = judge.one(one("assert f(g) == 2", "f, g"), cell)
    assert note.outcome is Outcome.PASSED


def test_a_tests_own_function_cannot_be_handed_over_and_that_is_told(judge: Judge) -> None:
    note = judge.one(one("assert f(lambda x: x) == 2"), "def f(h): return h(2)")
    assert note.outcome is Outcome.FAILED
    assert "a test can't hand a function to the learner's code" in note.text


def test_objects_of_the_learner_can_be_looked_into_but_not_behind(judge: Judge) -> None:
    cell = "class Thing:\n    size = 3\n    _own = 4\ndef f(x): return Thing()"
    ((_, open_one), (_, own)) = judge(many("assert f(1).size == 3", "assert f(1)._own == 4"), cell)[
        0
    ]
    assert open_one.outcome is Outcome.PASSED
    assert own.outcome is Outcome.FAILED


def test_frames_cross_as_data_and_are_compared_on_our_side(judge: Judge) -> None:
    before = "import pandas as pd\n\n"
    body = "pd.testing.assert_frame_equal(f(pd.DataFrame({'a': [1]})), pd.DataFrame({'a': [2]}))"
    ((_, good),), ((_, note),) = judge(
        one(body, before=before), "def f(t): return t + 1", "def f(t): return t")  # fmt: skip
    assert good.outcome is Outcome.PASSED
    assert note.outcome is Outcome.FAILED
    assert "DataFrame" in note.aside


IDEAS = (
    "@misconception('The largest is no mean.', when=lambda f: f([1, 3]) == 3)\n"
    "@misconception('You took the sum.', when=lambda f: f([2, 4]) == 6)\n"
    "@misconception('Never.', when=lambda absent: True)\n"
    "@misconception('Never either.', when=print)\n"
)


WITH_IDEAS = [
    ("def f(x): return sum(x)", "You took the sum.\nexpected 2.0; came 6"),
    ("def f(x): return max(x)", "The largest is no mean.\nexpected 2.0; came 3"),
    ("def f(x): return min(x)", "expected 2.0; came 1"),
    ("def f(x): return sum(x) / len(x)", ""),
]


def test_a_known_wrong_idea_is_named_first_and_only_where_it_is(judge: Judge) -> None:
    tests = one("assert f([1, 2, 3]) == 2.0", before=IDEAS)
    graded = judge(tests, *(cell for cell, _ in WITH_IDEAS))
    assert [note.text for ((_, note),) in graded] == [text for _, text in WITH_IDEAS]


def test_every_question_has_its_own_tests_in_the_order_of_the_file(tmp_path: Path) -> None:
    seen: list[list[str]] = []

    def body(tests: checks.Tests) -> None:
        session = InProcessSession()
        session.run("a = 1")
        seen.append(tests.questions())
        seen.append([note.test for note in tests.run("one", Notebook(session))])
        seen.append([note.test for note in tests.run("none", Notebook(session))])

    source = (
        "@points(1, question='one')\ndef test_z(a): ...\n@points(1, question='two')\ndef test_y(): ...\n"
        "@points(1, question='one')\ndef test_a(a): ...\ndef test_loose(): ...\n"
    )
    with_tests(place(tmp_path, source), body)
    assert seen == [["one", "two"], ["z", "a"], []]


def test_one_loop_judges_many_notebooks_each_by_its_own_names(tmp_path: Path) -> None:
    outcomes: list[Outcome] = []

    def body(tests: checks.Tests) -> None:
        for value in (4, 5, 4):
            session = InProcessSession()
            session.run(f"def f(x): return {value}")
            outcomes.extend(note.outcome for note in tests.run("q", Notebook(session)))

    with_tests(place(tmp_path, one("assert f(2) == 4")), body)
    assert outcomes == [Outcome.PASSED, Outcome.FAILED, Outcome.PASSED]


# -- tests that need others -----------------------------------------------------------------------

FIRST = one("assert f(1) == 2", name="first")


def needing(
    what: str, name: str = "second", question: str = "q", body: str = "assert f(2) == 4"
) -> str:
    return f"@points(2, question={question!r})\n@needs({what})\ndef test_{name}(f):\n    {body}\n\n"


@pytest.mark.parametrize("what", ["test_first", "'test_first'"])
def test_a_test_is_tried_only_after_the_one_that_it_needs_passed(judge: Judge, what: str) -> None:
    tests = FIRST + needing(what)
    good, bad, broken = judge(
        tests, "def f(x): return 2 * x", "def f(x): return 7", "def f(x): return 1 / 0"
    )
    assert [note.outcome for _, note in good] == [Outcome.PASSED, Outcome.PASSED]
    assert [note.outcome for _, note in bad] == [Outcome.FAILED, Outcome.NOT_TRIED]
    assert bad[1][1].text == "Not tried, because 'first' did not pass."
    assert (bad[1][1].score, bad[1][1].maximum) == (0.0, 2.0)
    assert [note.outcome for _, note in broken] == [Outcome.ERROR, Outcome.NOT_TRIED]


def test_what_is_needed_may_stand_below_or_belong_to_another_question(judge: Judge) -> None:
    tests = needing("'test_other'") + FIRST.replace("test_first", "test_other").replace(
        "'q'", "'p'"
    )
    (notes,) = judge(tests, "def f(x): return 7")
    assert [(name, note.outcome) for name, note in notes] == [("second", Outcome.NOT_TRIED)]


def test_every_case_of_the_needed_test_has_to_pass(judge: Judge) -> None:
    tests = (
        "@points(1, question='q')\n@pytest.mark.parametrize('x', [1, 2])\n"
        "def test_first(f, x):\n    assert f(x) == 2\n\n" + needing("test_first")
    )
    (notes,) = judge(tests, "def f(x): return 2 * x")
    assert [note.outcome for _, note in notes] == [
        Outcome.PASSED,
        Outcome.FAILED,
        Outcome.NOT_TRIED,
    ]


@pytest.mark.parametrize(
    ("tests", "found"),
    [
        (needing("'test_frist'"), "test_second needs 'test_frist', and there is no such test"),
        (needing("'test_second'"), "test_second needs itself, by way of nothing else"),
        (
            needing("'test_b'", "a") + needing("'test_a'", "b"),
            "test_a needs itself, by way of test_b",
        ),
    ],
)
def test_tests_that_wait_for_one_another_in_vain_are_told_when_they_are_read(
    tmp_path: Path, tests: str, found: str
) -> None:
    path = place(tmp_path, tests)
    with pytest.raises(Invalid) as caught:
        with_tests(path, nobody)
    assert (caught.value.where, caught.value.found) == (str(path), found)


# -- tests that do not end ------------------------------------------------------------------------


ENDLESS = [
    "while True: pass",
    "import time; time.sleep(600)",
    "while True:\n        try: f(1)\n        except Exception: pass",
]


def test_a_test_that_does_not_end_lets_the_mark_wait_and_the_others_go_on(tmp_path: Path) -> None:
    seen: list[Note] = []
    source = many(*ENDLESS) + needing("test_0") + one("assert f(1) == 2", name="last")

    def body(tests: checks.Tests) -> None:
        session = InProcessSession()
        session.run("def f(x): return 2 * x")
        seen.extend(tests.run("q", Notebook(session), seconds=0.2))

    with_tests(place(tmp_path, source), body)
    assert [note.outcome for note in seen] == [Outcome.NEEDS_PERSON] * 4 + [Outcome.PASSED]
    assert "did not end within 0.2 s" in seen[0].text
    assert "no fault of yours: your mark waits" in seen[0].text
    assert seen[3].text == "Not tried yet, because '0' could not be judged."
    assert scoring.judge("q", 10, seen).score is None


def test_a_test_that_does_not_end_is_stopped_in_a_thread_too(tmp_path: Path) -> None:
    seen: list[Outcome] = []

    def body(tests: checks.Tests) -> None:
        session = InProcessSession()
        session.run("def f(x): return 2 * x")
        notes = tests.run("q", Notebook(session), seconds=0.2)
        seen.extend(note.outcome for note in notes)

    source = one("while True: pass", name="endless") + one("assert f(1) == 2", name="last")
    thread = threading.Thread(target=with_tests, args=(place(tmp_path, source), body))
    thread.start()
    thread.join(30)
    assert seen == [Outcome.NEEDS_PERSON, Outcome.PASSED]


def test_the_time_that_the_learners_code_takes_is_not_the_tests(tmp_path: Path) -> None:
    seen: list[Note] = []

    def body(tests: checks.Tests) -> None:
        session = InProcessSession()
        session.run("import time\ndef f(x):\n    time.sleep(0.5)\n    return 2 * x")
        seen.extend(tests.run("q", Notebook(session), seconds=0.3))

    with_tests(place(tmp_path, one("assert f(1) == 2")), body)
    assert [note.outcome for note in seen] == [Outcome.PASSED]


# -- what can't be used ---------------------------------------------------------------------------

UNFIT = [
    ("assert f[0] == 1", "what came is a module, which has no [0]."),
    ("f['a'] = 1", "what came is a module, which has no ['a']."),
    ("assert len(f) == 1", "what came is a module, which has no length."),
    ("assert list(f) == [1]", "what came is a module, which can't be gone through."),
    ("assert 1 in f", "what came is a module, which can't be searched with 'in'."),
    ("assert f < 3", "what came is a module, which can't be compared by size."),
    ("assert 3 > f", "what came is a module, which can't be compared by size."),
    ("assert f + 1 == 2", "what came is a module, which can't be calculated with."),
    ("assert 1 - f == 2", "what came is a module, which can't be calculated with."),
    ("assert float(f) == 2", "what came is a module, which is not a number."),
    ("assert round(f) == 2", "what came is a module, which is not a number."),
    ("assert f == 4", "expected 4; came <module of the notebook>"),
]


def test_what_a_test_can_do_nothing_with_is_told_by_its_type(judge: Judge) -> None:
    (notes,) = judge(many(*(body for body, _ in UNFIT)), "import math as f")
    for (body, text), (_, note) in zip(UNFIT, notes, strict=True):
        assert (note.outcome, note.text) == (Outcome.FAILED, text), body


OBJECTS = """
class Stack:
    def __init__(self): self.items = []
    def push(self, item): self.items.append(item)
    def __len__(self): return len(self.items)
    def __getitem__(self, place): return self.items[place]
    def __iter__(self): return iter(self.items)
    def __str__(self): return f"Stack of {len(self)}"
    def __float__(self): return 2.5

def count(number):
    while True:
        yield number
        number += 1

class Liar:
    def __sub__(self, other): return 0.0
    def __eq__(self, other): return True
    __lt__ = __contains__ = __eq__

class Stairs:
    def __getitem__(self, place): raise ValueError("broken")

def f(what): return eval(what)
"""

USED = [
    "stack = f('Stack()')\n    stack.push(4)\n    assert (len(stack), stack[0], list(stack)) == (1, 4, [4])",
    "assert str(f('Stack()')) == 'Stack of 0'",
    "assert float(f('Stack()')) == 2.5",
    "numbers = f('count(3)')\n    assert [next(numbers), next(numbers)] == [3, 4]",
    "import itertools\n    assert list(itertools.islice(f('count(0)'), 3)) == [0, 1, 2]",
    "assert sum(f('map(abs, [1, -2])')) == 3",
    "with pytest.raises(ValueError, match='broken'):\n        f('Stairs()')[0]",
]

NOT_USED = [
    "assert abs(f('Liar()') - 4) < 0.1",
    "assert f('Liar()') == 4",
    "assert f('Liar()') < 4",
    "assert 4 in f('Liar()')",
    "assert f('Stack()') == f('Stack()')",
    "f('Stack()')[4]",
]


def test_objects_are_used_as_their_class_says_but_never_decide(judge: Judge) -> None:
    (notes,) = judge(many(*USED, *NOT_USED), OBJECTS)
    outcomes = [note.outcome for _, note in notes]
    assert outcomes[: len(USED)] == [Outcome.PASSED] * len(USED), notes
    assert Outcome.PASSED not in outcomes[len(USED) :]


def test_a_misconception_says_what_to_look_at_again(judge: Judge) -> None:
    idea = "@misconception('You took the sum.', when=lambda f: f(2) == 5, see='Means')\n"
    note = judge.one(one("assert f(2) == 4", before=idea), "def f(x): return 5")
    assert note.text == "You took the sum. Look again at: Means.\nexpected 4; came 5"


# -- files that are no tests ------------------------------------------------------------------


def nobody(_tests: checks.Tests) -> None:
    raise AssertionError("there is nothing to run")


@pytest.mark.parametrize(
    ("source", "what", "found"),
    [
        ("def test_a(:\n", "the tests are not valid Python", "invalid syntax"),
        ("import no_such_module_at_all\ndef test_a(): ...\n", "the tests can't be collected",
         "No module named 'no_such_module_at_all'"),
        ("raise ValueError('in the file')\n", "the tests can't be collected", "in the file"),
        ("x = 1\n", "the tests can't be collected", "no test function"),
        ("@points(-1, question='q')\ndef test_a(): ...\n", "the tests can't be collected",
         "expected a number from 0 up"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_tests_is_told_with_the_reason(
    tmp_path: Path, source: str, what: str, found: str
) -> None:
    path = place(tmp_path, source)
    with pytest.raises(Invalid) as caught:
        with_tests(path, nobody)
    assert (caught.value.what, caught.value.where.removesuffix(":3")) == (what, str(path))
    assert found in caught.value.found


def test_a_lesson_without_a_file_of_tests_has_none(tmp_path: Path) -> None:
    seen: list[list[str]] = []
    with_tests(tmp_path / "absent.py", lambda tests: seen.append(tests.questions()))
    assert seen == [[]]


@pytest.mark.parametrize("error", [RuntimeError("mine"), KeyboardInterrupt()])
def test_what_the_body_raises_comes_out_as_it_was(tmp_path: Path, error: BaseException) -> None:
    def body(_tests: checks.Tests) -> None:
        raise error

    with pytest.raises(type(error)) as caught:
        with_tests(place(tmp_path, one("pass")), body)
    assert caught.value is error


def test_nothing_is_printed_and_nothing_is_left_beside_the_tests(
    tmp_path: Path, judge: Judge, capfd: pytest.CaptureFixture[str]
) -> None:
    judge(one("print('from the test')\n    assert f(2) == 4"), "def f(x): print('hi')")
    out = capfd.readouterr()
    assert (out.out, out.err) == ("", "")
    assert [path.suffix for path in tmp_path.iterdir() if path.name != "__pycache__"] == [".py"]


@pytest.mark.parametrize("name", ["random", "statistics", "pytest"])
def test_a_lesson_may_be_called_as_a_module(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "autograders"
    folder.mkdir()
    (folder / "beside.py").write_text("QUESTION = 'mean'")
    tests = folder / f"{name}.py"
    tests.write_text(
        "import random\nfrom beside import QUESTION\nfrom course import points\n\n"
        "@points(2, question=QUESTION)\ndef test_it():\n    assert random.random() < 1\n"
    )
    found: list[str] = []
    with_tests(tests, lambda lesson: found.extend(lesson.questions()))
    assert found == ["mean"]
