"""A whole round in nbgrader's own commands over a course service, by configuration alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from classroom import DOUBLE, SQUARE, answer, course, nbgrader, new_course, tree
from offices import served

from course.office import joining
from course.office.office import Office

pytestmark = pytest.mark.thorough


@dataclass(frozen=True)
class Round:
    """A course's folder and its learners' folders, all joined to one service."""

    office: Office
    our: Path
    ana: Path
    ben: Path


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Round]:
    base = tmp_path_factory.mktemp("round")
    our = new_course(base / "course")
    with Office(base / "office") as office, served(office) as url:
        settings = our / "course.toml"
        text = settings.read_text("utf-8")
        id_ = next(line for line in text.splitlines() if line.startswith("id ="))
        text = text.replace(id_, 'id = "pandas"') + f'\n[service]\nurl = "{url}"\n'
        settings.write_text(text, "utf-8")
        office.open_course("pandas")
        secret = joining.invite(office, "pandas", "test", role="instructor")
        course(f"join {url}/join/{secret} --name Ivan", our)
        nbgrader("release_assignment welcome --force", our)
        homes = []
        for name in ("Ana", "Ben"):
            home = base / name.lower()
            home.mkdir()
            course(f"join {course('learners invite', our).out.split()[-1]} --name {name}", home)
            homes.append(home)
        yield Round(office, our, *homes)


def test_nbgraders_own_commands_go_a_whole_round_over_the_service(place: Round) -> None:
    our, ana, ben = place.our, place.ana, place.ben
    for home, code in ((ana, DOUBLE), (ben, SQUARE)):
        if not (home / "welcome").exists():
            nbgrader("fetch_assignment welcome", home)
        answer(home, code)
        nbgrader("submit welcome", home)

    # the instructor sees what came before anything is collected, each attempt of everybody
    listed = nbgrader("list --inbound", our).err
    assert "pandas ana welcome" in listed
    assert "pandas ben welcome" in listed
    assert listed.count("(no feedback available)") == 2
    assert not list((our / "submitted").glob("*/welcome"))
    only = nbgrader("list --inbound --student ben", our).err
    assert "pandas ben welcome" in only
    assert "pandas ana welcome" not in only

    assert nbgrader("collect welcome", our).err.count("Collecting submission") == 2
    assert "2 * number" in (our / "submitted" / "ana" / "welcome" / "welcome.ipynb").read_text()
    assert "Collecting submission" not in nbgrader("collect welcome", our).err
    nbgrader("autograde welcome", our)
    nbgrader("generate_feedback welcome", our)
    nbgrader("release_feedback welcome --student ana", our)

    # each learner sees what is their own, and finds feedback where it was given back
    assert "(feedback ready to be fetched)" in nbgrader("list --inbound", ana).err
    own = nbgrader("list --inbound", ben).err
    assert "(no feedback available)" in own
    assert "ana" not in own.replace(str(ana.parent), "")
    nbgrader("fetch_feedback welcome", ana)
    nbgrader("fetch_feedback welcome", ben)
    (page,) = (ana / "welcome" / "feedback").glob("*/welcome.html")
    assert page.read_bytes() == (our / "feedback" / "ana" / "welcome" / "welcome.html").read_bytes()
    assert not list((ben / "welcome" / "feedback").glob("*/*.html"))
    assert "(feedback already fetched)" in nbgrader("list --inbound", ana).err

    nbgrader("release_feedback welcome", our)
    nbgrader("fetch_feedback welcome", ben)
    assert list((ben / "welcome" / "feedback").glob("*/welcome.html"))

    # a second attempt takes the first one's place in submitted/ when it is asked for
    answer(ben, DOUBLE)
    nbgrader("submit welcome", ben)
    assert nbgrader("list --inbound --student ben", our).err.count("pandas ben welcome") == 2
    assert "Collecting submission: ben" in nbgrader("collect welcome --update", our).err


@pytest.mark.parametrize("what", ["--inbound", ""])
def test_nbgrader_removes_nothing_that_is_at_the_service(place: Round, what: str) -> None:
    before = tree(place.our / ".course" / "exchange"), tree(place.office.parcels.folder)
    told = nbgrader(f"list {what} --remove", place.our, code=1)
    assert "kept there: nothing was removed" in told.err
    assert (tree(place.our / ".course" / "exchange"), tree(place.office.parcels.folder)) == before


def test_who_lost_the_token_is_told_so_by_nbgraders_commands(place: Round) -> None:
    secret = place.our / ".course" / "service.toml"
    text = secret.read_text("utf-8")
    secret.write_text(text.replace('token = "', 'token = "x'), "utf-8")
    for command in ("collect welcome", "list --inbound", "release_feedback welcome"):
        told = nbgrader(command, place.our, code=1)
        assert "this token is nobody's here" in told.err
        assert "Traceback" not in told.err
    secret.write_text(text, "utf-8")
