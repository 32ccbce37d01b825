"""kill -9 at any moment, then the same command again: as if nothing had happened."""

import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from classroom import DOUBLE, SQUARE, answer, course, gradebook, join, tree, visible
from processes import Launcher

pytestmark = pytest.mark.thorough

LEARNERS = ("ana", "ben", "cleo")
MARKS = "learner,question,points,comment\nana,wish,2,Good.\nben,wish,1,\ncleo,double,0.5,By hand.\n"


@dataclass(frozen=True)
class Class:
    """A class in one place, put back to the beginning of any step.

    Attributes:
        place: where it always lies, for the learners' files name it.
        before: the copies to begin each step from.
    """

    place: Path
    before: Path
    launcher: Launcher

    def keep(self, step: str) -> None:
        shutil.copytree(self.place, self.before / step)

    def begin(self, step: str) -> None:
        shutil.rmtree(self.place)
        shutil.copytree(self.before / step, self.place)


@pytest.fixture(scope="module")
def klass(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Class]:
    """Three learners; before each step, the class as it was then."""
    tmp = tmp_path_factory.mktemp("class")
    made = Class(tmp / "place", tmp / "before", Launcher(tmp / "log.txt"))
    made.place.mkdir()
    our = made.place / "our"
    course("new our --title Small", made.place)
    made.keep("release")
    course("release welcome", our)
    course("learners add ana", our)
    for learner, code in zip(
        LEARNERS, (SQUARE, SQUARE, "def double(number):\n    oops\n"), strict=True
    ):
        answer(join(our, learner), code)
        course("submit welcome", made.place / learner)
    course("collect welcome", our)
    for learner, key in (("ana", "Shift+Enter"), ("ben", "Escape")):
        answer(made.place / learner, DOUBLE, key=key)
    course("submit welcome", made.place / "ben")
    made.keep("submit")
    course("submit welcome", made.place / "ana")
    made.keep("collect")
    course("collect welcome", our)
    made.launcher.run("autograde welcome --jobs 2", our)
    (our / "marks.csv").write_text(MARKS)
    made.keep("mark")
    yield made
    made.launcher.close()


def handed_in(our: Path) -> dict[str, list[set[str]]]:
    """Return the names of the files of every submission on the exchange, by learner."""
    found: dict[str, list[set[str]]] = {}
    for folder in (our / "exchange" / "our" / "inbound").glob("[!.]*"):
        found.setdefault(folder.name.split("+")[0], []).append(set(tree(folder)))
    return found


def everything(place: Path) -> tuple[dict[str, bytes], dict[str, Any]]:
    return visible(place), gradebook(place / "our")


WHOLE = {"welcome.ipynb", "lesson.json", "record.jsonl", "timestamp.txt", "submission_secret.txt"}


def check_nothing_is_half(klass: Class, step: str, after: dict[str, bytes]) -> None:
    """Every lesson's folder that is seen is as it was before the step, or as it is after it."""
    before = visible(klass.before / step)
    now = visible(klass.place)
    for content in (now, before, after):
        content.pop("our/grades.csv", None)
    lessons = {str(Path(name).parent) for name in now}
    for lesson in lessons:
        seen, was, will = (
            {n: c for n, c in files.items() if str(Path(n).parent) == lesson} for files in (now, before, after)
        )  # fmt: skip
        assert seen in (was, will), f"{lesson} is half-written: {sorted(seen)}"
    for submissions in handed_in(klass.place / "our").values():
        assert all(files == WHOLE for files in submissions)
    book = gradebook(klass.place / "our")
    if step == "mark":
        assert len(book["course_manual"]) in (0, 3), "marks of one file are written all or none"


def points_in_time(duration: float, how_many: int, seed: str) -> list[float]:
    """Return moments spread over a duration; the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311
    return [duration * (number + chance.random()) / how_many for number in range(how_many)]


def play(
    klass: Class, step: str, command: str, who: str = "our", kills: int = 12, in_a_row: int = 1
) -> None:
    """Run a step undisturbed, then killed at many moments, each time done again to the end.

    Args:
        in_a_row: how many kills meet the same class before the command may end.
    """
    klass.begin(step)
    duration = klass.launcher.run(command, klass.place / who)
    expected = everything(klass.place)
    moments = points_in_time(duration, kills, step)
    random.Random(step).shuffle(moments)  # noqa: S311
    for number, moment in enumerate(moments):
        if number % in_a_row == 0:
            klass.begin(step)
        while not klass.launcher.kill(command, klass.place / who, moment):
            klass.begin(step)  # it was done before; the machine is quicker than it was
            moment /= 2  # noqa: PLW2901
        check_nothing_is_half(klass, step, expected[0])
        if number % in_a_row == in_a_row - 1:
            klass.launcher.run(command, klass.place / who)
            assert everything(klass.place) == expected, f"killed after {moment:.3f} s"
            assert klass.launcher.family() == []


def test_a_killed_release_is_completed_by_the_next(klass: Class) -> None:
    play(klass, "release", "release welcome")


def test_a_killed_submission_is_handed_in_once_by_the_next(klass: Class) -> None:
    play(klass, "submit", "submit welcome", "ana")

    course("collect welcome", klass.place / "our")
    ana = klass.place / "our" / "submitted" / "ana" / "welcome"
    assert (ana / "welcome.ipynb").read_bytes() == (
        klass.place / "ana/welcome/welcome.ipynb"
    ).read_bytes()
    assert len(list((klass.place / "our" / "submitted" / "ana").iterdir())) == 1


def test_a_killed_collection_is_completed_by_the_next(klass: Class) -> None:
    play(klass, "collect", "collect welcome")


def test_killed_marking_marks_all_or_none_and_the_next_all(klass: Class) -> None:
    play(klass, "mark", "mark welcome --csv marks.csv --grader maria")
