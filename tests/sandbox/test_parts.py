"""The parts of the runner that can be tested without a room."""

import decimal
import json
import os
import socket
import struct
import time
from pathlib import Path

import pytest

from course.sandbox import luggage, values, wire
from course.sandbox.replay import Replay
from course.sandbox.reply import read_reply, read_run
from course.sandbox.session import CellRun, Strike


def test_luggage_holds_ordinary_files_and_nothing_else(tmp_path: Path) -> None:
    source, target = tmp_path / "from", tmp_path / "to"
    (source / "sub" / "empty").mkdir(parents=True)
    (source / "a.txt").write_text("a")
    (source / "sub" / "ü b.bin").write_bytes(bytes(3_000_000))
    (source / "nothing").touch()
    (source / "link").symlink_to("/etc/passwd")
    (source / "linked").symlink_to("/etc")
    os.mkfifo(source / "pipe")
    target.mkdir()
    bag, size = luggage.pack(source)
    luggage.unpack(bag, str(target))
    os.close(bag)
    found = {str(path.relative_to(target)) for path in target.rglob("*")}
    assert found == {"a.txt", "nothing", "sub", "sub/empty", "sub/ü b.bin"}
    assert (target / "sub" / "ü b.bin").read_bytes() == bytes(3_000_000)
    assert size > 3_000_000


def hear(data: bytes) -> object:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(data)
        theirs.shutdown(socket.SHUT_WR)
        return wire.receive(ours, time.monotonic() + 5)


def frame(body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + body


def test_a_message_arrives_as_it_was_sent() -> None:
    message = {"a": [1, 2.5, None, "é\n🙂"], "b": {"c": "\\ud800 in a text"}}
    assert hear(wire.pack(message)) == message


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"3", b"\xff\xfe", b"[" * 100_000, b'{"a":' * 20_000,
        b'{"n": ' + b"9" * 10_000 + b"}", b'{"a": 1} x', b"\0" * 50,
    ],
)  # fmt: skip
def test_what_is_no_message_is_malformed(body: bytes) -> None:
    with pytest.raises(wire.MalformedError):
        hear(frame(body))


def test_half_characters_and_odd_numbers_do_not_pass() -> None:
    got = hear(frame(b'{"a": "\\ud800", "b": NaN, "c": [Infinity]}'))
    assert got == {"a": "?", "b": None, "c": [None]}


def test_a_giant_is_refused_before_it_is_read() -> None:
    with pytest.raises(wire.MalformedError):
        hear(struct.pack(">I", wire.MAX_MESSAGE + 1))


def test_half_a_message_is_the_end() -> None:
    with pytest.raises(EOFError):
        hear(frame(b'{"a": 1}')[:-2])


def test_every_cut_and_flip_of_a_reply_is_read_or_refused() -> None:
    good = wire.pack({
        "number": 1, "strike": "ok", "error": "", "outputs": [
            {"output_type": "stream", "name": "stdout", "text": "x"},
            {"output_type": "execute_result", "data": {"text/plain": "1"}, "metadata": {},
             "execution_count": 1},
            {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["t"]},
        ],
    })[4:]  # fmt: skip
    for place in range(len(good)):
        for changed in (good[:place], good[:place] + bytes([good[place] ^ 21]) + good[place + 1 :]):
            try:
                assert isinstance(read_run(wire.decode(changed), 10_000), CellRun)
            except wire.MalformedError:
                continue


@pytest.mark.parametrize("data", [None, 3, [], {}, {"raised": 3}, {"missing": []}, {"bases": 1}])
def test_what_is_no_answer_is_a_protocol_strike(data: object) -> None:
    assert read_reply(data).strike is Strike.PROTOCOL


def test_replay_leaves_out_what_struck_and_what_strikes_again() -> None:
    replay, ran = Replay(), []
    for source, strike in [("a", Strike.OK), ("b", Strike.TIMEOUT), ("c", Strike.ERROR)]:
        replay.next(source)
        replay.keep(source, CellRun(strike))

    def run(count: int, source: str) -> CellRun:
        ran.append((count, source))
        return CellRun(Strike.CRASH if source == "a" else Strike.OK)

    assert replay.onto(run) is Strike.CRASH
    assert replay.onto(run) is Strike.OK
    assert ran == [(1, "a"), (3, "c")]


ALIKE = [{"$": "int", "v": hex(step * (2**61 - 1))} for step in range(1, 1000)]


@pytest.mark.parametrize(
    "data",
    [
        ALIKE,
        {"$": "set", "v": ALIKE},
        {"$": "dict", "v": [[each, 1] for each in ALIKE]},
        {"$": "tuple", "v": ALIKE},
        {"$": "index", "name": None, "v": {"dtype": "object", "v": ALIKE}},
        {"$": "decimal", "v": "1e999999999"},
        {"$": "decimal", "v": "1e-999999999"},
    ],
)
def test_a_value_that_would_take_for_ever_is_refused(data: object) -> None:
    with pytest.raises(values.UndecodableError):
        values.decode(data)


@pytest.mark.parametrize(
    "value",
    [
        [1] * 1000 + [2] * 1000,
        [(1, "a")] * 1000,
        [[1]] * 1000,
        {number: -number for number in range(1000)},
        {complex(a, b) for a in range(40) for b in range(40)},
        [decimal.Decimal("1e99999"), decimal.Decimal("-0E-7")],
    ],
)
def test_many_equal_items_and_long_numbers_are_values_like_others(value: object) -> None:
    assert values.decode(json.loads(json.dumps(values.encode(value)))) == value
