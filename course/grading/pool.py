"""Many submissions at once: worker processes, each with its own pytest, over one warm sandbox.

One submission is handed out at a time, so a worker that dies costs one submission a second try.
Workers end with the process that started them, however that ended.
"""

import contextlib
import functools
import multiprocessing as mp
import os
import resource
import shutil
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from multiprocessing.reduction import recv_handle, send_handle
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, Self

from course.errors import CourseError, Unavailable
from course.grading.desktop import desktop
from course.grading.prepared import Prepared
from course.model import Graded, Submission
from course.sandbox import Warmth, use, warm_up

if TYPE_CHECKING:
    from course.grading.checks import Tests

MAX_TRIES = 2
MEMORY = 4 << 30
"""Bytes of memory that one of our processes may fill: with what a test keeps of a learner's answers, say."""

Task = tuple[Prepared, Submission]


class Staff(Protocol):
    """Whoever judges the submissions of a lesson: `Workers` here, or a `Cluster` elsewhere."""

    def grade(self, lesson: Prepared, work: Sequence[Submission]) -> Iterator[Graded]:
        """Judge submissions; yields each result as it is there, in no fixed order."""


class Workers:
    """Processes that judge submissions, kept from lesson to lesson. Use it in ``with``.

    Args:
        jobs: how many at most; by default one per core.
        walls: False runs learners' code as ordinary processes of this user.
    """

    def __init__(self, jobs: int | None = None, *, walls: bool = True) -> None:
        self.jobs, self.walls = jobs or os.cpu_count() or 1, walls
        self.staff: list[_Worker] = []
        self._things = contextlib.ExitStack()
        self.folder = ""  # of everything that workers keep for a while, so that nobody leaves any
        self.unborn = 0  # workers that died before they took any work, since one took some

    def __enter__(self) -> Self:
        self.folder = self._things.enter_context(desktop())
        return self

    def __exit__(self, *_exception: object) -> None:
        for worker in self.staff:
            worker.stop()
        self.staff = []
        self._things.close()

    def grade(self, lesson: Prepared, work: Sequence[Submission]) -> Iterator[Graded]:
        """Judge submissions in parallel; yields each result as it is there, in no fixed order.

        Raises:
            Invalid: when the lesson's tests can't be read.
            Unavailable: when no walls can be had, or no worker lives to take any work.
        """
        yield from self.grade_each([(lesson, each) for each in work])

    def grade_each(self, tasks: Sequence[Task]) -> Iterator[Graded]:
        """Judge submissions, each by what it comes with; else as `grade`.

        What is judged by the same stays with one process as long as there is enough to do.
        """
        waiting, tries = list(tasks), dict.fromkeys((work for _, work in tasks), 0)
        while len(self.staff) < min(self.jobs, len(tasks)):
            self.staff.append(_Worker(self.folder, walls=self.walls))
        while waiting or any(worker.busy for worker in self.staff):
            for worker in self.staff:
                if waiting and worker.busy is None:
                    worker.give(*waiting.pop(self._best(worker, waiting)))
            busy = [worker for worker in self.staff if worker.busy is not None]
            ready = wait([worker.pipe for worker in busy])
            for worker in [each for each in busy if each.pipe in ready]:
                lesson, task = worker.lesson, worker.busy
                assert lesson is not None and task is not None  # noqa: S101, PT018  busy ones have both
                try:
                    result = worker.take()
                except EOFError:  # the worker died with the task in its hands
                    self._replace(worker)
                    tries[task] += worker.began
                    if tries[task] < MAX_TRIES:
                        waiting.insert(0, (lesson, task))
                    else:
                        yield Graded(task, reason="the grader's own process died on it, twice")
                else:
                    self.unborn = 0
                    if result is not None:
                        yield result

    def _best(self, worker: "_Worker", waiting: Sequence[Task]) -> int:
        """Return which task a process takes: of the lesson that it knows, or that no other works on."""
        others = {id(each.lesson) for each in self.staff if each is not worker}
        mine = (n for n, (lesson, _) in enumerate(waiting) if lesson is worker.lesson)
        free = (n for n, (lesson, _) in enumerate(waiting) if id(lesson) not in others)
        return next(mine, next(free, 0))

    def _replace(self, worker: "_Worker") -> None:
        """Let a new worker take a dead one's place, unless none lives long enough to begin."""
        ended = worker.ended()
        self.unborn += not worker.began
        if self.unborn > self.jobs:
            raise Unavailable(
                "the grader's own processes end before they take any work", where=sys.executable,
                found=f"{self.unborn} of them did; the last one {ended}",
                hint="what it said stands above; mend it, and run it again: nothing is lost",
            )  # fmt: skip
        self.staff[self.staff.index(worker)] = _Worker(self.folder, walls=self.walls)


