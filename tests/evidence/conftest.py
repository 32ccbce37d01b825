"""A small course about safety, with two learners whose work was graded and returned."""

import datetime as dt
import json
import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "data"))

import classroom

from course.lesson import record
from course.model import Learner
from course.term import Course

LESSON = """---
jupyter:
  kernelspec:
    display_name: Python 3
    language: python
    name: python3
  jupytext:
    text_representation:
      extension: .md
      format_name: myst
---

# Safety

```{code-cell}
%%quiz exit points=2
Where is the exit?
- [x] left
- [ ] right
objective: leave
```

```{code-cell}
%%quiz alarm points=2
Who rings the alarm?
- [x] whoever sees the fire
- [ ] the boss
objective: alarm
```

```{code-cell}
%%quiz lift mode=must-correct
May you take the lift?
- [ ] yes -- it may stop between two floors
- [x] no
objective: leave
delay: 0 seconds
```
"""

COURSE = """id = "safety"
title = "Safety at work"
authors = ["The safety officer"]

[[objectives]]
id = "leave"
text = "Leave a burning house"
holds = "1 year"

[[objectives]]
id = "alarm"
text = "Ring the alarm"

[platforms]
home = "https://training.example.org"

[[lessons]]
folder = "fire"
title = "Fire"
objectives = ["leave", "alarm"]
pass_mark = 0.8
"""

CONFIG = """c = get_config()
c.CourseDirectory.course_id = "safety"
c.CourseDirectory.source_directory = "notebooks"
c.Exchange.root = "exchange"
"""

RIGHT = {"exit": "left", "alarm": "whoever sees the fire", "lift": "no"}


def respond(work: Path, question: str, text: str) -> None:
    """Answer a question of a lesson's folder with the option of this text."""
    asked = json.loads((work / "lesson.json").read_text(encoding="utf-8"))["questions"]
    (item,) = [each for each in asked if each["id"] == question]
    chosen = [option["id"] for option in item["options"] if option["text"] == text]
    assert chosen
    record.append(work, "answered", question, {"response": chosen})


def hand_in(
    root: Path, learner: str, answers: list[tuple[str, str]], at: dt.datetime | None = None
) -> None:
    """Hand in the lesson anew with more answers, and have it graded and returned."""
    work = root / "submitted" / learner / "fire"
    if not work.exists():
        shutil.copytree(root / "release" / "fire", work)
    for question, text in answers:
        respond(work, question, text)
    moment = at or dt.datetime.now(dt.UTC)
    (work / "timestamp.txt").write_text(f"{moment:%Y-%m-%d %H:%M:%S.%f} UTC")
    classroom.course("autograde fire", root)
    classroom.course("return fire", root)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the course: ana was wrong once and right in the end, ben never was."""
    root = tmp_path_factory.mktemp("evidence") / "safety"
    (root / "notebooks" / "fire").mkdir(parents=True)
    (root / "course.toml").write_text(COURSE, encoding="utf-8")
    (root / "nbgrader_config.py").write_text(CONFIG)
    (root / "notebooks" / "fire" / "fire.md").write_text(LESSON, encoding="utf-8")
    classroom.course("release fire", root)
    Course.open(root).enrol([Learner("ana", "Ana", "Novak"), Learner("ben", "Ben", "Kos")])
    for question in RIGHT:
        work = root / "submitted" / "ben" / "fire"
        if not work.exists():
            shutil.copytree(root / "release" / "fire", work)
        wrong = {"exit": "left", "alarm": "the boss", "lift": "yes"}[question]
        respond(work, question, wrong)
    hand_in(
        root,
        "ana",
        [("exit", "left"), ("alarm", "whoever sees the fire"), ("lift", "yes"), ("lift", "no")],
    )
    return root


@pytest.fixture
def root(made: Path, tmp_path: Path) -> Path:
    """Return a copy of it for one test."""
    shutil.copytree(made, tmp_path / "safety")
    return tmp_path / "safety"


@pytest.fixture
def course(root: Path) -> Course:
    return Course.open(root)
