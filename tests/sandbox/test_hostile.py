"""Cells that mean harm, against the full walls: what they reach, and what we say of them."""

import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from tests_support import marked_processes, text_of, wait_for

from course.sandbox.forked import ForkedSession, Zygote
from course.sandbox.session import Place, Strike

pytestmark = pytest.mark.thorough

OK, ERROR, MEMORY = Strike.OK, Strike.ERROR, Strike.MEMORY
TIMEOUT, OUTPUT, CRASH, PROTOCOL = Strike.TIMEOUT, Strike.OUTPUT, Strike.CRASH, Strike.PROTOCOL

SWALLOW = "while True:\n    try:\n        while True: pass\n    except BaseException: pass"
FIND = (
    "import os, socket, stat, struct\n"
    "fds = [fd for fd in map(int, os.listdir('/proc/self/fd'))\n"
    "       if fd > 2 and os.path.exists(f'/proc/self/fd/{fd}')\n"
    "       and stat.S_ISSOCK(os.fstat(fd).st_mode)]\n"
    "def forge(data):\n"
    "    for fd in fds:\n"
    "        try: os.write(fd, data)\n"
    "        except OSError: pass\n"
    "def frame(body): return struct.pack('>I', len(body)) + body\n"
)

CELLS = {
    "read a key": ("open('KEY').read()", ERROR, "FileNotFoundError"),
    "list the host": ("import os; os.listdir('/root'), os.listdir('/var')", ERROR, "FileNotFound"),
    "the repository": ("import os; os.listdir('REPOSITORY/tests')", ERROR, "FileNotFound"),
    "write beside": ("open('/evil', 'w')", ERROR, "Read-only"),
    "write in /usr": ("open('/usr/evil', 'w')", ERROR, "Read-only"),
    "see host processes": (
        "import os; raise OSError(len([p for p in os.listdir('/proc') if p.isdigit()]))",
        ERROR, "OSError: 1",
    ),
    "environment of others": ("open('/proc/2/environ').read()", ERROR, "FileNotFoundError"),
    "kill the parent": ("import os; os.kill(os.getppid(), 9)", None, ""),
    "kill everyone": (
        "import os\nfor p in range(2, 40000):\n    try: os.kill(p, 9)\n    except OSError: pass\n"
        "os.kill(-1, 9)", ERROR, "ProcessLookupError",
    ),
    "kill the group": ("import os; os.killpg(0, 9)", None, ""),
    "fork bomb": (
        "import os, time\nn = 0\ntry:\n    while True:\n        if os.fork() == 0:\n"
        "            time.sleep(60); os._exit(0)\n        n += 1\n"
        "except OSError as e: raise SystemError(f'stopped at {n}: {e}')", ERROR, "SystemError: stopped",
    ),
    "threads": (
        "import threading, time\nfor _ in range(100):\n"
        "    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()", ERROR, "RuntimeError",
    ),
    "8 GB": ("x = bytearray(8 << 30)", MEMORY, "MemoryError"),
    "growing list": ("x = []\nwhile True: x.append(bytearray(10_000_000))", MEMORY, "MemoryError"),
    "memory that no limit counts": (
        "import os\nf = os.memfd_create('x')\nos.write(f, bytes(1 << 20))", ERROR, "PermissionError",
    ),
    "large file": (
        "with open('big', 'wb') as f:\n    for _ in range(1024): f.write(bytes(1 << 20))", ERROR, "OSError",
    ),
    "many files": (
        "for i in range(100):\n    with open(f'f{i}', 'wb') as f: f.write(bytes(1 << 20))",
        ERROR, "No space left",
    ),
    "shared memory": (
        "for i in range(100):\n    with open(f'/dev/shm/f{i}', 'wb') as f: f.write(bytes(1 << 20))",
        ERROR, "No space left",
    ),
    "open files": ("fs = [open('data.csv') for _ in range(1000)]", ERROR, "Too many open files"),
    "network": ("import socket; socket.create_connection(('1.1.1.1', 53), 2)", ERROR, "unreachable"),
    "datagram": (
        "import socket; socket.socket(2, 2).sendto(b'x', ('8.8.8.8', 53))", ERROR, "unreachable",
    ),
    "the host's loopback": (
        "import socket; socket.create_connection(('127.0.0.1', PORT), 2)", ERROR, "refused",
    ),
    "abstract socket": (
        "import socket; socket.socket(1, 1).connect('\\0course-test')", ERROR, "ConnectionRefused",
    ),
    "vsock": ("import socket; socket.socket(40, 1)", ERROR, "Address family"),
    "new namespace": (
        "import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\n"
        "if libc.unshare(0x10000000): raise OSError(ctypes.get_errno(), 'unshare')", ERROR, "PermissionError",
    ),
    "mount": (
        "import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\n"
        "if libc.mount(b'none', b'/', b'', 32, None): raise OSError(ctypes.get_errno(), 'mount')",
        ERROR, "PermissionError",
    ),
    "unmount": (
        "import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\n"
        "if libc.umount2(b'/proc', 2): raise OSError(ctypes.get_errno(), 'umount')", ERROR, "PermissionError",
    ),
    "trace": (
        "import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\n"
        "if libc.ptrace(16, 1, 0, 0): raise OSError(ctypes.get_errno(), 'ptrace')", ERROR, "PermissionError",
    ),
    "become root": ("import os; os.setuid(0)", ERROR, "OSError"),
    "raise a limit": (
        "import resource as r; r.setrlimit(r.RLIMIT_AS, (-1, -1))", ERROR, "not allowed",
    ),
    "sleep": ("import time; time.sleep(999)", TIMEOUT, ""),
    "spin": ("while True: pass", TIMEOUT, ""),
    "spin in C": ("import re; re.match('(a+)+$', 'a' * 60 + 'b')", TIMEOUT, ""),
    "ignore the interrupt": (SWALLOW, TIMEOUT, ""),
    "ignore the signal": (
        "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass", TIMEOUT, "",
    ),
    "sleep in a program": ("import os; os.system('sleep 99')", TIMEOUT, ""),
    "await for ever": ("import asyncio; await asyncio.sleep(99)", TIMEOUT, ""),
    "endless print": ("while True: print('x' * 100000)", OUTPUT, ""),
    "endless lines": ("while True: print('x' * 40)", OUTPUT, ""),
    "one large line": ("print('x' * (300 << 20))", OUTPUT, ""),
    "endless display": ("while True: display('x' * 1000)", OUTPUT, ""),
    "endless program": ("import os; os.system('yes')", None, ""),
    "swallow the overflow": (
        "while True:\n    try: print('x' * 100000)\n    except BaseException: pass", OUTPUT, "",
    ),
    "exit at once": ("import os; os._exit(0)", CRASH, ""),
    "segmentation fault": ("import ctypes; ctypes.string_at(0)", CRASH, ""),
    "abort": ("import os; os.abort()", CRASH, ""),
    "close everything": ("import os; os.closerange(0, 100)", CRASH, ""),
    "exec": ("import os; os.execv('/bin/true', ['true'])", CRASH, ""),
    "forge nonsense": (FIND + "forge(b'\\xff' * 100)", PROTOCOL, ""),
    "forge a giant": (FIND + "forge(struct.pack('>I', 2**32 - 1))", PROTOCOL, ""),
    "forge no JSON": (FIND + "forge(frame(b'{'))", PROTOCOL, ""),
    "forge no object": (FIND + "forge(frame(b'[1]'))", PROTOCOL, ""),
    "forge depth": (FIND + "forge(frame(b'[' * 200_000))", PROTOCOL, ""),
    "forge deep output": (
        FIND + "deep = b'[' * 900 + b']' * 900\nforge(frame(b'{\"number\": 1, \"strike\": \"ok\", "
        '"error": "", "outputs": [{"output_type": "display_data", "metadata": {}, '
        "\"data\": {\"a\": ' + deep + b'}}]}'))", PROTOCOL, "",
    ),
    "forge many digits": (FIND + "forge(frame(b'{\"number\": ' + b'9' * 100_000 + b'}'))", PROTOCOL, ""),
    "forge half letters": (
        FIND + "forge(frame(b'{\"number\": 1, \"strike\": \"ok\", \"error\": \"\\\\ud800\", "
        "\"outputs\": []}'))", OK, "",
    ),
    "forge wrong types": (FIND + "forge(frame(b'{\"number\": 1, \"strike\": [], \"outputs\": 3}'))", PROTOCOL, ""),
    "forge a wrong output": (
        FIND + "forge(frame(b'{\"number\": 1, \"strike\": \"ok\", \"error\": \"\", \"outputs\": [3]}'))",
        PROTOCOL, "",
    ),
    "forge the number": (FIND + "forge(frame(b'{\"number\": 99}'))", PROTOCOL, ""),
    "forge half": (FIND + "forge(struct.pack('>I', 1000) + b'{'); import time; time.sleep(99)", TIMEOUT, ""),
    "forge a flood": (FIND + "while True: forge(b'\\0' * 65536)", PROTOCOL, ""),
    "patch json": ("import json\njson.dumps = lambda *a, **k: 'no'", None, ""),
    "patch the shell": ("get_ipython().run_cell = None", None, ""),
}  # fmt: skip


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    key = tmp_path_factory.mktemp("grader") / "key.txt"
    key.write_text("the answer")
    return {"KEY": str(key), "REPOSITORY": str(Path(__file__).resolve().parents[2])}


