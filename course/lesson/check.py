"""`course.check`: an exercise's public tests on the learner's live objects."""

import hashlib
import html
import inspect
import os
import sys
import time
from pathlib import Path
from typing import Any

from course.lesson import doubt, fresh, public, record, words
from course.lesson.card import STYLE
from course.lesson.language import _, _n
from course.lesson.public import Tried
from course.questions import sheet


def show_check(question: str, *, clean: bool = False, hints: int = 0) -> None:
    """See `course.check`."""
    from IPython.core.getipython import get_ipython  # noqa: PLC0415  a notebook has it already
    from IPython.display import display  # noqa: PLC0415  as above

    shell = get_ipython()
    names = shell.user_ns if shell is not None else vars(sys.modules["__main__"])
    folder = Path.cwd()
    try:
        source = sheet.checks((folder / sheet.NAME).read_text(encoding="utf-8"))
    except FileNotFoundError:
        display(_page(_no_check(question), [], _no_sheet()))
        return
    except (ValueError, KeyError, TypeError):
        display(_page(_no_check(question), [], _damaged_sheet()))
        return
    tried = public.run(source, question, names)
    failed = [each for each in tried if not each.passed]
    if os.environ.get("NBGRADER_EXECUTION") or os.environ.get("NBGRADER_VALIDATING"):
        if failed:
            raise AssertionError("; ".join(f"{each.name}: {each.text}" for each in failed))
        return
    note = "" if tried else _("This exercise has no public test; it is graded after you submit.")
    note = note or _recorded(folder, question, tried, _sources(source, question, names))
    if clean:
        display(_clean_page(question, source, names, folder, tried, _running(shell)))
        return
    doubts = _doubts(source, question, names, folder, _running(shell)) if tried else []
    display(_page(_headline(question, tried), tried, note, *doubts))
    _show_published(folder, question, failed)
    _show_hints(folder, question, public.hints(source, question), hints, button=bool(failed))


def _no_check(question: str) -> str:
    return _("{question}: no check here").format(question=question)


def _no_sheet() -> str:
    return _(
        "The file lesson.json is not beside this notebook. If you moved the notebook, move the "
        "whole folder, or fetch the lesson again: course fetch LESSON"
    )


def _damaged_sheet() -> str:
    return _(
        "The file lesson.json beside this notebook is damaged. Delete it, and fetch the lesson "
        "again: course fetch LESSON. Your notebook stays as it is."
    )


def _recorded(folder: Path, question: str, tried: list[Tried], code: str) -> str:
    """Add the attempt to the record unless it is the last one again; returns what to say of it."""
    passed = sum(each.passed for each in tried)
    said = repr([(each.name, each.passed, each.text) for each in tried]) + code
    digest = hashlib.sha256(said.encode(errors="replace")).hexdigest()[:16]
    last = record.read(folder).checks.get(question)
    if last is not None and last.digest == digest:
        return ""
    result = {"success": passed == len(tried), "passed": passed, "of": len(tried)}
    try:
        failed = next((each.name for each in tried if not each.passed), "")
        about = {"digest": digest, **({"failed": failed} if failed else {})}
        record.append(folder, "attempted", question, result, about)
    except OSError as error:
        text = _("This check could not be recorded: {reason} Your work is unharmed.")
        return text.format(reason=words.of_failure(error))
    return ""


def _sources(source: str, question: str, names: dict[str, Any]) -> str:
    """Return the source of what is checked, so far as Python knows it."""
    found = []
    for name in public.wanted(source, question):
        try:
            found.append(inspect.getsource(names[name]))
        except (KeyError, TypeError, OSError):  # a value, or typed nowhere
            found.append(name)
    return "\n".join(found)


def _running(shell: Any) -> str:
    """Return the id of the cell that runs now; empty when the front end does not say it."""
    parent = shell.get_parent() if hasattr(shell, "get_parent") else None
    about = parent.get("metadata") if isinstance(parent, dict) else None
    return str((about or {}).get("cellId") or "")


def _doubts(
    source: str, question: str, names: dict[str, Any], folder: Path, cell: str
) -> list[str]:
    path = doubt.notebook_of(names, folder)
    every = doubt.code_cells(path) if path is not None else None
    cells = doubt.above(every, question, cell) if every is not None else None
    if path is None or every is None or cells is None:
        return []
    saved = path.stat().st_mtime
    found = doubt.doubts(cells, every, doubt.runs(), saved, public.wanted(source, question))
    if not found:
        return []
    text = _("This may hold only in this kernel: {why}.").format(why="; ".join(found))
    return [text, _('To see whether it holds in a fresh one, save the notebook and run: '
                    'course.check("{question}", clean=True)').format(question=question)]  # fmt: skip


