"""Where things lie, which names are safe, and writing without halves."""

import os
from pathlib import Path

import pytest

from course import layout
from course.errors import NotFound, Refused, Unavailable
from course.layout import (
    Layout,
    copy_folder,
    digest,
    files_below,
    find_course,
    known,
    remove_folder,
    replace_folder,
    safe_name,
    write,
)


def tree(folder: Path) -> dict[str, str]:
    return {name: path.read_text() for name, path in files_below(folder)}


def make(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def of(root: Path) -> Layout:
    return Layout(
        root=root, source=root / "source", release=root / "release", submitted=root / "submitted",
        autograded=root / "autograded", feedback=root / "feedback",
        autograders=root / "autograders", exchange=root / "exchange", db_url="", course_id="c",
    )  # fmt: skip


# -- names ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["ada", "ada.l@example.org", "A b-c_d", "7", "_x", "@x", "x" * 100]
)
def test_an_ordinary_name_is_safe(name: str) -> None:
    assert safe_name(name, "learner") == name


BAD = ["", ".", "..", "...", ".hidden", "a/b", "/etc", "a\\b", "..\\x", "a..b", "x" * 101, "a ", " a",
       "a\n", "a\0b", "größe", "a:b", "~root", "-rf", "*", "a\tb", "$HOME", "a+b"]  # fmt: skip


@pytest.mark.parametrize("name", BAD, ids=repr)
def test_a_name_that_could_lead_elsewhere_is_refused(name: str) -> None:
    with pytest.raises(Refused) as caught:
        safe_name(name, "learner")
    assert caught.value.what == "not a usable name for a learner"
    assert "letters, digits" in caught.value.expected
    assert caught.value.found == repr(name)


@pytest.mark.parametrize("name", ["..", "a/b"])
def test_no_path_of_a_course_is_made_from_an_unsafe_name(tmp_path: Path, name: str) -> None:
    for ask in (
        lambda: of(tmp_path).submission(name, "lesson"),
        lambda: of(tmp_path).submission("ada", name),
        lambda: of(tmp_path).tests(name),
    ):
        with pytest.raises(Refused):
            ask()


def test_an_unknown_name_is_told_with_what_there_is() -> None:
    with pytest.raises(NotFound) as caught:
        known("frist", ["first", "second"], "lesson", "notebooks")
    assert str(caught.value) == (
        "notebooks: no lesson 'frist'\n  expected: one of: first, second\n  did you mean 'first'?"
    )
    assert known("first", ["first"], "lesson") == "first"


def test_an_unknown_name_where_there_is_none_at_all_says_so() -> None:
    with pytest.raises(NotFound, match="a learner, and there is none yet"):
        known("ada", [], "learner")


# -- the course -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["course.toml", "nbgrader_config.py"])
def test_a_course_is_found_from_anywhere_below_it(tmp_path: Path, name: str) -> None:
    make(tmp_path, **{name: "", "notebooks__first__data__a.csv": ""})
    assert find_course(tmp_path / "notebooks" / "first" / "data") == tmp_path.resolve()


def test_the_current_folder_is_where_the_search_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path, **{"course.toml": ""})
    monkeypatch.chdir(tmp_path)
    assert find_course() == tmp_path.resolve()


def test_no_course_is_told_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NotFound) as caught:
        find_course(tmp_path)
    assert caught.value.where == str(tmp_path.resolve())
    assert "course.toml or nbgrader_config.py" in caught.value.expected
    assert "course new DIR" in caught.value.hint


def test_a_learners_folder_is_no_course_though_it_has_nbgraders_file(tmp_path: Path) -> None:
    make(tmp_path, **{"course.toml": "", "ada__learner.toml": "", "ada__nbgrader_config.py": ""})
    with pytest.raises(NotFound, match="no course here"):
        find_course(tmp_path / "ada")


def test_lessons_are_the_folders_with_a_notebook(tmp_path: Path) -> None:
    make(tmp_path, source__b__x="", **{"source__b__b.ipynb": "", "source__a__a.ipynb": ""},
         source__c__readme="")  # fmt: skip
    assert of(tmp_path).lessons() == ["a", "b"]


# -- digests ----------------------------------------------------------------------------------


def test_links_are_not_followed_and_not_counted(tmp_path: Path) -> None:
    folder = make(tmp_path / "work", a="1", sub__b="2")
    before = digest(folder)
    secret = make(tmp_path / "secret", key="x")
    (folder / "link").symlink_to(secret / "key")
    (folder / "dir").symlink_to(secret)

    assert tree(folder) == {"a": "1", "sub/b": "2"}
    assert digest(folder) == before


@pytest.mark.parametrize("change", [{"a": "2"}, {"c": ""}, {"sub__a": "1"}])
def test_a_digest_changes_with_any_content_or_name(tmp_path: Path, change: dict[str, str]) -> None:
    folder = make(tmp_path / "work", a="1")
    before = digest(folder)
    assert digest(folder) == before
    make(folder, **change)
    assert digest(folder) != before