@pytest.mark.parametrize("name", CELLS)
def test_a_hostile_cell_gets_its_strike_and_harms_nobody(
    name: str, zygote: Zygote, place: Place, host: dict[str, str]
) -> None:
    source, strike, said = CELLS[name]
    seconds = 0.3 if strike is TIMEOUT else place.limits.cell_seconds
    limits = replace(place.limits, cell_seconds=seconds)
    with (
        closing(zygote.open(replace(place, limits=limits))) as session,
        socket.create_server(("127.0.0.1", 0)) as server,
    ):
        warm = zygote.process
        words = {**host, "PORT": str(server.getsockname()[1])}
        for word, meaning in words.items():
            source = source.replace(word, meaning)
        result = session.run(source)
        assert strike in (None, result.strike), result
        assert said in result.error + "".join(str(output) for output in result.outputs)
        assert result.seconds < seconds + 3  # the limit, and a moment to end what ignores it
        assert len(str(result.outputs)) < 1_000_000
        assert result.strike is OK or session.run("1 + 1").strike is OK
    assert zygote.process is warm


def test_the_cells_that_had_ended_are_run_again_after_a_crash(session: ForkedSession) -> None:
    session.run("x = [1]")
    session.run("x.append(2)\nraise ValueError")
    assert session.run("x.append(3)\nimport os; os._exit(1)").strike is CRASH
    after = session.run("print(x); 'here'")
    assert text_of(after.outputs) == "[1, 2]\n"
    assert after.outputs[-1]["execution_count"] == 4


