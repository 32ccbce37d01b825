"""Work that came as files: whose it is, and what is not taken."""

import random
import stat
import zipfile
from pathlib import Path

import pytest

from course.archive import MAX_FILES, unpack
from course.errors import Invalid, NotFound, Refused
from course.exchange.intake import take
from course.layout import Layout, files_below
from course.model import Learner

PEOPLE = [
    Learner("ada", "Ada", "Lovelace", "ada@example.org"),
    Learner("ada_m", "Ada", "Maria", "am@example.org"),
    Learner("ada_x", "Ada", "Xu", "ax@example.org"),
    Learner("u17", "Zoë", "O'Neill-Smith", "zoe.oneill@example.org"),
    Learner("u18", "Max", "Bit", "max@a.org"),
    Learner("u19", "Max", "Bit", "max@b.org"),
    Learner("bare"),
    Learner("anna", "Anna", "Meier"),
    Learner("u20", "Anna", "Schmidt"),
]


def layout(root: Path) -> Layout:
    return Layout(
        root=root, source=root / "notebooks", release=root / "release",
        submitted=root / "submitted", autograded=root / "autograded", feedback=root / "feedback",
        autograders=root / "autograders", exchange=root / "exchange", db_url="", course_id="c",
    )  # fmt: skip


def write(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"content of {name}")
    return folder


def pack(path: Path, *names: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name in names:
            file.writestr(name, f"content of {name}")
    return path


def taken(
    source: Path, root: Path, notebooks: tuple[str, ...] = ("first",)
) -> tuple[dict[str, str], list[str]]:
    """Take, and return what lies in `submitted/` now, and what was left out."""
    found = take(source, layout(root), "lesson", notebooks, PEOPLE)
    learners, left_out = found.learners, found.left_out
    found = {name: path.read_text() for name, path in files_below(root / "submitted")}
    assert learners == sorted({name.partition("/")[0] for name in found})
    return found, [name for name, _ in left_out]


# -- whose ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "learner"),
    [
        ("ada.ipynb", "ada"),
        ("ada_first.ipynb", "ada"),
        ("ada first.ipynb", "ada"),
        ("ada+lesson+2026.ipynb", "ada"),
        ("ADA.ipynb", "ada"),
        ("ada_m.ipynb", "ada_m"),
        ("ada_x.ipynb", "ada_x"),
        ("ada_m_first.ipynb", "ada_m"),
        ("ada@example.org.ipynb", "ada"),
        ("ada@example.org_first.ipynb", "ada"),
        ("Ada Lovelace_12345_assignsubmission_file_first.ipynb", "ada"),
        ("lovelaceada_12345_67890_first.ipynb", "ada"),
        ("lovelaceada_LATE_12345_67890_first-1.ipynb", "ada"),
        ("Zoë O'Neill-Smith_9_assignsubmission_file_first.ipynb", "u17"),
        ("Zoe\u0308 O'Neill-Smith_9_assignsubmission_file_first.ipynb", "u17"),
        ("oneillsmithzoë_12_13_first.ipynb", "u17"),
        ("max@b.org.ipynb", "u19"),
        ("u18.ipynb", "u18"),
        ("bare.ipynb", "bare"),
        ("anna first.ipynb", "anna"),
        ("Anna Schmidt_9_assignsubmission_file_first.ipynb", "u20"),
        ("Anna Meier_9_assignsubmission_file_first.ipynb", "anna"),
    ],
)
def test_a_loose_notebook_is_its_learners_by_id_address_or_name(
    tmp_path: Path, name: str, learner: str
) -> None:
    source = write(tmp_path / "inbox", name)
    found, left_out = taken(source, tmp_path)
    assert found == {f"{learner}/lesson/first.ipynb": f"content of {name}"}
    assert left_out == []


