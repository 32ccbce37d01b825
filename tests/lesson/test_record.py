"""The learner's record: nothing that was on the disk is ever lost or read twice."""

import concurrent.futures
import datetime as dt
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from course.lesson import record

NAME = "record.jsonl"


def line(question: str, response: Any, **more: Any) -> bytes:
    entry = {
        "id": "1", "timestamp": "2026-01-01T10:00:00+01:00", "verb": record.VERBS["answered"],
        "object": question, "result": {"response": response}, **more,
    }  # fmt: skip
    return json.dumps(entry).encode()


def test_an_answer_is_read_back_with_the_time_that_was_told(tmp_path: Path) -> None:
    when = record.append(tmp_path, "answered", "q1", {"response": ["a", "ü"]})

    state = record.read(tmp_path)

    assert state.answers == {"q1": (["a", "ü"], when)}
    assert state.unreadable == 0
    assert dt.datetime.fromisoformat(when).tzinfo is not None


def test_a_line_is_a_statement_that_others_can_read(tmp_path: Path) -> None:
    record.append(tmp_path, "attempted", "q1", {"success": True})
    (entry,) = [json.loads(each) for each in (tmp_path / NAME).read_text().splitlines()]
    assert entry["verb"] == "http://adlnet.gov/expapi/verbs/attempted"
    assert set(entry) == {"id", "timestamp", "verb", "object", "result"}


def test_the_later_of_two_answers_counts_and_both_stay_in_the_file(tmp_path: Path) -> None:
    for answer in ("a", "b"):
        record.append(tmp_path, "answered", "q1", {"response": [answer]})
    assert record.read(tmp_path).answers["q1"][0] == ["b"]
    assert len((tmp_path / NAME).read_text().splitlines()) == 2


def test_an_attempt_is_no_answer(tmp_path: Path) -> None:
    record.append(tmp_path, "attempted", "q1", {"response": {"t": True}})
    state = record.read(tmp_path)
    assert (state.answers, state.unreadable) == ({}, 0)


@pytest.mark.parametrize("torn", [b'{"id": "1", "obj', b'"', b"\xc3"])
def test_after_a_torn_last_line_the_next_answer_stands_on_its_own(
    tmp_path: Path, torn: bytes
) -> None:
    (tmp_path / NAME).write_bytes(line("q0", ["a"]) + b"\n" + torn)

    record.append(tmp_path, "answered", "q1", {"response": ["b"]})

    state = record.read(tmp_path)
    assert {question: answer for question, (answer, _) in state.answers.items()} == {
        "q0": ["a"], "q1": ["b"]}  # fmt: skip
    assert state.unreadable == 1
    assert (tmp_path / NAME).read_bytes().startswith(line("q0", ["a"]) + b"\n" + torn)


@pytest.mark.parametrize(
    "written",
    [
        b"I was here", b"[]", b"17", b'"text"', b"null", b"{}", b"\xff\xfe", b"[" * 100_000,
        b'{"object": "q", "verb": "x"}',
        line("q", ["a"], result={}), line("q", ["a"], result=[]), line("q", ["a"], result=None),
    ],
    ids=lambda value: repr(value[:30]),
)  # fmt: skip
def test_a_line_that_somebody_wrote_by_hand_is_counted_and_left_alone(
    tmp_path: Path, written: bytes
) -> None:
    content = line("q1", ["a"]) + b"\r\n\n" + written + b"\n" + line("q2", ["b"])
    (tmp_path / NAME).write_bytes(content)

    state = record.read(tmp_path)

    assert set(state.answers) == {"q1", "q2"}
    assert state.unreadable == 1
    assert (tmp_path / NAME).read_bytes() == content


@pytest.mark.parametrize("written", [line("q", ["a"], object=["q"]), line("q", ["a"], timestamp=5)])
def test_a_statement_about_nothing_we_know_answers_nothing(tmp_path: Path, written: bytes) -> None:
    (tmp_path / NAME).write_bytes(written)
    assert record.read(tmp_path).answers == {}


def test_two_kernels_that_write_at_once_lose_nothing(tmp_path: Path) -> None:
    script = (
        "import sys\nfrom pathlib import Path\nfrom course.lesson import record\n"
        "for n in range(60):\n"
        "    record.append(Path(sys.argv[1]), 'answered', f'{sys.argv[2]}{n}',"
        " {'response': ['x' * 2000]})\n"
    )
    writers = [
        subprocess.Popen([sys.executable, "-c", script, str(tmp_path), name]) for name in "ab"
    ]
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0]

    state = record.read(tmp_path)
    assert (len(state.answers), state.unreadable) == (120, 0)


def test_threads_of_one_kernel_lose_nothing_either(tmp_path: Path) -> None:
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for number in range(40):
            pool.submit(record.append, tmp_path, "answered", f"q{number}", {"response": ["a"]})
    assert len(record.read(tmp_path).answers) == 40


def test_an_absent_record_is_empty(tmp_path: Path) -> None:
    assert record.read(tmp_path) == record.State()


def test_a_link_is_not_followed_when_reading(tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(line("q1", ["a"]))
    (tmp_path / NAME).symlink_to(tmp_path / "other")
    assert record.read(tmp_path).answers == {}


def test_a_folder_that_takes_no_file_is_an_os_error_and_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / NAME).mkdir()
    with pytest.raises(OSError, match="Is a directory"):
        record.append(tmp_path, "answered", "q1", {"response": ["a"]})
    assert list((tmp_path / NAME).iterdir()) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write into any folder")
def test_a_read_only_folder_is_an_os_error(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    try:
        with pytest.raises(PermissionError):
            record.append(tmp_path, "answered", "q1", {"response": ["a"]})
    finally:
        tmp_path.chmod(0o755)


def test_a_record_beyond_all_measure_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / NAME).open("wb") as file:
        file.truncate(record.MAX_BYTES + 1)
    assert record.read(tmp_path) == record.State()
