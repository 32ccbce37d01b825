"""How the demo's learners fill in a lesson: each persona is one thing that happens in real classes."""

import datetime as dt
import json
from functools import partial
from collections.abc import Mapping, Sequence
from pathlib import Path

from course import notebook as notebooks
from course.authoring import build
from course.lesson import record
from course.lesson.sitting import Sitting
from course.model import Kind
from course.notebook import NotebookNode, marks
from course.questions import kind_of, sheet
from course.questions.item import draw

WRONG: Mapping[str, Sequence[str]] = json.loads((Path(__file__).parent / "wrong.json").read_text(encoding="utf-8"))

_TROUBLE = {
    "warning": "import warnings\nwarnings.warn('this column may hold missing values')\n",
    "flood": "for number in range(50_000):\n    print('checking row', number)\n",
    "exception": "raise RuntimeError('I wanted to come back to this')\n",
    "crash": "import os\nos._exit(1)\n",
    "loop": "while True:\n    pass\n",
}


def fill_in(folder: Path, source: Mapping[str, NotebookNode], persona: str, learner: str) -> None:
    """Fill in a fetched lesson as this persona would, over some minutes that end now.

    Args:
        folder: the learner's folder of the lesson; its notebooks and record are written.
        source: the lesson's own notebooks by name, where the demo reads what is right.
        persona: a name of `class.csv`'s last column.
        learner: whose variants of the questions these are.
    """
    for path in sorted(folder.glob("*.ipynb")):
        node, _ = notebooks.read(path)
        right = source[path.stem]
        _answer(node, right, persona)
        _answer_quizzes(folder, right, persona, learner)
        _struggle(folder, right, persona)
        _spoil(node, persona)
        text = notebooks.write_text(node)
        path.write_text(text[: len(text) // 2] if persona == "broken" else text, encoding="utf-8")
    _pace(folder)


def _answer(node: NotebookNode, right: NotebookNode, persona: str) -> None:
    if persona == "blank":
        return
    solutions = {marks(cell)["grade_id"]: cell.source for cell in right.cells if marks(cell).get("solution")}
    place = 0
    for cell in node.cells:
        name = marks(cell).get("grade_id", "")
        if name not in solutions:
            continue
        cell.source = solutions[name].replace("### BEGIN SOLUTION", "").replace("### END SOLUTION", "")
        question = name.removesuffix("-answer")
        if question in WRONG and (persona == "wrong" or (persona == "partly" and place % 2)):
            cell.source = WRONG[question][0]
        place += 1
        if cell.cell_type == "code" and place == 2:  # noqa: PLR2004  the second exercise
            cell.source = _TROUBLE.get(persona, "") + cell.source


def _answer_quizzes(folder: Path, right: NotebookNode, persona: str, learner: str) -> None:
    """Answer as the notebook's widget does, each question in this learner's own variant."""
    if persona == "blank":
        return
    here = sheet.items((folder / sheet.NAME).read_text(encoding="utf-8"))
    for place, item in enumerate(build.quizzes(folder.name, right)):
        seat = Sitting(here[item.id], learner, partial(record.append, folder), record.read(folder))
        samples = kind_of(item).samples(item, seat.seed)
        good = persona != "wrong" and not (persona == "partly" and place % 2)
        if persona == "partly":
            seat.hint()
        seat.answer(samples["correct" if good else "wrong"])


def _struggle(folder: Path, right: NotebookNode, persona: str) -> None:
    """Let who gets it wrong check again and again, take hints and ask; others check once."""
    for place, name in enumerate(q.id for q in build.questions("", right) if q.kind is Kind.CODE):
        lost = persona == "wrong" and not place
        for tried in range(6 if lost else 1):
            record.append(folder, "attempted", name, {"success": persona not in ("wrong", "blank"), "passed": 0, "of": 2},
                          {"digest": f"{tried}"})  # fmt: skip
        for step in range(3 if lost else 0):
            record.append(folder, "hinted", name, {"step": step + 1})
        if lost:
            record.append(folder, "asked", name, {"response": "It says False where I expect True. What does it compare?"})


def _pace(folder: Path) -> None:
    """Put half a minute to some minutes between the events of a record, the last one now; always the same."""
    path = folder / record.NAME
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    moment, paced = dt.datetime.now().astimezone(), list[str]()
    for line in reversed(lines):
        event = json.loads(line)
        paced.append(json.dumps({**event, "timestamp": moment.isoformat(timespec="microseconds")}, ensure_ascii=False))
        moment -= dt.timedelta(seconds=30 + draw(folder.parent.name, event["object"], len(paced)) % 200)
    if paced:
        path.write_text("\n".join(reversed(paced)) + "\n", encoding="utf-8")


def _spoil(node: NotebookNode, persona: str) -> None:
    checks = [q.id for q in build.questions("", node) if q.kind is Kind.CODE]
    if persona == "deleted":
        node.cells = [cell for cell in node.cells if marks(cell).get("grade_id") != checks[0]]
    if persona == "duplicated":
        place = next(i for i, cell in enumerate(node.cells) if marks(cell).get("grade_id") == f"{checks[0]}-answer")
        copy = node.cells[place].copy()
        copy.id += "-copy"  # nbformat would complain; JupyterLab gives a split cell a new id, too
        node.cells.insert(place, copy)
