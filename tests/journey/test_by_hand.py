"""Work on a stick: taken in with a receipt to hand back, which holds later; with a service, and without one."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from classroom import DOUBLE, SQUARE, answer, course, join, new_course
from offices import served

from course.office import joining
from course.office.office import Office
from course.signing import is_signed

pytestmark = pytest.mark.thorough


@pytest.fixture(scope="module")
def our(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a course without a service; ana and ben joined it."""
    root = new_course(tmp_path_factory.mktemp("hand") / "course")
    for name in ("ana", "ben"):
        join(root, name)
        course(f"learners add {name}", root)
    return root


def sealed(home: Path, stick: Path, code: str = DOUBLE) -> Path:
    answer(home, code)
    stick.mkdir(exist_ok=True)
    before = {*stick.iterdir()}
    course(f"submit welcome --to {stick} --fewer", home)
    (file,) = {*stick.iterdir()} - before
    return file


def test_each_sealed_file_gets_one_receipt_that_verifies(our: Path, tmp_path: Path) -> None:
    for name, code in (("ana", DOUBLE), ("ben", SQUARE)):
        sealed(our.parent / name, tmp_path / "stick", code)
    told = course(f"collect welcome --from {tmp_path / 'stick'}", our).out
    assert "welcome: 2 new or changed (ana, ben)" in told
    assert told.count("receipt, to hand back: receipts/") == 2
    papers = sorted((our / "receipts").iterdir())
    paper = json.loads(papers[0].read_text("utf-8"))
    assert is_signed(paper)
    assert (paper["learner"], paper["attempt"], paper["unanswered"]) == ("ana", 1, [])
    again = course(f"collect welcome --from {tmp_path / 'stick'}", our).out
    assert "receipt, to hand back" not in again
    assert sorted((our / "receipts").iterdir()) == papers

    # feedback on it comes as on any other work
    course("autograde welcome", our, code=None)
    course("return welcome", our)
    assert Path(
        course("feedback welcome", our.parent / "ana").out.split(": ", 1)[1].strip()
    ).is_file()

    # handed back, it is checked later; a changed one, and one by somebody else, are found out
    own = our.parent / "ana" / "receipts" / papers[0].name
    own.parent.mkdir()
    shutil.copyfile(papers[0], own)
    verified = course(f"verify {own} --issuer {paper['key']}", own.parent).out
    assert "receipt of welcome" in verified
    assert "from ana, attempt 1" in verified
    assert "as was expected" in verified
    assert (
        "somebody else signed it"
        in course(f"verify {own} --issuer {'A' * 43}", own.parent, code=2).err
    )
    own.write_text(own.read_text("utf-8").replace('"attempt": 1', '"attempt": 9'), "utf-8")
    assert "it was changed after it was signed" in course(f"verify {own}", own.parent, code=2).err


def test_a_later_attempt_with_fewer_answers_says_so_on_its_receipt(
    our: Path, tmp_path: Path
) -> None:
    home = our.parent / "ben"
    shutil.rmtree(home / "welcome")
    course("fetch welcome", home)
    course(f"submit welcome --to {tmp_path} --fewer", home)
    course(f"collect welcome --from {tmp_path}", our)
    papers = [json.loads(each.read_text("utf-8")) for each in (our / "receipts").glob("ben+*")]
    (last,) = [each for each in papers if each["attempt"] == len(papers)]
    assert "both are kept" in last["notes"][0]


@pytest.fixture
def at_service(tmp_path: Path) -> Iterator[tuple[Office, Path, Path]]:
    """Return an office, the course that is served by it, and ana's folder, who joined."""
    root = new_course(tmp_path / "course")
    with Office(tmp_path / "office") as office, served(office) as url:
        settings = root / "course.toml"
        text = settings.read_text("utf-8")
        id_ = next(line for line in text.splitlines() if line.startswith("id ="))
        settings.write_text(
            text.replace(id_, 'id = "pandas"') + f'\n[service]\nurl = "{url}"\n', "utf-8"
        )
        office.open_course("pandas")
        secret = joining.invite(office, "pandas", "test", role="instructor")
        course(f"join {url}/join/{secret} --name Ivan", root)
        course("release welcome", root)
        home = tmp_path / "ana"
        home.mkdir()
        course(f"join {course('learners invite', root).out.split()[-1]} --name Ana", home)
        yield office, root, home


def test_with_a_service_the_office_signs_and_counts_it_as_handed_in(
    at_service: tuple[Office, Path, Path], tmp_path: Path
) -> None:
    office, root, ana = at_service
    sealed(ana, tmp_path / "stick")

    # away first: the work is taken in, the receipt comes when the office can be asked
    service = root / ".course" / "service.toml"
    text = service.read_text("utf-8")
    line = next(each for each in text.splitlines() if each.startswith("service"))
    course("learners list", root)
    course("collect welcome", root)  # learns who joined
    service.write_text(text.replace(line, 'service = "http://127.0.0.1:9"'), "utf-8")
    told = course(f"collect welcome --from {tmp_path / 'stick'}", root).out
    assert "welcome: 1 new or changed (ana)" in told
    assert "no receipt for ana: the course service can't be reached; run this again later" in told
    service.write_text(text, "utf-8")
    told = course(f"collect welcome --from {tmp_path / 'stick'}", root).out
    assert "welcome: 0 new or changed" in told
    (file,) = (root / "receipts").iterdir()
    assert f"receipt, to hand back: receipts/{file.name}" in told

    (ana / "receipts").mkdir()
    shutil.copyfile(file, ana / "receipts" / file.name)
    verified = course(f"verify receipts/{file.name}", ana).out
    assert "the office of the course that this folder joined" in verified
    assert json.loads(file.read_text("utf-8"))["key"] == office.key.public

    # it is the learner's first attempt at the service, and its feedback comes over it
    assert "0 new or changed" in course("collect welcome", root).out
    course("autograde welcome", root, code=None)
    course("return welcome", root)
    assert Path(course("feedback welcome", ana).out.split(": ", 1)[1].strip()).is_file()
    answer(ana, SQUARE)
    course("submit welcome", ana)
    papers = [json.loads(each.read_text("utf-8")) for each in (ana / "receipts").iterdir()]
    assert sorted(each["attempt"] for each in papers) == [1, 2]