@pytest.mark.parametrize(
    "name",
    [
        "adam.ipynb",
        "adalovelace2.ipynb",
        "first.ipynb",
        "u1.ipynb",
        "u170.ipynb",
        "Max Bit_1_assignsubmission_file_first.ipynb",
        "_.ipynb",
        ".ipynb",
        "README.md",
        "__MACOSX/._first.ipynb",
    ],
)
def test_what_is_nobodys_or_might_be_twos_is_left_out_and_listed(tmp_path: Path, name: str) -> None:
    left_out = take(
        write(tmp_path / "inbox", name), layout(tmp_path), "lesson", ["first"], PEOPLE
    ).left_out
    assert left_out == [(name, "not one learner's id, e-mail or name at its beginning")]
    assert not (tmp_path / "submitted").exists()


def test_folders_of_a_platform_keep_what_is_in_them(tmp_path: Path) -> None:
    head = "Ada Lovelace_12345_assignsubmission_file_"
    source = write(
        tmp_path / "inbox", f"{head}/first.ipynb", f"{head}/data/a.csv", "u18/first.ipynb", "who/x"
    )
    found, left_out = taken(source, tmp_path)
    assert set(found) == {
        "ada/lesson/first.ipynb", "ada/lesson/data/a.csv", "u18/lesson/first.ipynb"}  # fmt: skip
    assert left_out == ["who/x"]


def test_with_several_notebooks_a_loose_one_is_known_by_its_ending(tmp_path: Path) -> None:
    source = write(
        tmp_path / "inbox", "lovelaceada_1_2_first.ipynb", "lovelaceada_1_3_second.ipynb",
        "lovelaceada_1_4_notes.txt",
    )  # fmt: skip
    found, _ = taken(source, tmp_path, ("first", "second"))
    assert set(found) == {
        "ada/lesson/first.ipynb", "ada/lesson/second.ipynb", "ada/lesson/lovelaceada_1_4_notes.txt"
    }  # fmt: skip


def test_newer_work_replaces_the_older_whole(tmp_path: Path) -> None:
    taken(write(tmp_path / "one", "ada/first.ipynb", "ada/old.csv"), tmp_path)
    found, _ = taken(write(tmp_path / "two", "ada/first.ipynb"), tmp_path)
    assert set(found) == {"ada/lesson/first.ipynb"}
    kept = [name for name, _ in files_below(tmp_path / ".course" / "earlier" / "ada" / "lesson")]
    assert sorted(name.partition("/")[2] for name in kept) == ["first.ipynb", "old.csv"]


def test_links_in_a_folder_are_not_followed(tmp_path: Path) -> None:
    secret = write(tmp_path / "secret", "key")
    inbox = write(tmp_path / "inbox", "ada/first.ipynb")
    (inbox / "ada" / "link").symlink_to(secret / "key")
    (inbox / "ada_m").symlink_to(secret)
    found, _ = taken(inbox, tmp_path)
    assert set(found) == {"ada/lesson/first.ipynb"}


def test_nothing_there_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no such file or folder") as caught:
        taken(tmp_path / "absent.zip", tmp_path)
    assert caught.value.where == str(tmp_path / "absent.zip")


# -- zips -------------------------------------------------------------------------------------


def test_a_zip_is_taken_like_a_folder(tmp_path: Path) -> None:
    source = pack(tmp_path / "a.zip", "ada/first.ipynb", "ada/data/a.csv", "bare.ipynb", "who.txt")
    with zipfile.ZipFile(source, "a") as file:
        file.mkdir("u18")
    found, left_out = taken(source, tmp_path)
    assert set(found) == {
        "ada/lesson/first.ipynb", "ada/lesson/data/a.csv", "bare/lesson/first.ipynb"}  # fmt: skip
    assert left_out == ["who.txt"]


def refused(path: Path, root: Path) -> Refused:
    """Hold the refusal to: nothing written outside, nothing taken."""
    before = {name for name, _ in files_below(root)}
    with pytest.raises(Refused) as caught:
        taken(path, root)
    assert {name for name, _ in files_below(root)} == before
    assert caught.value.where == str(path)
    return caught.value


