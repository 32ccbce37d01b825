"""From a question as other tools know it to the text of a ``%%quiz`` cell, read back to be sure."""

import re
from collections.abc import Sequence
from dataclasses import replace

from course.interchange.asked import Asked, Choice, of
from course.interchange.report import Report
from course.questions import check
from course.questions.text import QuizTextError, parse

_DIRECTIVE = re.compile(r"(?=(?:=|!)\s|let\s|[A-Za-z-]+:\s)")
_LISTED = re.compile(r"(\s*[-*]\s*)\[")


def accepted(found: Sequence[Asked], report: Report) -> list[tuple[Asked, str]]:
    """Return the questions that can be asked here, each with the text of its cell.

    Those that can't are in the report, with the reasons that `course.questions.check` gives.
    """
    kept = []
    for asked in found:
        try:
            source, changed = written(asked)
            problems = [str(problem) for problem in check(parse(source))]
        except QuizTextError as error:
            problems = [text for _, text in error.problems]
        if problems:
            report.lost(
                asked.where,
                f"'{asked.name}' can't be asked here: {'; '.join(dict.fromkeys(problems))}",
            )
            continue
        kept.append((asked, source))
        for text in changed:
            report.changed(asked.where, text)
        report.taken(asked.where, f"'{asked.name}', {asked.kind}" + (
            f", {asked.points:g} point{'s' * (asked.points != 1)}" if asked.points else ", practice"))  # fmt: skip
    return kept


def written(asked: Asked) -> tuple[str, list[str]]:
    """Return the text of a question's cell, and what had to be put differently.

    Raises:
        QuizTextError: when the question can't be said in a cell.
    """
    changed: list[str] = []
    flat = _one_line(asked, changed)
    meant = replace(flat, where=flat.name, prompt=_prompt(flat).strip())
    source = ""
    for kind in ("", f" kind={flat.kind}"):
        source = _text(meant, kind)
        item = parse(source)
        back, _ = of(item)
        if back is not None and _essence(back) == _essence(meant):
            return source, changed
    changed.append("reads a little otherwise here; compare it with the original")
    return source, changed


def _essence(asked: Asked) -> tuple[object, ...]:
    prompt = "\n".join(line.strip() for line in asked.prompt.splitlines())
    choices = sorted(map(repr, asked.choices))
    return asked.kind, prompt, choices, asked.points, asked.hints, asked.credit, asked.case


def _one_line(asked: Asked, changed: list[str]) -> Asked:
    """Return a question whose answers and hints are one line each, as a cell has them."""

    def line(text: str) -> str:
        return " ".join(text.split())

    choices = tuple(
        replace(each, text=line(each.text), why=line(each.why), left=line(each.left))
        for each in asked.choices
    )
    if any("\n" in each.text.strip() for each in asked.choices):
        changed.append("an answer of several lines is one line now")
    if asked.kind in ("single", "multiple", "matching"):
        choices = tuple(
            replace(each, text=_dashes(each.text), left=_dashes(each.left)) for each in choices
        )
    return replace(
        asked, choices=choices, hints=tuple(map(line, asked.hints)), unit=line(asked.unit)
    )


def _dashes(text: str) -> str:
    r"""Return Markdown in which ``--`` and ``=>`` separate nothing: ``\--`` reads the same."""
    return re.sub(r"(^|\s)--(?=\s|$)", r"\1\\--", text).replace("=>", r"=\>")


def _prompt(asked: Asked) -> str:
    """Return a prompt of which no line looks like an answer or a setting."""
    lines, fenced = [], False
    for line in asked.prompt.splitlines():
        fenced ^= line.lstrip().startswith("```")
        plain = line
        if not fenced:
            plain = _LISTED.sub(r"\1\\[", line)
            plain = plain.replace("=>", r"=\>") if asked.kind == "matching" else plain
            plain = f" {plain}" if _DIRECTIVE.match(plain) else plain
        lines.append(plain)
    return "\n".join([*lines, *(["```"] if fenced else [])])


def _text(asked: Asked, kind: str) -> str:
    settings = f" points={asked.points:g}" if asked.points else ""
    settings += kind or (" kind=words" if asked.kind == "words" else "")
    settings += f" credit={asked.credit}" if asked.credit and asked.kind in _CREDIT else ""
    settings += " case=keep" if asked.case and asked.kind in ("text", "blanks") else ""
    prompt = _with_blanks(asked) if asked.kind == "blanks" else asked.prompt
    lines = [f"%%quiz {asked.name}{settings}", prompt]
    lines += [_line(asked.kind, each) for each in asked.choices
              if asked.kind != "blanks" or not (each.blank or each.right)]  # fmt: skip
    lines += [f"unit: {asked.unit}"] if asked.unit else []
    lines += ["```model", asked.model, "```"] if asked.model else []
    lines += [f"hint: {hint}" for hint in asked.hints if hint]
    return "\n".join(lines)


_CREDIT = ("multiple", "number", "matching", "blanks")


def _line(kind: str, choice: Choice) -> str:
    why = f" -- {choice.why}" if choice.why else ""
    if kind in ("single", "multiple"):
        return f"- [{'x' if choice.right else ' '}] {choice.text}{why}"
    if kind == "matching":
        return f"- {choice.left} => {choice.text}{why}".replace("-  =>", "- =>")
    return f"{'=' if choice.right else '!'} {choice.text}{why}"


def _with_blanks(asked: Asked) -> str:
    def blank(match: re.Match[str]) -> str:
        here = [each for each in asked.choices if each.blank == int(match[1])]
        if here and here[0].pick:
            marked = (f"({'x' if each.right else ' '}) {each.text}" for each in here)
            return f"[[{' '.join(marked)}]]"
        return f"[[{'|'.join(each.text for each in here if each.right)}]]"

    return re.sub(r"\[\[(\d+)\]\]", blank, asked.prompt)
