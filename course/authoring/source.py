"""A lesson's source on the disk, whatever it is written in: read, checked, and built for nbgrader."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from course import layout as disk
from course import notebook as notebooks
from course.authoring import build, marks, text
from course.errors import Invalid, NotFound
from course.layout import Layout
from course.notebook import NotebookNode

BUILT = Path(".course") / "source"
FORM = 1
"""Changes when a build differs for the same source."""
_SOLUTION = re.compile(rb"^\s*### BEGIN SOLUTION|^(# )?#\| (exercise|answer|wrong):", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Sources:
    """The lessons of a course as their authors wrote them.

    A lesson with a source in text is built below `.course/source/`: its notebooks and its data
    files, without the text. A lesson of notebooks only is its own build.
    """

    layout: Layout

    def folder(self, lesson: str) -> Path:
        """Return the folder that nbgrader reads and grading takes data files from, up to date.

        Raises:
            Invalid: with every mistake of the lesson at once.
        """
        own = self.layout.source / lesson
        if all(path.suffix == ".ipynb" for path in disk.sources(own)):
            return own
        built = self.layout.root / BUILT / lesson
        stamp, now = built.parent / f".{lesson}.json", _stamp(own)
        if not built.is_dir() or not stamp.is_file() or stamp.read_text(encoding="utf-8") != now:
            found, texts = self._marked(lesson), disk.sources(own)

            def add(work: Path) -> None:
                for name, node in found:
                    disk.write(work / f"{name}.ipynb", notebooks.write_text(node))

            disk.copy_folder(own, built, lambda _name, path: path not in texts, add)
            disk.write(stamp, now)
        return built

    def notebooks(self, lesson: str) -> list[tuple[str, NotebookNode]]:
        """Return names and notebooks of a lesson; marks have become nbgrader's metadata.

        Raises:
            Invalid: with every mistake of the lesson at once, each with file, cell and line.
        """
        folder = self.folder(lesson)
        if folder == self.layout.source / lesson:
            return self._marked(lesson)
        paths = sorted(folder.glob("*.ipynb"))
        return [(path.stem, notebooks.read(path)[0]) for path in paths]

    def raw(self, lesson: str) -> Iterator[tuple[Path, NotebookNode]]:
        """Yield file and notebook of each source, its marks still in it.

        Raises:
            Invalid: for a file that can't be read, and for two sources of one notebook.
        """
        there: dict[str, Path] = {}
        for path in disk.sources(self.layout.source / lesson):
            if path.stem in there:
                raise Invalid(
                    "two files are the source of one notebook", where=str(path.parent),
                    expected="one of them", found=f"{there[path.stem].name} and {path.name}",
                    hint="remove the older one; course convert makes one from the other",
                )  # fmt: skip
            there[path.stem] = path
            last = self._last(lesson, path.stem) if path.suffix != ".ipynb" else None
            yield path, text.read(path, last)

    def _last(self, lesson: str, name: str) -> NotebookNode | None:
        """Return the notebook as it was built last, else as learners have it, if there is one."""
        outbound = self.layout.exchange / self.layout.course_id / "outbound"
        for folder in (self.layout.root / BUILT, self.layout.release, outbound):
            try:
                return notebooks.read(folder / lesson / f"{name}.ipynb")[0]
            except (NotFound, Invalid):
                continue  # a build that is gone or spoilt costs stable ids only
        return None

    def _marked(self, lesson: str) -> list[tuple[str, NotebookNode]]:
        found, wrong = [], []
        for path, node in self.raw(lesson):
            done, problems = marks.apply(node)
            found.append((path.stem, done))
            wrong += [_told(path, node, problem) for problem in problems]
            if problems:  # else whoever asks for the questions is told of these
                wrong += _quiz_problems(path, done)
        wrong += _given_away(self.layout.source / lesson)
        if wrong:
            many = f"{len(wrong)} mistakes in the lesson's marks"
            what = "a mistake in the lesson's marks" if len(wrong) == 1 else many
            raise Invalid("\n    ".join([what, *wrong]), where=str(self.layout.source / lesson))
        return found


def travelling(node: NotebookNode, name: str) -> NotebookNode:
    """Return a notebook as nbgrader is to see it: marks are metadata, rubrics stay here.

    Args:
        name: the file's name, for errors.

    Raises:
        Invalid: with every mistake in its marks.
    """
    done, problems = marks.apply(node)
    if problems:
        lines = [_told(Path(name), node, problem) for problem in problems]
        raise Invalid("\n    ".join(["a mistake in the lesson's marks", *lines]), where=name)
    marks.without_rubrics(done)
    return done


def _stamp(folder: Path) -> str:
    """Return what changes when a file of a folder was saved."""
    files = [
        (name, path.stat().st_size, path.stat().st_mtime_ns)
        for name, path in disk.files_below(folder)
    ]
    return json.dumps([FORM, files])


def _told(path: Path, node: NotebookNode, problem: marks.Problem) -> str:
    """Return a mistake with its place: in a text the line of the file, else that of the cell."""
    where = f"{path.name}, cell '{problem.cell}', line {problem.line}"
    if path.suffix != ".ipynb":
        begin = text.lines(path.read_text(encoding="utf-8-sig"), node).get(problem.cell)
        where = f"{path.name}:{begin + problem.line - 1}, cell '{problem.cell}'" if begin else where
    return f"{where}: {problem.text}; {problem.hint}"


def _given_away(folder: Path) -> list[str]:
    """Return data files that are sources by their content: they would travel, solutions and all."""
    sources, found = disk.sources(folder), []
    for name, path in disk.files_below(folder):
        if (
            path.suffix in (".md", ".py")
            and path not in sources
            and _SOLUTION.search(path.read_bytes())
        ):
            found.append(f"{name}: learners would get this file with its solution; begin it with jupytext's "
                         "header if it is a source, or move it out of the lesson's folder")  # fmt: skip
    return found


def _quiz_problems(path: Path, node: NotebookNode) -> list[str]:
    try:
        build.quizzes(path.stem, node)
    except Invalid as error:
        return [f"{path.name}, {line.strip()}" for line in error.what.splitlines()[1:]]
    return []
