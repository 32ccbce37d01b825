"""What can't be imported says what, where and what to do, and leaves nothing."""

import io
import json
import stat
import zipfile
from typing import Any

import nbformat
import pytest
from import_desk import SAMPLES

from course.cli import run
from course.errors import CourseError, Invalid, NotFound, Refused
from course.interchange import package

pytestmark = pytest.mark.thorough

ENTITIES = """<?xml version="1.0"?>
<!DOCTYPE quiz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<quiz><question type="essay"><name><text>&b;</text></name></question></quiz>"""
OUTSIDE = """<?xml version="1.0"?>
<!DOCTYPE questestinterop [<!ENTITY x SYSTEM "file:///etc/hostname">]>
<questestinterop><item title="a"><presentation><material><mattext>&x;</mattext></material></presentation></item></questestinterop>"""
TWO_OPTIONS = '[{"question": "Which?", "type": "multiple_choice", "answers": [{"answer": "a", "correct": true}]}]'


def otter(*settings: str) -> str:
    """Return a notebook for otter-grader whose first question has these settings."""
    node = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_raw_cell("\n".join(["# BEGIN QUESTION", *settings, "name: q1"]))]
    )
    return nbformat.writes(node)


@pytest.mark.parametrize(
    ("name", "content", "where", "what"),
    [
        ("a.json", '[{"question": "a",\n "answers": [1,,2]}]', "a.json, line 2", "this is not JSON"),
        ("a.gift", "One?{=a}\n\nTwo? {=b ~c\n\nThree?{=d}", "a.gift, line 3", "braces of a question don't match"),
        ("a.xml", "<quiz>\n<question>\n</quiz>", "a.xml, line 3", "not XML that can be read"),
        ("a.gift", b"One\n\xff?{=a}", "a.gift, line 2", "not UTF-8 text"),
        ("a.xml", "<assessmentItem xmlns='http://www.imsglobal.org/xsd/imsqti_v2p1'/>", "a.xml", "QTI 2 or 3"),
        ("a.xml", "<svg/>", "a.xml", "no format that can be imported"),
        ("a.txt", "Dear all,\nno questions here.", "a.txt", "no format that can be imported"),
        ("a.txt", "", "a.txt", "the file is empty"),
        ("a.xml", ENTITIES, "a.xml", "declares entities"),
        ("a.xml", OUTSIDE, "a.xml", "declares entities"),
        ("a.xml", "<quiz>" + "<a>" * 5000 + "</a>" * 5000 + "</quiz>", "a.xml", "nested too deeply"),
        ("a.gift", "::deep::[html]" + "<b>" * 5000 + "x" + "</b>" * 5000 + "{=a}", "a.gift", "nested too deeply"),
        ("a.json", TWO_OPTIONS, "a.json", "no question of it can be asked here"),
        ("a.zip", b"PK\x03\x04 and no more", "a.zip", "zip file is broken"),
        ("a.ipynb", '{"cells": [], "nbformat": 4, "metadata"', "a.ipynb", "not JSON"),
        ("a.ipynb", otter("a: &a [x, x]", "b: &b [*a, *a]", "c: [*b, *b]"), "a.ipynb, cell 1", "not YAML"),
        ("a.ipynb", otter("a: " + "[" * 5000), "a.ipynb, cell 1", "not YAML"),
        ("a.gift", "One?{=a}\n\n" * 5001, "a.gift", "more questions than a lesson can hold"),
    ],
)  # fmt: skip
def test_a_bad_file_is_told_with_its_place_and_leaves_nothing(
    desk: Any, name: str, content: str | bytes, where: str, what: str
) -> None:
    before, path = desk.tree(), desk.file(name, content)
    with pytest.raises(Invalid) as error:
        desk.bring(path)
    assert where in error.value.where
    assert what in error.value.what
    assert error.value.hint or error.value.found or error.value.expected or "\n" in error.value.what
    assert desk.tree() == before


