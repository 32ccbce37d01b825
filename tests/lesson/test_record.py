"""The learner's record: nothing that was on the disk is ever lost or read twice."""

import concurrent.futures
import datetime as dt
import itertools
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from course.lesson import record, words
from course.lesson.state import Asked, Check, Visit, Watch, Words

NAME = "record.jsonl"
NUMBERS = itertools.count()


def line(question: str, response: Any, **more: Any) -> bytes:
    entry = {
        "id": str(next(NUMBERS)), "timestamp": "2026-01-01T10:00:00+01:00", "verb": record.VERBS["answered"],
        "object": question, "result": {"response": response}, **more,
    }  # fmt: skip
    return json.dumps(entry).encode()


def test_an_answer_is_read_back_with_the_time_that_was_told(tmp_path: Path) -> None:
    when = record.append(tmp_path, "answered", "q1", {"response": ["a", "ü"]})

    state = record.read(tmp_path)

    assert state.answers == {"q1": record.Try(["a", "ü"], when)}
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
    assert record.read(tmp_path).answers["q1"].response == ["b"]
    assert len((tmp_path / NAME).read_text().splitlines()) == 2


def test_an_attempt_is_no_answer(tmp_path: Path) -> None:
    record.append(tmp_path, "attempted", "q1", {"success": True, "passed": 1, "of": 1})
    state = record.read(tmp_path)
    assert (state.answers, state.unreadable) == ({}, 0)


@pytest.mark.parametrize("torn", [b'{"id": "1", "obj', b'"', b"\xc3"])
def test_after_a_torn_last_line_the_next_answer_stands_on_its_own(
    tmp_path: Path, torn: bytes
) -> None:
    before = line("q0", ["a"]) + b"\n" + torn
    (tmp_path / NAME).write_bytes(before)

    record.append(tmp_path, "answered", "q1", {"response": ["b"]})

    state = record.read(tmp_path)
    assert {question: one.response for question, one in state.answers.items()} == {
        "q0": ["a"], "q1": ["b"]}  # fmt: skip
    assert state.unreadable == 1
    assert (tmp_path / NAME).read_bytes().startswith(before)


