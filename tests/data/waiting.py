"""A course of one small lesson in which answers wait for a person, and three submissions can't be graded."""

import json
from pathlib import Path

from course import layout as disk
from course import notebook as notebooks
from course.authoring import skeleton
from course.model import Learner
from course.term import Course

LESSON, WRITTEN, CODE = "welcome", "wish", "double"
PEOPLE = (("ana", "Ana", "Horvat"), ("ben", "Ben", "Okafor"), ("mallory", "Mallory", "Quinn"),
          ("xenia", "Xenia", "Novak"), ("yara", "Yara", "Lund"), ("zoe", "Zoe", "Abara"))  # fmt: skip


def course(root: Path) -> Course:
    """Make it below an empty folder: handed in, autograded, nothing marked."""
    skeleton.make(root, "Working safely with data")
    opened = Course.open(root)
    opened.enrol([Learner(*each) for each in PEOPLE])
    opened.release(LESSON)
    for name, *_ in PEOPLE:
        hand_in(opened, name)
    _spoil(opened)
    prepared = opened.prepare(LESSON)
    work, _ = opened.todo(prepared)
    list(opened.autograde(prepared, work))
    return opened


def _spoil(opened: Course) -> None:
    """One file is cut off, one has another name beside a scrap of paper, one is none at all."""
    broken = opened.layout.submission("xenia", LESSON) / f"{LESSON}.ipynb"
    broken.write_text(broken.read_text(encoding="utf-8")[:-300], encoding="utf-8")
    other = opened.layout.submission("yara", LESSON) / f"{LESSON}.ipynb"
    other.rename(other.with_name(f"{LESSON} (1).ipynb"))
    other.with_name("scrap.ipynb").write_text('{"cells": [], "metadata": {}, "nbformat": 4}')
    (opened.layout.submission("zoe", LESSON) / f"{LESSON}.ipynb").write_text("see my e-mail")


def hand_in(opened: Course, name: str) -> None:
    """Put a learner's work into submitted/, as collecting does."""
    disk.copy_folder(opened.layout.release / LESSON, opened.layout.submission(name, LESSON))
    folder = opened.layout.submission(name, LESSON)
    path = folder / f"{LESSON}.ipynb"
    node, _ = notebooks.read(path)
    for cell in node.cells:
        about = notebooks.marks(cell)
        if about.get("grade_id") == WRITTEN:
            cell.source = f"I am {name}. <script>window.hacked = 1</script> I want less copying."
        elif about.get("solution"):
            cell.source = "def double(number):\n    return 2 * number"
    path.write_text(json.dumps(node), encoding="utf-8")