def _clean_page(
    question: str, source: str, names: dict[str, Any], folder: Path, tried: list[Tried], cell: str
) -> "_page":
    """Check again in a fresh process, from the saved notebook, and say whether it holds there."""
    path = doubt.notebook_of(names, folder)
    if path is None:
        return _page(_headline(question, tried), tried, _(
            "It can't be known which notebook this is, so it can't be run afresh. Restart the kernel "
            "and run all cells instead."))  # fmt: skip
    every = doubt.code_cells(path)
    cells = doubt.above(every, question, cell) if every is not None else None
    if cells is None:
        text = _(
            "This check is not in {file} as it is saved. Save the notebook, and run this again."
        )
        return _page(_headline(question, tried), tried, text.format(file=path.name))
    sources = [each.source for each in cells if not doubt.is_ours(each.source)]
    afresh, trouble = fresh.check(sources, source, question, path.parent)
    saved = time.strftime("%H:%M:%S", time.localtime(path.stat().st_mtime))
    note = _("Run in a fresh process, from {file} as saved at {time}.").format(
        file=path.name, time=saved
    )
    here = [(each.name, each.passed) for each in tried]
    other = "" if here == [(each.name, each.passed) for each in afresh] else _(
        "In this kernel it came out differently: what holds only here is not in the notebook.")  # fmt: skip
    return _page(_headline(question, afresh), afresh, trouble, note, other)


def _show_hints(folder: Path, question: str, texts: list[str], step: int, *, button: bool) -> None:
    """Show the hints that were asked for, and a button for the next one below a failed check."""
    if not texts or not (step or button):
        return
    from IPython.display import display  # noqa: PLC0415  a notebook has it already

    from course.lesson.hints import Steps, take  # noqa: PLC0415  heavy

    step = max(0, min(step, len(texts)))
    problem = take(folder, question, step) if step else ""
    shown = max(step, record.read(folder).hints.get(question, 0))
    display(Steps(question, texts, shown, lambda taken: take(folder, question, taken)))
    if problem:
        print(problem)  # noqa: T201  the learner's notebook is where this is read


def _show_published(folder: Path, question: str, failed: list[Tried]) -> None:
    """Show what others were told who met the same: nobody has to ask it again."""
    from course.lesson.ask import others_card  # noqa: PLC0415  only below a failed check

    if failed and (card := others_card(folder, question, [each.name for each in failed])):
        from IPython.display import display  # noqa: PLC0415  a notebook has it already

        display(card)


def _headline(question: str, tried: list[Tried]) -> str:
    good = sum(each.passed for each in tried)
    if not tried:
        return question
    text = (
        _n("{question}: the check passed", "{question}: all {good} checks passed", good)
        if good == len(tried)
        else _("{question}: {good} of {all} checks passed")
    )
    return text.format(question=question, good=good, all=len(tried))


class _page:  # noqa: N801  a value with two forms
    """The result as text and as HTML."""

    def __init__(self, headline: str, tried: list[Tried], *notes: str) -> None:
        self.headline, self.tried, self.notes = headline, tried, [note for note in notes if note]

    def __repr__(self) -> str:
        lines = [self.headline]
        words = {True: _("ok "), False: _("not")}
        lines += [f"  {words[t.passed]} {t.name}" + (f": {t.text}" if t.text else "")
                  for t in self.tried]  # fmt: skip
        return "\n".join([*lines, *self.notes])

    def _repr_html_(self) -> str:
        words = {True: _("✓ passed"), False: _("✗ not yet")}
        rows = "".join(
            f'<li style="margin:.3rem 0"><b>{words[t.passed]}</b> {html.escape(t.name)}'
            + (f'<div style="white-space:pre-wrap">{html.escape(t.text)}</div>' if t.text else "") + "</li>"
            for t in self.tried
        )  # fmt: skip
        rows = f'<ul style="list-style:none;margin:.3rem 0;padding:0">{rows}</ul>' if rows else ""
        note = "".join(f'<p style="margin:.3rem 0">{html.escape(each)}</p>' for each in self.notes)
        good = bool(self.tried) and all(each.passed for each in self.tried)
        tone = "var(--jp-success-color1,#388e3c)" if good else "var(--jp-warn-color1,#f57c00)"
        return (
            f'<div role="status" class="course-card" style="{STYLE};border-left-color:{tone}">'
            f'<p style="margin:0"><strong>{html.escape(self.headline)}</strong></p>{rows}{note}</div>'
        )