@pytest.mark.parametrize(
    "name",
    ["../up.txt", "ada/../../up.txt", "/etc/up.txt", "..\\up.txt", "C:\\up.txt", "c:/up.txt",
     "\\up.txt", "ada/.."],
)  # fmt: skip
def test_a_zip_that_climbs_out_is_refused_whole(tmp_path: Path, name: str) -> None:
    path = pack(tmp_path / "a.zip", "ada/first.ipynb", name)
    error = refused(path, tmp_path)
    assert (error.what, error.found) == ("a file of the zip climbs out of its folder", name)


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFSOCK])
def test_a_zip_with_a_link_or_a_device_is_refused(tmp_path: Path, kind: int) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as file:
        member = zipfile.ZipInfo("ada/first.ipynb")
        member.external_attr = (kind | 0o777) << 16
        file.writestr(member, "/etc/passwd")
    error = refused(path, tmp_path)
    assert (error.what, error.found) == ("the zip holds a link or a device", "ada/first.ipynb")


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("ada/first.ipynb", bytes(5_000_000))
    error = refused(path, tmp_path)
    assert error.what == "the zip is larger inside than a class's work can be"
    assert "100 times its size" in error.expected
    assert error.found.startswith("1 files, 5 MB, ")


def test_too_many_files_are_refused(tmp_path: Path) -> None:
    path = pack(tmp_path / "a.zip", *(f"ada/{number}" for number in range(MAX_FILES + 1)))
    assert refused(path, tmp_path).found.startswith("2001 files")


@pytest.mark.parametrize("said", [0, 10, 4999])
def test_a_zip_that_lies_about_a_size_writes_no_more_than_it_said(
    tmp_path: Path, said: int
) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as file:
        file.writestr("ada/first.ipynb", b"x" * 5000)
    raw = bytearray(path.read_bytes())
    for mark, place in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = raw.index(mark) + place
        assert raw[at : at + 4] == (5000).to_bytes(4, "little")
        raw[at : at + 4] = said.to_bytes(4, "little")
    path.write_bytes(raw)

    with pytest.raises(Invalid):
        unpack(path, tmp_path / "out")

    written = sum(file.stat().st_size for _, file in files_below(tmp_path / "out"))
    assert written <= said


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04" + b"\0" * 100])
def test_what_is_no_zip_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(content)
    with pytest.raises(Invalid, match="this is not a zip that can be read") as caught:
        taken(path, tmp_path)
    assert not isinstance(caught.value, Refused)
    assert caught.value.where == str(path)


@pytest.mark.parametrize(
    "names", [("ada", "ada/first.ipynb"), ("ada/first.ipynb", "ada"), ("ada/" + "x" * 300,)]
)
def test_names_that_no_disk_takes_are_told(tmp_path: Path, names: tuple[str, ...]) -> None:
    path = pack(tmp_path / "a.zip", *names)
    with pytest.raises(Invalid, match="this is not a zip that can be read"):
        taken(path, tmp_path)
    assert not (tmp_path / "submitted").exists()


@pytest.mark.parametrize(
    "method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
def test_a_zip_damaged_anywhere_is_taken_or_told_and_nothing_else(
    tmp_path: Path, method: int
) -> None:
    path, chance = tmp_path / "a.zip", random.Random(7)  # noqa: S311  places of damage
    with zipfile.ZipFile(path, "w", method) as file:
        file.writestr("ada/first.ipynb", "some text " * 20)
        file.writestr("u18/first.ipynb", "more text " * 20)
    sound, told = path.read_bytes(), 0
    for number in range(120):
        raw = bytearray(sound)
        raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
        path.write_bytes(raw)
        try:
            unpack(path, tmp_path / f"out{number}")
        except Invalid:
            told += 1
    assert told > 20
