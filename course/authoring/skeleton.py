"""A new course with one small lesson, and a new lesson built around its objectives; ready to release."""

import json
import keyword
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from string import Template

from course.authoring import cell_ids, text
from course.errors import Invalid, NotFound
from course.layout import COURSE_FILE, Layout, files_below, safe_name, write
from course.notebook import write_text
from course.settings import parse

TEMPLATE = Path(__file__).parent.parent / "templates" / "new"


def make(folder: Path, title: str) -> list[Path]:
    """Make a course in a folder; returns the files.

    Raises:
        Invalid: when there is something in the folder already.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Invalid(
            "there is something there already",
            where=str(folder),
            expected="a folder that is empty or not there",
            hint="give another name",
        )
    name = re.sub(r"[^a-z0-9]+", "-", folder.resolve().name.lower()).strip("-") or "course"
    made = []
    for relative, path in files_below(TEMPLATE):
        text = path.read_text(encoding="utf-8")
        if relative == "course.toml":
            quoted = title.replace("\\", "\\\\").replace('"', '\\"')
            text = text.replace("COURSE-ID", name).replace("COURSE-TITLE", quoted)
        target = folder / relative.replace("gitignore.txt", ".gitignore")
        write(target, text)
        made.append(target)
    return made


def lesson(
    layout: Layout, name: str, title: str | None, objectives: Sequence[str], form: str
) -> list[Path]:
    """Add a lesson to a course: its source, its tests, its entry in `course.toml`.

    Args:
        objectives: each the id of one in `course.toml`, or the text of a new one.
        form: "md", "py" or "ipynb".

    Returns:
        the files made, and `course.toml`.

    Raises:
        Invalid: when there is such a lesson, or the entry would not fit; nothing is written then.
        NotFound: when the course has no `course.toml`.
    """
    place, tests = layout.source / safe_name(name, "lesson") / f"{name}.{form}", layout.tests(name)
    for path in (place.parent, tests):
        if path.exists():
            raise Invalid(
                "there is something there already", where=str(path), hint="give another name"
            )
    file = layout.root / COURSE_FILE
    if not file.is_file():
        raise NotFound(
            f"the course has no {COURSE_FILE}",
            where=str(layout.root),
            hint="course new DIR makes one",
        )
    title = title or name.replace("-", " ").capitalize()
    before = file.read_text(encoding="utf-8")
    known = {each["id"]: each["text"] for each in tomllib.loads(before).get("objectives", [])}
    chosen = {_slug(each) if each not in known else each: known.get(each, each)
              for each in objectives or [f"Say here what a learner can do after {title}"]}  # fmt: skip
    new = {key: words for key, words in chosen.items() if key not in known}
    after = _entries(before, name, title, chosen, new)
    parse(after, file)
    node = text.reads(_fill("lesson.md", name, title, chosen), ".md", f"{name}.md")
    cell_ids.give(node)
    write(place, write_text(node) if form == "ipynb" else text.writes(node, f".{form}"))
    write(tests, _fill("lesson.py", name, title, chosen))
    write(file, after)
    return [place, tests, file]


def _slug(words: str) -> str:
    """Return what a text is called in names: its first words, in small letters."""
    return "-".join(re.findall(r"[a-z0-9]+", words.lower())[:4]) or "objective"


def _function(key: str) -> str:
    name = re.sub(r"[^a-z0-9]+", "_", key.lower()).strip("_")
    return f"do_{name}" if not name.isidentifier() or keyword.iskeyword(name) else name


def _fill(file: str, name: str, title: str, objectives: dict[str, str]) -> str:
    """Fill in a template: its middle part, between two lines of ``%%``, once per objective."""
    top, each, end = (
        (TEMPLATE.parent / "lesson" / f"{file}.txt").read_text(encoding="utf-8").split("%%%%\n")
    )
    listed = "\n".join(f"- {words[:1].lower()}{words[1:]}" for words in objectives.values())
    common = {"name": name, "title": title, "objectives": listed}
    parts = [
        Template(each).substitute(common, id=_slug(key), text=words, function=_function(key))
        for key, words in objectives.items()
    ]
    return "".join([Template(top).substitute(common), *parts, Template(end).substitute(common)])


def _quoted(value: str | list[str]) -> str:
    """Return a text or a list of texts in TOML, which writes them as JSON does."""
    return json.dumps(value, ensure_ascii=False)


def _entries(
    before: str, name: str, title: str, objectives: dict[str, str], new: dict[str, str]
) -> str:
    """Return `course.toml` with the lesson below the last one, and new objectives above the first."""
    lines = before.rstrip("\n").splitlines()
    heads = [number for number, line in enumerate(lines) if line.startswith(("[", "# [["))]
    lessons = [number for number in heads if lines[number].strip() == "[[lessons]]"]
    end = next((n for n in heads if lessons and n > lessons[-1]), len(lines))
    entry = ["[[lessons]]", f"folder = {_quoted(name)}", f"title = {_quoted(title)}", "minutes = 30",
             f"objectives = {_quoted(list(objectives))}", f"points = {2 * len(objectives)}", ""]  # fmt: skip
    goals = [line for key, words in new.items()
             for line in ("[[objectives]]", f"id = {_quoted(key)}", f"text = {_quoted(words)}", "")]  # fmt: skip
    first = lessons[0] if lessons else end
    gap = [] if end and not lines[end - 1].strip() else [""]
    return (
        "\n".join([*lines[:first], *goals, *lines[first:end], *gap, *entry, *lines[end:]]).rstrip()
        + "\n"
    )
