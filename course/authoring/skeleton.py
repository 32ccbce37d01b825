"""A new course: one small lesson with every part that a lesson can have, ready to release."""

import re
from pathlib import Path

from course.errors import Invalid
from course.layout import files_below, write

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