def test_state_survives_a_cell_that_could_be_interrupted(zygote: Zygote, place: Place) -> None:
    session = zygote.open(replace(place, limits=replace(place.limits, cell_seconds=0.3)))
    session.run("import random; x = random.random()")
    before = session.ask({"op": "get", "name": "x"}).value
    struck = session.run("print('started')\nwhile True: pass")
    assert struck.strike is TIMEOUT
    assert text_of(struck.outputs) == "started\n"
    assert session.ask({"op": "get", "name": "x"}).value == before
    session.close()


def test_the_notebook_has_a_limit_of_its_own(zygote: Zygote, place: Place) -> None:
    limits = replace(place.limits, notebook_seconds=0.4)
    session = zygote.open(replace(place, limits=limits))
    strikes = [session.run("import time; time.sleep(0.3)").strike for _ in range(4)]
    session.close()
    assert strikes[0] is OK
    assert strikes[1:] == [TIMEOUT] * 3


def test_asking_is_limited_and_goes_on_after_a_loss(session: ForkedSession) -> None:
    session.run("import os, time\nx = 5\ndef slow(): time.sleep(99)\ndef die(): os._exit(0)")
    session.run("def big(): return 'x' * 50_000_000\ndef eat(): return bytearray(8 << 30)")

    def call(name: str) -> Strike:
        return session.ask({"op": "call", "target": name, "args": [], "kwargs": {}}).strike

    assert [call("slow"), call("die"), call("eat"), call("big")] == [TIMEOUT, CRASH, MEMORY, ERROR]
    assert session.ask({"op": "get", "name": "x"}).value == 5


def test_nothing_that_a_cell_started_is_left_after_close(zygote: Zygote, place: Place) -> None:
    session = zygote.open(place)
    session.run(
        "import os, subprocess\n"
        "subprocess.Popen(['sleep', '86421'], start_new_session=True)\n"
        "if os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n"
        "        os.execv('/bin/sleep', ['sleep', '86421'])\n    os._exit(0)"
    )
    while len(marked_processes("86421")) < 2:
        time.sleep(0.01)
    session.close()
    assert marked_processes("86421") == []


