"""What one source of a lesson says to its author's checks: cells, marks, mistakes, wrong answers. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from course.authoring import marks
from course.authoring.build import call_of
from course.authoring.draft import Draft, Wrong
from course.notebook import NotebookNode
from course.notebook import marks as metadata


def add(
    draft: Draft, name: str, file: str, raw: NotebookNode, rows: Mapping[str, int] | None = None
) -> Draft:
    """Return a draft with one more source.

    Args:
        name: the notebook's, without suffix.
        file: the source's, from the course's folder.
        raw: its cells, marks and all.
        rows: of a text, cell -> the line of the file that it begins on.
    """
    done, problems = marks.apply(raw)
    lines = {cell.id: cell.source.count("\n") for cell in raw.cells}
    wrongly = {problem.cell for problem in problems}
    return replace(
        draft,
        notebooks={**draft.notebooks, name: (file, done)},
        wrong=(*draft.wrong, *_wrong_answers(name, raw)),
        mistakes=(*draft.mistakes, *((file, p.cell, p.line, p.text, p.hint) for p in problems)),
        unclear=draft.unclear
        | {_question(cell) for cell in raw.cells if cell.id in wrongly} - {""},
        skipped={**draft.skipped, **{(file, cell.id): max(lines.get(cell.id, 0) - cell.source.count("\n"), 0)
                                     for cell in done.cells}},
        rows={**draft.rows, **{(file, cell): line for cell, line in (rows or {}).items()}},
        made=draft.made | {(file, cell.id) for cell in done.cells if cell.id not in lines},
    )  # fmt: skip


def _question(cell: NotebookNode) -> str:
    return marks.read(cell.source).name or call_of(cell.source)[1]


def _wrong_answers(name: str, raw: NotebookNode) -> Iterator[Wrong]:
    """Yield the wrong answers of one source, each with the answer cell that it stands below or names."""
    above, named = "", dict[str, str]()
    for cell in raw.cells:
        mark = marks.read(cell.source)
        if mark.word == "exercise" or metadata(cell).get("solution"):
            above = named[mark.name] = cell.id
        elif mark.word == "wrong":
            answer = named.get(mark.settings["of"], "") if "of" in mark.settings else above
            skipped = cell.source.count("\n") - mark.rest.count("\n")
            yield Wrong(
                name, cell.id, answer, mark.name, mark.settings.get("says", ""), mark.rest, skipped
            )
