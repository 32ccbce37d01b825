"""Which submissions begin as the lesson does, so that what they begin with is run once for all."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from course.grading import checks
from course.grading.grade import grade
from course.grading.prepared import Prepared, gather
from course.model import Graded, Submission
from course.notebook import write_text
from course.sandbox import Limits, Place, Session, open_session

Hand = Callable[..., tuple[Graded, Place]]
LOAD = "import shop\nprices = [int(line) for line in open('prices.txt')]"


def lesson(load: str = LOAD, total: str = "sum(prices)") -> NotebookNode:
    def marked(name: str, source: str, **marks: object) -> NotebookNode:
        about = {"grade_id": name, "schema_version": 3, "solution": False, "task": False, **marks}
        return new_code_cell(
            source, id=name, metadata={"nbgrader": {"grade": False, "locked": False, **about}}
        )

    return new_notebook(cells=[
        new_markdown_cell("# Prices", id="title"), new_code_cell(load, id="load"), new_code_cell("len(prices)", id="count"),
        marked("total-answer", f"total = {total}", solution=True),
        marked("total", "assert total == 6 and shop.name == 'ours'", grade=True, locked=True, points=2),
    ])  # fmt: skip


@pytest.fixture(scope="module")
def hand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hand]:
    """Return a function that grades a notebook with some files beside it."""
    own = tmp_path_factory.mktemp("lesson")
    (own / "prices.txt").write_text("1\n2\n3\n")
    (own / "shop.py").write_text("name = 'ours'")
    prepared = gather(
        "prices", [("prices", lesson())], {}, tests=own / "none.py", files=own, limits=Limits(),
        preload=(),
    )  # fmt: skip
    assert isinstance(prepared, Prepared)
    with ExitStack() as stack:

        def judge(node: NotebookNode, **files: str) -> tuple[Graded, Place]:
            folder, places = tmp_path_factory.mktemp("work"), []
            (folder / "prices.ipynb").write_text(write_text(node))
            for name, text in files.items():
                (folder / name).write_text(text)

            def opened(place: Place) -> Session:
                places.append(place)
                return stack.enter_context(closing(open_session(place)))

            result = grade(
                Submission("ana", "prices", folder, None, "digest"),
                prepared,
                checks.Tests(),
                opened,
            )
            return result, places[0]

        judge(lesson())  # the first is never shared
        yield judge


def test_who_begins_as_the_lesson_shares_it(hand: Hand) -> None:
    result, place = hand(lesson(), **{"record.jsonl": "", "timestamp.txt": "", "prices.txt": "9"})
    assert place.opening is not None
    assert place.opening.cells == (LOAD, "len(prices)")
    assert result.verdicts[0].score == 2


def test_a_wrong_answer_is_wrong_all_the_same(hand: Hand) -> None:
    result, place = hand(lesson(total="max(prices)"))
    assert place.opening is not None
    assert result.verdicts[0].score == 0


def test_who_changed_the_beginning_runs_it(hand: Hand) -> None:
    result, place = hand(lesson(load=LOAD + "\nprices.append(4)"))
    assert place.opening is None
    assert result.verdicts[0].score == 0


@pytest.mark.parametrize("name", ["os.py", "sitecustomize.py", "more.txt"])
def test_who_brings_files_runs_it_beside_them(hand: Hand, name: str) -> None:
    result, place = hand(lesson(), **{name: "name = 'theirs'"})
    assert place.opening is None
    assert result.verdicts[0].score == 2


def test_both_give_the_same_notebook(hand: Hand) -> None:
    shared, alone = hand(lesson())[0], hand(lesson(), **{"more.txt": ""})[0]
    assert shared.notebooks == alone.notebooks
    assert '"execution_count": 2' in shared.notebooks[0][1]