class _Worker:
    """One process that judges what it is given."""

    def __init__(self, folder: str, *, walls: bool) -> None:
        context = mp.get_context("forkserver")
        context.set_forkserver_preload(["course.grading.judge"])
        self.pipe, theirs = context.Pipe()
        self.walls = walls
        self.busy: Submission | None = None
        self.lesson: Prepared | None = None
        self.began = False  # to judge submissions of this lesson
        self.process: BaseProcess = context.Process(
            target=_work, args=(theirs, folder, walls), daemon=True
        )
        with theirs, _interrupts_held():  # what is started inherits this
            self.process.start()

    def give(self, lesson: Prepared, task: Submission) -> None:
        before, self.lesson, self.busy = self.lesson, lesson, task
        with contextlib.suppress(ConnectionError):  # take() meets the end of the pipe and says so
            if before is not lesson:
                self.began = False
                if before is None or before.preload != lesson.preload:
                    self._lend_warmth(lesson)
                self.pipe.send(lesson)
            self.pipe.send(task)

    def _lend_warmth(self, lesson: Prepared) -> None:
        """Let the worker use what is imported here already; importing it takes seconds."""
        for kernel in sorted(lesson.kernels()):
            if warmth := warm_up(kernel, lesson.preload, walls=self.walls):
                with warmth.line:
                    self.pipe.send((warmth.level, warmth.preload))
                    send_handle(self.pipe, warmth.line.fileno(), self.process.pid)
                return

    def take(self) -> Graded | None:
        """Return a result; None when the worker says that it begins."""
        try:
            result = self.pipe.recv()
        except OSError as error:  # a reset, or the end within a result
            raise EOFError from error
        if result is None:
            self.began = True
            return None
        self.busy = None
        if isinstance(result, BaseException):
            raise result
        return result  # type: ignore[no-any-return]

    def ended(self) -> str:
        """Wait for the end of a worker that is about to end, and say how that was."""
        self.process.join(1)
        code = self.process.exitcode
        self.stop()
        return (
            f"was killed by signal {-code}" if code and code < 0 else f"ended with exit code {code}"
        )

    def stop(self) -> None:
        self.pipe.close()
        self.process.terminate()
        self.process.join()


class _Desk:
    """A worker's end of the pipe: lessons and tasks come in, results go out."""

    def __init__(self, pipe: "Connection[object, object]", *, walls: bool) -> None:
        self.pipe, self.walls = pipe, walls
        self.order: object = None

    def next(self) -> object:
        """Wait for a lesson or a task; None at the end. A line on the way is taken."""
        try:
            self.order = self.pipe.recv()
            while isinstance(self.order, tuple):
                level, preload = self.order
                use(Warmth(level, preload, socket.socket(fileno=recv_handle(self.pipe))))
                self.order = self.pipe.recv()
        except (EOFError, OSError):
            self.order = None
        return self.order

    def judge(self, lesson: Prepared, tests: "Tests") -> None:
        """Judge tasks until something else comes than lessons with these tests and their tasks."""
        from course.grading.judge import Judge  # noqa: PLC0415  brings pytest, for workers only

        path, collected = lesson.tests, _content(lesson.tests)
        while True:
            self.pipe.send(None)  # it lives; whatever ends it now is about a task
            judge = Judge(lesson, tests, walls=self.walls)
            while isinstance(self.next(), Submission):
                assert isinstance(self.order, Submission)  # noqa: S101  just asked
                self.pipe.send(judge.judge(self.order))
            if (
                not isinstance(self.order, Prepared)
                or self.order.tests != path
                or _content(path) != collected
            ):
                return
            lesson = self.order


def _content(tests: Path) -> bytes:
    return tests.read_bytes() if tests.is_file() else b""


def _work(pipe: "Connection[object, object]", folder: str, walls: bool) -> None:
    """The worker's whole life: lesson after lesson until the pipe ends."""
    from course.grading.checks import with_tests  # noqa: PLC0415  as above
    from course.grading.judge import in_our_words  # noqa: PLC0415  as above

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt means
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})  # for notebooks, which inherit it
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    bound = MEMORY if most == resource.RLIM_INFINITY else min(MEMORY, most)
    resource.setrlimit(resource.RLIMIT_DATA, (bound, most))  # the warm process lifts it again
    tempfile.tempdir = folder
    threading.Thread(target=_end_with_parent, args=(folder,), daemon=True).start()
    desk = _Desk(pipe, walls=walls)
    desk.next()
    while isinstance(desk.order, Prepared):
        lesson = desk.order
        try:
            with_tests(lesson.tests, functools.partial(desk.judge, lesson))
        except (CourseError, OSError) as error:
            ours = in_our_words(error)
            if desk.next() is not None:
                pipe.send(ours)
                desk.next()


def _end_with_parent(folder: str) -> None:
    """End, in the middle of a task too, when the process that started us is gone."""
    parent = mp.parent_process()
    assert parent is not None  # noqa: S101  we are a child
    wait([parent.sentinel])
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(1)


@contextlib.contextmanager
def _interrupts_held() -> Iterator[None]:
    """Let an interrupt wait: a process that only starts up would print a traceback for it."""
    resource_tracker.ensure_running()  # which would let them through
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
