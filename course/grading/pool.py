"""Many submissions at once: worker processes, each with its own pytest and its own sandbox.

One submission is handed out at a time, so a worker that dies costs one submission a second try.
"""

import contextlib
import multiprocessing as mp
import os
import signal
from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from course.errors import CourseError
from course.grading.checks import Tests, with_tests
from course.grading.grade import grade
from course.grading.prepared import Prepared
from course.model import Graded, Submission
from course.sandbox import Place, Session, open_session

MAX_TRIES = 2


def grade_all(
    lesson: Prepared, work: Sequence[Submission], jobs: int | None = None, *, walls: bool = True
) -> Iterator[Graded]:
    """Judge submissions in parallel; yields each result as it is there, in no fixed order.

    Args:
        lesson: what to judge by.
        work: the submissions.
        jobs: how many processes; by default one per core.
        walls: False runs learners' code as ordinary processes of this user.

    Raises:
        Invalid: when the lesson's tests can't be read.
        Unavailable: when no walls can be had.
    """
    count = min(jobs or os.cpu_count() or 1, len(work))
    waiting, tries = list(reversed(work)), dict.fromkeys(work, 0)
    workers = [_Worker(lesson, walls=walls) for _ in range(count)]
    try:
        while waiting or any(worker.busy for worker in workers):
            for worker in workers:
                if waiting and worker.busy is None:
                    worker.give(waiting.pop())
            ready = wait([worker.pipe for worker in workers if worker.busy is not None])
            for worker in list(workers):
                if worker.pipe in ready and worker.busy is not None:
                    task = worker.busy
                    try:
                        yield worker.take()
                    except EOFError:  # the worker died with the task in its hands
                        workers[workers.index(worker)] = _Worker(lesson, walls=walls)
                        worker.stop()
                        tries[task] += 1
                        if tries[task] < MAX_TRIES:
                            waiting.append(task)
                        else:
                            yield Graded(task, reason="the grader's own process died on it, twice")
    finally:
        for worker in workers:
            worker.stop()


class _Worker:
    """One process that judges what it is given."""

    def __init__(self, lesson: Prepared, *, walls: bool) -> None:
        context = mp.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.busy: Submission | None = None
        self.process: BaseProcess = context.Process(
            target=_work, args=(theirs, lesson, walls), daemon=True
        )
        self.process.start()
        theirs.close()

    def give(self, task: Submission) -> None:
        self.busy = task
        with contextlib.suppress(BrokenPipeError):  # take() meets the end of the pipe and says so
            self.pipe.send(task)

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


def _work(pipe: "Connection[object, object]", lesson: Prepared, walls: bool) -> None:
    """The worker's whole life: judge submissions until the pipe ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt means
    try:
        with_tests(lesson.tests, lambda tests: _serve(pipe, lesson, tests, walls))
    except CourseError as error:
        try:
            pipe.recv()
            pipe.send(error)
        except (EOFError, OSError):
            return


def _serve(pipe: "Connection[object, object]", lesson: Prepared, tests: Tests, walls: bool) -> None:
    def opened(place: Place) -> Session:
        return open_session(place, walls=walls)

    while True:
        try:
            task = pipe.recv()
        except (EOFError, OSError):
            return
        assert isinstance(task, Submission)  # noqa: S101  our own pipe
        try:
            result: object = grade(task, lesson, tests, opened)
        except CourseError as error:
            result = error
        pipe.send(result)
