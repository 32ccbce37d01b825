"""A small course about safety: its lesson, how learners hand it in, and looks at pages about it."""

import datetime as dt
import json
import os
import shutil
from pathlib import Path
from typing import Any

from course.lesson import record
from playwright.sync_api import Page

import classroom

AXE = Path(__file__).parents[1] / "browser" / "vendor" / "axe.min.js"
DOCS = Path(__file__).parents[2] / "docs"

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


def faults(page: Page) -> list[str]:
    """Return the serious faults of accessibility that axe-core finds on a page."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    return [each["id"] for each in found if each["impact"] in ("serious", "critical")]


def picture(place: Any, name: str) -> None:
    """Take a picture for the documentation, where that is asked for."""
    if os.environ.get("COURSE_SCREENSHOTS"):
        place.screenshot(path=DOCS / f"{name}.png")