def test_the_command_shows_no_traceback_and_exit_code_2(
    desk: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    path = desk.file("a.gift", "One? {=a")
    assert run(["import", str(path), "--course", str(desk.layout.root)]) == 2
    said = capsys.readouterr().err
    assert "a.gift, line 1: the braces of a question don't match" in said
    assert "Traceback" not in said


def test_a_path_that_is_not_there_is_told(desk: Any) -> None:
    with pytest.raises(NotFound, match="nothing to import"):
        desk.bring(desk.inbox / "no-such-file.xml")


def test_a_folder_without_a_notebook_is_told(desk: Any) -> None:
    desk.file("letter.txt", "hello")
    with pytest.raises(Invalid) as error:
        desk.bring(desk.inbox)
    assert "letter.txt" in error.value.found


def zipped(*entries: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


@pytest.mark.parametrize("name", ["../out.xml", "/etc/out.xml", "a/../../out.xml", "..\\out.xml", "C:/out.xml", "."])  # fmt: skip
def test_a_package_that_names_a_place_outside_is_refused(desk: Any, name: str) -> None:
    path = desk.file(
        "a.zip", zipped(("ok.xml", b"<questestinterop/>"), (name, b"<questestinterop/>"))
    )
    before = desk.tree()
    with pytest.raises(Refused) as error:
        desk.bring(path)
    assert "names a place outside" in error.value.what
    assert desk.tree() == before


def test_a_package_with_a_link_is_refused(desk: Any) -> None:
    link = zipfile.ZipInfo("quiz.xml")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with pytest.raises(Refused, match="names a place outside"):
        desk.bring(desk.file("a.zip", zipped((link, b"/etc/hostname"))))


def test_a_package_that_unpacks_to_very_much_is_refused(desk: Any) -> None:
    bomb = zipped(("quiz.xml", b" " * (package.MOST_BYTES + 1)))
    assert len(bomb) < 100_000
    with pytest.raises(Refused, match="unpacks to more"):
        desk.bring(desk.file("a.zip", bomb))


def test_a_package_that_lies_about_its_size_is_not_unpacked_whole(desk: Any) -> None:
    bomb = bytearray(zipped(("quiz.xml", b" " * (package.MOST_BYTES + 1))))
    real = (package.MOST_BYTES + 1).to_bytes(4, "little")
    while (place := bomb.find(real)) >= 0:  # in the header of the file, and in the directory
        bomb[place : place + 4] = (10).to_bytes(4, "little")
    with pytest.raises(Invalid):
        desk.bring(desk.file("a.zip", bytes(bomb)))


def test_a_package_of_very_many_files_is_refused(desk: Any) -> None:
    many = zipped(*((f"{number}.xml", b"") for number in range(package.MOST_FILES + 1)))
    with pytest.raises(Refused, match="unpacks to more"):
        desk.bring(desk.file("a.zip", many))


def test_a_question_that_can_not_be_read_is_listed_and_the_others_come(desk: Any) -> None:
    entries = json.loads((SAMPLES / "bank.json").read_text())
    entries[0]["answers"] = "none"
    del entries[1]["answers"]
    entries.append({"question": "Which?", "type": "multiple_choice", "mood": 1,
                    "answers": [{"answer": "a", "correct": True}, {"answer": "a", "correct": False}]})  # fmt: skip
    report = desk.bring(desk.file("bank.json", json.dumps(entries)))
    lost = [str(note) for note in report.notes if note.what == "lost"]
    assert any(
        "question 1: the question can't be read: 'answers' is not a list" in each for each in lost
    )
    assert any(
        "question 2: the question can't be read: 'answers' is missing" in each for each in lost
    )
    assert any(
        "question 6: 'which' can't be asked here: the option 'a' stands twice" in each
        for each in lost
    )
    assert any("question 6: 'mood', which is not known here" in each for each in lost)
    assert len(desk.course.items("bank")) == 2


def test_many_questions_of_one_name_each_get_their_own(desk: Any) -> None:
    desk.bring(desk.file("bank.gift", "::One:: Which?{=a ~b}\n\n" * 1500))
    assert len(desk.course.items("bank")) == 1500


def test_a_notebook_of_an_old_format_is_a_notebook(desk: Any) -> None:
    old = {"worksheets": [{"cells": [{"cell_type": "code", "input": "d = {}", "outputs": []}]}],
           "nbformat": 3, "nbformat_minor": 0, "metadata": {}}  # fmt: skip
    assert desk.bring(desk.file("old.ipynb", json.dumps(old))).format == "notebooks"


def test_a_lesson_that_is_there_is_never_overwritten(desk: Any) -> None:
    source = desk.layout.source / "welcome" / "welcome.ipynb"
    before = source.read_bytes()
    with pytest.raises(Invalid) as error:
        desk.bring("bank.gift", to="welcome")
    assert "never overwrites" in error.value.what
    assert str(desk.layout.source / "welcome") in error.value.where
    assert source.read_bytes() == before


def test_tests_that_are_there_are_never_overwritten_and_no_lesson_comes(desk: Any) -> None:
    (desk.layout.autograders / "prices.py").write_text("# mine\n")
    before = desk.tree()
    with pytest.raises(Invalid, match="never overwrites"):
        desk.bring("otter/prices.ipynb")
    assert desk.tree() == before
    assert (desk.layout.autograders / "prices.py").read_text() == "# mine\n"


def test_an_import_that_fails_at_its_last_lesson_leaves_none_of_them(desk: Any) -> None:
    other = desk.copied("nbgrader-course")
    (desk.layout.source / "week2").symlink_to(
        desk.inbox / "nowhere"
    )  # no folder can be moved there
    before = desk.tree()
    with pytest.raises(CourseError) as error:
        desk.bring(other)
    assert "week2" in error.value.where
    assert "nothing was imported" in error.value.hint
    assert desk.tree() == before


@pytest.mark.parametrize("to", ["../out", "a/b", ".hidden"])
def test_a_lesson_can_not_be_put_outside_of_the_course(desk: Any, to: str) -> None:
    before = desk.tree()
    with pytest.raises(Refused, match="not a usable name"):
        desk.bring("bank.gift", to=to)
    assert desk.tree() == before
