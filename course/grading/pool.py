"""Many submissions at once: worker processes, each with its own pytest, over one warm sandbox.

One submission is handed out at a time, so a worker that dies costs one submission a second try.
"""

import contextlib
import functools
import multiprocessing as mp
import os
import signal
import socket
from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from multiprocessing.reduction import recv_handle, send_handle
from typing import TYPE_CHECKING, Self

from course.errors import CourseError
from course.grading.prepared import Prepared
from course.model import Graded, Submission
from course.sandbox import Place, Session, Warmth, open_session, use, warm_up

if TYPE_CHECKING:
    from course.grading.checks import Tests

MAX_TRIES = 2


class Workers:
    """Processes that judge submissions, kept from lesson to lesson. Use it in ``with``.

    Args:
        jobs: how many at most; by default one per core.
        walls: False runs learners' code as ordinary processes of this user.
    """

    def __init__(self, jobs: int | None = None, *, walls: bool = True) -> None:
        self.jobs, self.walls = jobs or os.cpu_count() or 1, walls
        self.staff: list[_Worker] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        for worker in self.staff:
            worker.stop()
        self.staff = []

    def grade(self, lesson: Prepared, work: Sequence[Submission]) -> Iterator[Graded]:
        """Judge submissions in parallel; yields each result as it is there, in no fixed order.

        Raises:
            Invalid: when the lesson's tests can't be read.
            Unavailable: when no walls can be had.
        """
        waiting, tries = list(reversed(work)), dict.fromkeys(work, 0)
        while len(self.staff) < min(self.jobs, len(work)):
            self.staff.append(_Worker(walls=self.walls))
        while waiting or any(worker.busy for worker in self.staff):
            for worker in self.staff:
                if waiting and worker.busy is None:
                    worker.give(lesson, waiting.pop())
            busy = [worker for worker in self.staff if worker.busy is not None]
            ready = wait([worker.pipe for worker in busy])
            for worker in [each for each in busy if each.pipe in ready]:
                task = worker.busy
                assert task is not None  # noqa: S101  busy ones have a task
                try:
                    yield worker.take()
                except EOFError:  # the worker died with the task in its hands
                    self.staff[self.staff.index(worker)] = _Worker(walls=self.walls)
                    worker.stop()
                    tries[task] += 1
                    if tries[task] < MAX_TRIES:
                        waiting.append(task)
                    else:
                        yield Graded(task, reason="the grader's own process died on it, twice")


class _Worker:
    """One process that judges what it is given."""

    def __init__(self, *, walls: bool) -> None:
        context = mp.get_context("forkserver")
        context.set_forkserver_preload(["course.grading.grade"])
        self.pipe, theirs = context.Pipe()
        self.walls = walls
        self.busy: Submission | None = None
        self.lesson: Prepared | None = None
        self.process: BaseProcess = context.Process(target=_work, args=(theirs, walls), daemon=True)
        self.process.start()
        theirs.close()

    def give(self, lesson: Prepared, task: Submission) -> None:
        self.busy = task
        with contextlib.suppress(BrokenPipeError):  # take() meets the end of the pipe and says so
            if self.lesson is not lesson:
                if self.lesson is None or self.lesson.preload != lesson.preload:
                    self._lend_warmth(lesson)
                self.pipe.send(lesson)
                self.lesson = lesson
            self.pipe.send(task)

    def _lend_warmth(self, lesson: Prepared) -> None:
        """Let the worker use what is imported here already; importing it takes seconds."""
        for kernel in sorted(lesson.kernels()):
            if warmth := warm_up(kernel, lesson.preload, walls=self.walls):
                with warmth.line:
                    self.pipe.send((warmth.level, warmth.preload))
                    send_handle(self.pipe, warmth.line.fileno(), self.process.pid)
                return

    def take(self) -> Graded:
        try:
            result = self.pipe.recv()
        except ConnectionResetError as error:
            raise EOFError from error
        self.busy = None
        if isinstance(result, BaseException):
            raise result
        return result  # type: ignore[no-any-return]

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
        """Judge tasks until something else comes."""
        from course.grading.grade import grade  # noqa: PLC0415  brings pytest, for workers only

        while isinstance(self.next(), Submission):
            assert isinstance(self.order, Submission)  # noqa: S101  just asked
            try:
                result: object = grade(self.order, lesson, tests, self.open)
            except CourseError as error:
                result = error
            self.pipe.send(result)

    def open(self, place: Place) -> Session:
        return open_session(place, walls=self.walls)


def _work(pipe: "Connection[object, object]", walls: bool) -> None:
    """The worker's whole life: lesson after lesson until the pipe ends."""
    from course.grading.checks import with_tests  # noqa: PLC0415  as above

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt means
    desk = _Desk(pipe, walls=walls)
    desk.next()
    while isinstance(desk.order, Prepared):
        lesson = desk.order
        try:
            with_tests(lesson.tests, functools.partial(desk.judge, lesson))
        except CourseError as error:
            if desk.next() is not None:
                pipe.send(error)
                desk.next()