# -- writing ----------------------------------------------------------------------------------

as_anybody = pytest.mark.skipif(os.geteuid() == 0, reason="root may write into any folder")


def test_a_file_is_written_with_its_folders_and_mode(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "c.txt"
    write(path, "größe")
    assert path.read_bytes() == "größe".encode()
    assert path.stat().st_mode & 0o777 == 0o644
    write(path, b"\x00", mode=0o600)
    assert path.read_bytes() == b"\x00"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [p.name for p in path.parent.iterdir()] == ["c.txt"], "nothing temporary is left"


@as_anybody
def test_a_disk_that_refuses_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "grades.csv"
    write(path, "old")
    tmp_path.chmod(0o555)
    try:
        with pytest.raises(Unavailable) as caught:
            write(path, "new")
    finally:
        tmp_path.chmod(0o755)
    assert path.read_text() == "old"
    assert "Permission denied" in caught.value.found


def test_a_name_that_the_disk_refuses_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.mkdir()
    with pytest.raises(Unavailable) as caught:
        write(path, "a file cannot take a folder's place")
    assert caught.value.what == "the disk refused"
    assert caught.value.where == str(path)
    assert caught.value.found == "Is a directory"
    assert "nothing is half-written" in caught.value.hint
    assert [p.name for p in tmp_path.iterdir()] == ["a"], "nothing temporary is left"


def test_a_file_in_the_place_of_a_folder_is_told(tmp_path: Path) -> None:
    make(tmp_path, a="1")
    with pytest.raises(Unavailable, match="the disk refused"):
        write(tmp_path / "a" / "b", "x")
    assert (tmp_path / "a").read_text() == "1"


def test_a_link_is_replaced_and_what_it_leads_to_is_left_alone(tmp_path: Path) -> None:
    make(tmp_path, target="old")
    (tmp_path / "link").symlink_to(tmp_path / "target")
    write(tmp_path / "link", "new")
    assert (tmp_path / "target").read_text() == "old"
    assert not (tmp_path / "link").is_symlink()


# -- folders ----------------------------------------------------------------------------------


def test_a_folder_takes_anothers_place_whole(tmp_path: Path) -> None:
    make(tmp_path, old__a="1", old__gone="x", new__a="2")
    replace_folder(tmp_path / "new", tmp_path / "old")
    assert tree(tmp_path) == {"old/a": "2"}


def test_after_an_interrupted_try_doing_the_same_again_completes_it(tmp_path: Path) -> None:
    # as a kill between the two renames leaves it
    make(tmp_path, **{".target.old__a": "1"}, new__a="2")
    replace_folder(tmp_path / "new", tmp_path / "target")
    assert tree(tmp_path) == {"target/a": "2"}


def test_leftovers_of_an_earlier_try_are_swept_away(tmp_path: Path) -> None:
    # as a kill before the old folder was removed leaves it
    make(tmp_path, **{".target.old__a": "0"}, target__a="1", new__a="2")
    replace_folder(tmp_path / "new", tmp_path / "target")
    assert tree(tmp_path) == {"target/a": "2"}


def test_without_the_new_folder_the_old_one_stays(tmp_path: Path) -> None:
    make(tmp_path, target__a="1")
    with pytest.raises(Unavailable, match="No such file"):
        replace_folder(tmp_path / "new", tmp_path / "target")
    assert tree(tmp_path) == {"target/a": "1"}


def test_a_copy_leaves_links_and_unwanted_files_behind(tmp_path: Path) -> None:
    source = make(tmp_path / "source", a="1", sub__b="2", skip="3")
    (source / "link").symlink_to("/etc/passwd")
    copy_folder(source, tmp_path / "deep" / "target", wanted=lambda name, _path: name != "skip")
    assert tree(tmp_path / "deep") == {"target/a": "1", "target/sub/b": "2"}
    assert (tmp_path / "deep" / "target").stat().st_mode & 0o777 == 0o755


def test_a_copy_that_fails_leaves_what_was_there_and_nothing_half(tmp_path: Path) -> None:
    make(tmp_path, source__a="new", target__a="old")

    def fail(_work: Path) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(Unavailable) as caught:
        copy_folder(tmp_path / "source", tmp_path / "target", before=fail)

    assert caught.value.found == "No space left on device"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["source", "target"]
    assert (tmp_path / "target" / "a").read_text() == "old"


def test_read_only_folders_are_removed_and_none_is_fine(tmp_path: Path) -> None:
    folder = make(tmp_path / "work", sub__a="1")
    (folder / "sub" / "a").chmod(0o444)
    (folder / "sub").chmod(0o555)
    remove_folder(folder)
    remove_folder(folder)
    assert not folder.exists()


def test_the_digest_of_a_file_is_its_sha_256(tmp_path: Path) -> None:
    make(tmp_path, a="")
    assert layout.file_digest(tmp_path / "a") == (
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    )