@pytest.mark.parametrize(
    "written",
    [
        b"I was here", b"[]", b"17", b'"text"', b"null", b"{}", b"\xff\xfe", b"[" * 100_000,
        b'{"object": "q", "verb": "x"}',
        line("q", ["a"], result={}), line("q", ["a"], result=[]), line("q", ["a"], result=None),
        line("q", "a"), line("q", [1]), line("q", ["a"], object=["q"]), line("q", ["a"], id=1),
        line("q", ["a"], timestamp=5), line("q", ["a"], timestamp="2026-01-01T10:00:00"),
        line("q", ["a"], result={"response": ["a"], "scaled": float("nan")}),
        line("q", ["a"], result={"response": ["a"], "scaled": 2}),
        line("q", ["a"], context=[1]), line("q", ["a"], context={"variant": -1}),
        line("q", ["a"], verb=record.VERBS["hinted"], result={"step": True}),
        line("q", ["a"], verb=record.VERBS["watched"], result={"position": 1, "segments": [1]}),
        line("q", ["a"], verb=record.VERBS["asked"], result={"response": ["why?"]}),
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
    assert record.read(tmp_path) == record.State(unread=record.MAX_BYTES + 1)
    assert record.lines(tmp_path) == []


def test_nothing_is_added_to_a_record_that_could_not_be_read_then(tmp_path: Path) -> None:
    with (tmp_path / NAME).open("wb") as file:
        file.truncate(record.MAX_BYTES - 10)
    with pytest.raises(OSError, match="File too large") as caught:
        record.append(tmp_path, "answered", "q1", {"response": ["a"]})
    assert (tmp_path / NAME).stat().st_size == record.MAX_BYTES - 10
    said = words.of_failure(caught.value)
    assert "50.0 MB; at most 50 MB" in said
    assert "hand in as it is, and tell your instructor" in said


def test_each_kind_of_statement_is_read_back(tmp_path: Path) -> None:
    def append(*arguments: Any) -> str:
        return record.append(tmp_path, *arguments)

    began = append("opened", "cleaning", {})
    first = append("answered", "q", {"response": ["a"], "scaled": 0.5}, {"seed": 7, "variant": 0})
    later = append("answered", "q", {"response": ["b"], "scaled": 1}, {"seed": 8, "variant": 1})
    append("hinted", "q", {"step": 2})
    append("hinted", "q", {"step": 1})
    append("revealed", "q", {})
    checked = append("attempted", "mean", {"success": False, "passed": 1, "of": 3})
    append("watched", "a.webm", {"position": 9, "segments": [[0, 4], [8, 9]], "length": 10})
    watched = append("watched", "a.webm", {"position": 6.5, "segments": [[3, 6.5]]})
    asked = append("asked", "mean", {"response": "why?"}, {"cell": "c1", "error": "NaN"})
    said = append("reflected", "surprise", {"response": "all of it"})
    done = append("completed", "cleaning", {})
    passed = append("skipped", "modelling", {})

    state = record.read(tmp_path)

    tries = [record.Try(["a"], first, 0.5, 7, 0), record.Try(["b"], later, 1.0, 8, 1)]
    assert (state.tries, state.answers) == ({"q": tries}, {"q": tries[1]})
    assert (state.hints, state.revealed) == ({"q": 2}, {"q"})
    assert state.checks == {"mean": Check(success=False, passed=1, of=3, time=checked)}
    assert state.sections == {"cleaning": Visit(began, done)}
    assert state.skipped == {"modelling": passed}
    assert state.watched == {"a.webm": Watch(6.5, ((0, 6.5), (8, 9)), 10, watched)}
    assert state.watched["a.webm"].share == pytest.approx(0.75)
    assert [replace(each, id="") for each in state.asked] == [
        Asked("mean", "why?", asked, "c1", "", "NaN")
    ]
    assert state.reflections == {"surprise": Words("all of it", said)}
    assert (state.unreadable, state.newer) == (0, 0)


def test_records_of_two_machines_count_together_each_statement_once(tmp_path: Path) -> None:
    early = line("q", ["early"], timestamp="2026-01-01T10:30:00+02:00")
    between = line("q", ["between"], timestamp="2026-01-01T09:00:00+00:00")
    late = line("q", ["late"], timestamp="2026-01-01T09:30:00+00:00")
    (tmp_path / NAME).write_bytes(b"\n".join([early, late]))
    (tmp_path / "record (copy).jsonl").write_bytes(b"\n".join([between, early]))

    state = record.read(tmp_path)

    assert [one.response for one in state.tries["q"]] == [["early"], ["between"], ["late"]]
    assert (state.answers["q"].response, state.unreadable) == (["late"], 0)


def test_a_record_from_a_newer_version_is_read_as_far_as_it_is_known(tmp_path: Path) -> None:
    known = line("q1", ["a"], version="9", result={"response": ["a"], "mood": "good"})
    newer = line("q2", ["a"], verb="http://adlnet.gov/expapi/verbs/shared")
    (tmp_path / NAME).write_bytes(known + b"\n" + newer + b"\n")

    record.append(tmp_path, "answered", "q3", {"response": ["b"]})

    state = record.read(tmp_path)
    assert (set(state.answers), state.newer, state.unreadable) == ({"q1", "q3"}, 1, 0)
    assert (tmp_path / NAME).read_bytes().startswith(known + b"\n" + newer + b"\n")


def test_what_another_kernel_writes_is_seen_by_the_next_reading(tmp_path: Path) -> None:
    for answer in ("a", "b", "c"):
        record.append(tmp_path, "answered", "q1", {"response": [answer]})
        assert record.read(tmp_path).answers["q1"].response == [answer]


def test_a_full_disk_is_an_os_error_and_the_next_answer_stands_on_its_own(tmp_path: Path) -> None:
    record.append(tmp_path, "answered", "q1", {"response": ["a"]})
    size = (tmp_path / NAME).stat().st_size
    script = (
        "import resource, signal, sys\nfrom pathlib import Path\n"
        "from course.lesson import record\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({size + 20}, -1))\n"
        "record.append(Path(sys.argv[1]), 'answered', 'q2', {'response': ['b']})\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert "No space left on device" in done.stderr

    record.append(tmp_path, "answered", "q3", {"response": ["c"]})
    state = record.read(tmp_path)
    assert (set(state.answers), state.unreadable) == ({"q1", "q3"}, 1)
