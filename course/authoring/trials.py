"""What is handed in to try a lesson: the solution, nothing at all, and wrong answers. Pure."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

import nbformat

from course.authoring.draft import Draft, tree
from course.authoring.mutants import SPOILS, mutants
from course.model import Kind
from course.notebook import NotebookNode, marks, write_text
from course.questions import kind_of

_SEEDED = (
    "import random, sys\nrandom.seed(20)\nif 'numpy' in sys.modules:\n"
    "    sys.modules['numpy'].random.seed(20)"
)
_STRINGS = 40
_KEEP = re.compile(
    r"unchanged|not (?:be )?changed?|don't change|\bin[- ]place\b(?! of)|modif|mutat", re.IGNORECASE
)
"""How a lesson says that its functions must leave their input alone."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One submission that a lesson is tried with.

    Attributes:
        name: of the learner who hands it in.
        files: name and text of the notebooks that differ from the release.
        answers: quiz question and raw answer.
        question: the exercise that is answered wrong; empty when none is.
        notebook: the one that it stands in.
        answer: id of the cell that is answered wrong.
        slip: what is wrong with it.
        cell: where that stands, if the author wrote it.
        line: of the cell that has the right answer; 0 when it is not one line.
        says: what the learner must be told.
        own: whether the author wrote it.
    """

    name: str
    files: tuple[tuple[str, str], ...] = ()
    answers: tuple[tuple[str, tuple[str, ...]], ...] = ()
    question: str = ""
    notebook: str = ""
    answer: str = ""
    slip: str = ""
    cell: str = ""
    line: int = 0
    says: str = ""
    own: bool = False


def of(draft: Draft) -> list[Trial]:
    """Return the solution, the solution begun with another seed, and the untouched release."""
    judged = {question.id for question in draft.questions}
    answers = tuple(
        (item.id, tuple(kind_of(item).samples(item, 0)["correct"]))
        for item in draft.items.values() if item.id in judged
    )  # fmt: skip
    right, seeded = [], []
    for name, node in _released(draft):
        _answer(node, _solutions(draft, name))
        right.append((f"{name}.ipynb", write_text(node)))
        node.cells.insert(0, nbformat.v4.new_code_cell(_SEEDED, id="another-seed"))
        seeded.append((f"{name}.ipynb", write_text(node)))
    return [
        Trial("solution", tuple(right), answers), Trial("untouched"),
        Trial("again", tuple(seeded), answers),
    ]  # fmt: skip


def wrong_answers(draft: Draft) -> list[Trial]:
    """Return the author's own wrong answers, and those that are made from the solutions."""
    trials: list[Trial] = []
    for name, (_, node) in draft.notebooks.items():
        right, strings = _solutions(draft, name), _texts(node)
        for question, cell in _exercises(draft, node):
            for mutant in mutants(cell.source, strings):
                if mutant.slip.startswith(SPOILS) and not _KEEP.search(_task(node, cell)):
                    continue
                trials.append(Trial(
                    f"wrong-{len(trials)}", _with(draft, name, right | {cell.id: mutant.source}),
                    question=question, notebook=name, answer=cell.id, slip=mutant.slip, line=mutant.line,
                ))  # fmt: skip
        of_answer = {answer.id: question for question, answer in _exercises(draft, node)}
        trials += [
            Trial(
                f"own-{wrong.cell}", _with(draft, name, right | {wrong.answer: wrong.code}),
                question=of_answer[wrong.answer], notebook=name, answer=wrong.answer, slip=wrong.slip,
                cell=wrong.cell, says=wrong.says, own=True,
            )
            for wrong in draft.wrong
            if wrong.notebook == name and wrong.answer in of_answer and tree(wrong.code) is not None
        ]  # fmt: skip
    return trials


def _released(draft: Draft) -> Iterator[tuple[str, NotebookNode]]:
    for name, content in draft.release.items():
        if name.endswith(".ipynb") and "/" not in name:
            yield name.removesuffix(".ipynb"), nbformat.from_dict(json.loads(content))


def _solutions(draft: Draft, name: str) -> dict[str, str]:
    """Return the sources of a notebook's answer cells, by cell id."""
    if name not in draft.notebooks:
        return {}
    return {
        cell.id: cell.source
        for cell in draft.notebooks[name][1].cells
        if marks(cell).get("solution")
    }


def _answer(node: NotebookNode, sources: dict[str, str]) -> None:
    for cell in node.cells:
        cell.source = sources.get(cell.id, cell.source)


def _with(draft: Draft, name: str, sources: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """Return the notebooks as handed in with these sources in one of them, all others right."""
    files = []
    for each, node in _released(draft):
        _answer(node, sources if each == name else _solutions(draft, each))
        files.append((f"{each}.ipynb", write_text(node)))
    return tuple(files)


def _exercises(draft: Draft, node: NotebookNode) -> Iterator[tuple[str, NotebookNode]]:
    """Yield each exercise that tests judge, and each code cell of its answer."""
    judged = {q.id for q in draft.questions if q.kind in (Kind.CODE, Kind.TESTS)}
    pending: list[NotebookNode] = []
    for cell in node.cells:
        about = marks(cell)
        if about.get("grade") and about["grade_id"] in judged:
            yield from ((about["grade_id"], answer) for answer in pending)
            pending = []
        elif about.get("solution") and not about.get("grade") and cell.cell_type == "code":
            pending.append(cell)


def _task(node: NotebookNode, answer: NotebookNode) -> str:
    """Return the prose between the last graded cell and an answer cell."""
    prose = ""
    for cell in node.cells:
        if cell.id == answer.id:
            break
        prose = (
            ""
            if marks(cell).get("grade")
            else f"{prose}\n{cell.source * (cell.cell_type == 'markdown')}"
        )
    return prose


def _texts(node: NotebookNode) -> tuple[str, ...]:
    """Return the short texts that the notebook's code names, as columns are; the commonest first."""
    counts = dict[str, int]()
    for cell in node.cells:
        if cell.cell_type != "code" or not cell.source.strip() or cell.source.startswith("%%"):
            continue
        for text in re.findall(r"\[\s*['\"]([^'\"\n]{1,40})['\"]\s*\]", cell.source):
            counts[text] = counts.get(text, 0) + 1
    return tuple(sorted(counts, key=lambda text: -counts[text])[:_STRINGS])
