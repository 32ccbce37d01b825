"""The picture of the package, held against its imports."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import course

ROOT = Path(course.__file__).parent
FILES = sorted(path for path in ROOT.rglob("*.py") if not {"sample", "templates"} & {*path.parts})

FLOORS = [
    {"errors"},
    {"model"},
    {"scoring", "testing", "layout", "limit", "markup", "dates", "mistakes", "archive", "database"},
    {"questions", "signing"},
    {"sealed"},
    {"settings", "notebook", "store"},
    {"office"},
    {"authoring", "exchange", "interchange", "lesson", "sandbox", "update"},
    {
        "grading",
        "review",
        "feedback",
        "deadline",
        "certificate",
        "look",
        "platforms",
        "pacing",
        "asking",
        "kept",
        "attending",
    },
    {"insight", "term/attempts"},
    {"report", "term", "submitting", "term/traces"},
    {"term/proving"},
    {
        "term/returning",
        "term/extending",
        "term/disputing",
        "term/certifying",
        "term/reminding",
        "term/meeting",
        "term/serving",
        "term/overseeing",
    },
    {
        "term/auditing",
        "study",
        "term/receiving",
        "term/regrade",
        "term/rerun",
        "term/inspection",
        "term/preview",
        "term/forgetting",
        "term/verifying",
    },
    {
        "term/planning",
        "term/comparison",
        "own_data",
        "term/suggestion",
        "desk",
        "term/overview",
        "term/triage",
    },
    {"term/background", "term/resemblance", "term/sending", "term/launching"},
    {"server", "service", "plugin"},
    {"demo"},
    {"cli"},
    {"__main__"},
]
"""From the ground up. A room may use rooms below it, never one above or beside it."""

HEAVY = {
    "nbgrader": ("exchange/", "store/", "plugin.py"),
    "sqlalchemy": ("database.py", "store/", "office/", "exchange/quiet.py"),
    "fastapi": ("service/",),
    "starlette": ("service/",),
    "uvicorn": ("service/",),
    "jupyterhub": ("service/",),
    "httpx": ("exchange/remote.py", "platforms/lrs.py"),
    "pandas": ("insight/", "report/", "sandbox/values.py"),
    "pyarrow": ("insight/", "sandbox/values.py"),
    "msgspec": ("insight/records.py",),
    "altair": ("report/charts.py",),
    "vl_convert": ("report/charts.py",),
    "pytest": ("grading/checks.py",),
    "typer": ("cli/",),
    "cryptography": ("signing.py",),
    "pylti1p3": ("platforms/lti.py", "platforms/lti_wire.py"),
    "jwcrypto": ("platforms/lti.py",),
    "requests": ("platforms/lti_wire.py",),
    "weasyprint": ("certificate/paper.py", "report/"),
    "segno": ("certificate/paper.py",),
    "ipywidgets": ("lesson/",),
    "anywidget": ("lesson/",),
    "nbclient": ("sandbox/", "lesson/"),
    # in autotests.py only to give the kernel that nbgrader starts a private socket
    "jupyter_client": ("sandbox/", "lesson/", "exchange/autotests.py"),
    "jupytext": ("authoring/text.py",),
    "icalendar": ("pacing/calendar.py",),
    "smtplib": ("pacing/post.py",),
    "watchfiles": ("term/preview.py",),
    "tornado": ("server/",),
    "jupyter_server": ("server/",),
    "pygments": ("server/",),
    "IPython": ("sandbox/", "lesson/"),
    "ipykernel": ("sandbox/", "lesson/"),
}
"""What is heavy, and the only places that may name it."""


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def room_of(path: Path) -> str:
    room, *within = path.relative_to(ROOT).with_suffix("").parts
    return f"{room}/{within[0]}" if room == "term" and within != ["__init__"] else room


def floor_of(room: str) -> int:
    return next(number for number, rooms in enumerate(FLOORS) if room in rooms)


def imported(path: Path) -> Iterator[tuple[int, str]]:
    """Yield line and full name of everything that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(path)}:{node.lineno}: an import says where from"
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def rooms_used(path: Path) -> Iterator[tuple[int, str]]:
    rooms = {room_of(other) for other in FILES} - {"__init__"}
    for line, name in imported(path):
        parts = name.split(".")
        if parts[0] == "course":
            # what the package itself offers, `course.check` say, is its lesson room's
            found = ("/".join(parts[1:3]), parts[1] if parts[1:] else "")
            yield line, next((room for room in found if room in rooms), "__init__")


def test_every_room_has_its_floor() -> None:
    rooms = {room_of(path) for path in FILES} - {"__init__"}
    assert rooms <= set().union(*FLOORS), "a new room: say in FLOORS where it stands"


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_room_uses_only_what_lies_below_it(path: Path) -> None:
    own = room_of(path)
    if own == "__init__":
        assert {room for _, room in rooms_used(path)} <= {"lesson", "testing"}
        return
    wrong = [
        f"line {line}: {own} imports {room}"
        for line, room in rooms_used(path)
        if room not in (own, "__init__") and floor_of(room) >= floor_of(own)
    ]
    assert not wrong


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_heavy_package_is_named_only_in_its_room(path: Path) -> None:
    name = name_of(path)
    wrong = [
        f"line {line}: {module}"
        for line, module in imported(path)
        if (places := HEAVY.get(module.partition(".")[0])) and not name.startswith(places)
    ]
    assert not wrong


def fresh(script: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script], capture_output=True, text=True, check=False,
        cwd=ROOT.parent,
    )  # fmt: skip
    assert done.stderr == ""
    return done.stdout.strip()


def test_importing_course_in_a_notebook_is_light() -> None:
    heavy = ["pandas", "nbgrader", "sqlalchemy", "pydantic", "pytest", "anywidget", "ipywidgets",
             "nbformat", "jinja2", "typer", "rich", "numpy"]  # fmt: skip
    assert fresh(f"import sys, course; print([m for m in {heavy} if m in sys.modules])") == "[]"


def test_course_offers_exactly_what_it_says() -> None:
    script = (
        "import types, course\n"
        "own = {n for n, v in vars(course).items()"
        " if not n.startswith('_') and not isinstance(v, types.ModuleType)}\n"
        "print(sorted(own) == sorted(course.__all__), sorted(own))"
    )
    assert fresh(script) == (
        "True ['answer', 'ask', 'check', 'gate', 'hint', 'live', 'misconception', 'needs', 'points', 'progress', 'public',"
        " 'quiz', 'reflect', 'review', 'section', 'video']"
    )


def test_the_elements_of_a_lesson_stay_functions_when_their_modules_are_loaded() -> None:
    script = (
        "import course, course.lesson as room\n"
        "from course.lesson import ask as a, check as b\n"
        "import course.lesson.ask, course.lesson.check, course.lesson.live, course.lesson.progress, course.lesson.quiz\n"
        "import course.lesson.reflect, course.lesson.review, course.lesson.section, course.lesson.video\n"
        "print(all(callable(getattr(course, name)) for name in room.__all__))"
    )
    assert fresh(script) == "True"