def test_a_killed_zygote_is_replaced(place: Place) -> None:
    with Zygote("full", ("json",)) as warm:
        first = warm.open(place)
        assert warm.process is not None
        os.kill(warm.process.pid, signal.SIGKILL)
        assert first.room is not None
        select.select([first.room.process], [], [])  # the rooms end a moment later
        second = warm.open(place)
        assert second.run("1").strike is OK
        assert not first.lost
        assert first.run("1").strike is CRASH
        assert first.lost  # no fault of the cell: the notebook is to be run again elsewhere
        assert second.run("import os; os._exit(1)").strike is CRASH
        assert not second.lost  # that was the cell
        first.close()
        second.close()


def test_nothing_is_left_when_the_trusted_process_is_killed(place: Place) -> None:
    script = (
        "import pathlib, sys, threading\nfrom course.sandbox.forked import Zygote\n"
        "from course.sandbox.session import Place\n"
        "z = Zygote('full', ('json',)); s = z.open(Place(pathlib.Path(sys.argv[1])))\n"
        "s.run(\"import subprocess; subprocess.Popen(['sleep', '86422'], start_new_session=True)\")\n"
        "print('up', flush=True); s.run('while True: pass')"
    )
    trusted = subprocess.Popen(
        [sys.executable, "-c", script, str(place.folder)], stdout=subprocess.PIPE, text=True
    )
    with trusted:
        assert trusted.stdout is not None
        assert trusted.stdout.readline() == "up\n"
        wait_for(1, "86422")
        trusted.kill()
    end = time.monotonic() + 5
    while marked_processes("86422") and time.monotonic() < end:
        time.sleep(0.01)
    assert marked_processes("86422") == []


def test_the_zygote_survives_the_thread_that_started_it(place: Place) -> None:
    with Zygote("full", ("json",)) as warm:
        opened: list[ForkedSession] = []
        thread = threading.Thread(target=lambda: opened.append(warm.open(place)))
        thread.start()
        thread.join()
        assert opened[0].run("1 + 1").strike is OK
        opened[0].close()


def test_who_hangs_up_loses_their_rooms_and_nobody_else_does(place: Place) -> None:
    with Zygote("full", ("json",)) as warm:
        mine = warm.open(place)
        theirs = Zygote("full", ("json",), line=warm.line())
        lost = theirs.open(place)
        assert theirs.process is None  # it is the same warm process
        source = "import subprocess; subprocess.Popen(['sleep', '86423'], start_new_session=True)"
        for session in (mine, lost):
            assert session.run(source).strike is OK
        wait_for(2, "86423")
        assert theirs.control is not None
        theirs.control.close()  # as when a worker was killed
        assert lost.room is not None
        select.select([lost.room.process], [], [])
        wait_for(1, "86423")
        assert mine.run("1").strike is OK
        lost.close()
        mine.close()


def test_a_line_whose_warm_process_died_is_replaced_by_one_of_its_own(place: Place) -> None:
    with Zygote("full", ("json",)) as warm:
        line = warm.line()
    with Zygote("full", ("json",), line=line) as other:
        session = other.open(place)
        assert session.run("1").strike is OK
        assert other.process is not None
        session.close()


SPINNERS = (
    "import os\nfor _ in range(20):\n    if os.fork() == 0:\n"
    "        os.setsid()\n        while True: pass\n"
)


def test_who_takes_all_processors_lets_no_other_notebook_time_out(
    zygote: Zygote, place: Place
) -> None:
    begin = time.process_time()
    sum(range(20_000_000))
    limits = replace(place.limits, cell_seconds=3 * (time.process_time() - begin) + 0.2)
    with (
        closing(zygote.open(place)) as hostile,
        closing(zygote.open(replace(place, limits=limits))) as honest,
    ):
        hostile.run(SPINNERS)
        assert honest.run("sum(range(20_000_000))").strike is OK


def test_who_keeps_itself_waiting_gains_no_time(zygote: Zygote, place: Place) -> None:
    limits = replace(place.limits, cell_seconds=1.0)
    with closing(zygote.open(replace(place, limits=limits))) as session:
        result = session.run(SPINNERS + "while True: pass")
        assert result.strike is TIMEOUT
        assert result.seconds < 5
