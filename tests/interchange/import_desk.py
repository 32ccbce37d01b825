"""What the tests of imports share."""

import shutil
from pathlib import Path

from course.authoring.skeleton import make
from course.interchange.bring import bring
from course.interchange.report import Report
from course.term import Course

SAMPLES = Path(__file__).parents[1] / "data" / "formats"


class Desk:
    """A course to import into, and a folder for what is imported."""

    def __init__(self, folder: Path) -> None:
        make(folder / "course", "Tables")
        self.course = Course.open(folder / "course")
        self.layout = self.course.layout
        self.inbox = folder / "inbox"
        self.inbox.mkdir()

    def bring(self, path: Path | str, to: str = "", known_as: str = "") -> Report:
        return bring(self.layout, SAMPLES / path, to, known_as)

    def file(self, name: str, content: str | bytes) -> Path:
        path = self.inbox / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def tree(self) -> list[str]:
        root = self.layout.root
        return sorted(path.relative_to(root).as_posix() for path in root.rglob("*"))

    def copied(self, name: str) -> Path:
        return Path(shutil.copytree(Path(__file__).parents[1] / "data" / name, self.inbox / name))


def said(report: Report, what: str) -> str:
    return "\n".join(f"{note.where}: {note.text}" for note in report.notes if note.what == what)
