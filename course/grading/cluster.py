"""Many submissions on many machines: the same judge, on the workers of a Dask cluster.

What judging needs travels with it, so that nothing is mounted or installed beside this package.
Every worker keeps one judge, in a thread of its own, since pytest wants to be one of its kind.
"""

import atexit
import queue
import tempfile
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import Any, Self

import course
from course.errors import CourseError, Unavailable
from course.grading import parcel
from course.grading.checks import Tests, with_tests
from course.grading.judge import Judge, in_our_words
from course.grading.prepared import Prepared
from course.model import Graded, Submission

WAIT_SECONDS = 20
AHEAD = 3
"""How many submissions lie ready for each thread of the cluster; all of them would fill its memory."""


class Cluster:
    """Judges submissions elsewhere, as `course.grading.pool.Workers` does here. Use it in ``with``.

    Args:
        scheduler: the address of Dask's scheduler, such as ``tcp://10.0.0.5:8786``.
        walls: False runs learners' code as ordinary processes of the workers' user.

    Raises:
        Unavailable: Dask is not installed, or the scheduler can't be reached.
    """

    def __init__(self, scheduler: str, *, walls: bool = True) -> None:
        self.scheduler, self.walls = scheduler, walls
        self.client: Any = None

    def __enter__(self) -> Self:
        try:
            from distributed import Client  # noqa: PLC0415  an extra
        except ImportError as error:
            raise Unavailable(
                "Dask is not installed", found=str(error), hint="pip install 'jupyter-course[dask]'"
            ) from error
        try:
            self.client = Client(self.scheduler, timeout=WAIT_SECONDS, set_as_default=False)
        except (OSError, ValueError) as error:
            raise Unavailable(
                "Dask's scheduler can't be reached", where=self.scheduler, found=str(error),
                expected="an address as the scheduler says it when it starts: tcp://HOST:8786",
            ) from error  # fmt: skip
        return self

    def __exit__(self, *_exception: object) -> None:
        self.client.close()

    def grade(self, lesson: Prepared, work: Sequence[Submission]) -> Iterator[Graded]:
        """Judge submissions on the cluster; yields each result as it is there, in no fixed order.

        What a worker that dies had in its hands is judged by another one.

        Raises:
            Invalid: when the lesson's tests can't be read.
            Unavailable: the workers have another version, no walls, or are all gone.
        """
        from distributed import as_completed  # noqa: PLC0415  an extra

        sent = self.client.scatter(parcel.lesson(lesson), broadcast=True, hash=False)
        waiting = iter(work)
        running = as_completed([], loop=self.client.loop)
        tasks: dict[Any, Submission] = {}

        def send(count: int) -> None:
            for _, each in zip(range(count), waiting, strict=False):
                task = self.client.submit(
                    judge, course.__version__, sent, parcel.work(each), walls=self.walls, pure=False
                )
                tasks[task] = each
                running.add(task)

        threads = sum(self.client.nthreads().values())
        send(AHEAD * max(threads, 1))
        for task in running:
            yield self._result(tasks.pop(task), task)
            send(1)

    def _result(self, work: Submission, task: Any) -> Graded:
        from distributed import KilledWorker  # noqa: PLC0415  an extra

        try:
            result = task.result()
        except KilledWorker as error:
            return Graded(
                work, reason=f"the cluster's workers died on it, again and again: {error}"
            )
        if isinstance(result, CourseError):
            raise result
        graded: Graded = result
        return graded


def judge(
    version: str, lesson: parcel.SentLesson, sent: parcel.SentWork, *, walls: bool
) -> Graded | CourseError:
    """Judge a submission that was sent here; the result speaks of where it came from.

    Args:
        version: the sender's version of this package.
        lesson: what to judge it by.
        sent: the submission.
        walls: see `Cluster`.
    """
    if version != course.__version__:
        return Unavailable(
            "a worker of the cluster has another version of jupyter-course",
            expected=version, found=course.__version__, hint="install the same one everywhere",
        )  # fmt: skip
    try:
        with tempfile.TemporaryDirectory(prefix="course-") as folder:
            result = _bench.judge(lesson, sent.unpack(Path(folder)), walls=walls)
    except OSError as error:
        return in_our_words(error)
    if isinstance(result, CourseError):
        return result
    return Graded(sent.work, *(getattr(result, name) for name in _RESULT))


_RESULT = ("verdicts", "repairs", "notebooks", "reason", "isolation", "fingerprint")


class _Bench:
    """This worker's judge: one lesson at a time, in one thread, kept from task to task."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.key: tuple[str, bool] | None = None
        self.tasks: queue.SimpleQueue[tuple[Submission, Future[Graded | CourseError]] | None]
        self.thread: threading.Thread | None = None

    def judge(
        self, lesson: parcel.SentLesson, work: Submission, *, walls: bool
    ) -> Graded | CourseError:
        with self.lock:
            key = (lesson.lesson.fingerprint, walls)
            if key != self.key or self.thread is None or not self.thread.is_alive():
                self.end()
                self.tasks = queue.SimpleQueue()
                self.thread = threading.Thread(
                    target=self._sit, args=(self.tasks, lesson, walls), daemon=True
                )
                self.thread.start()
                self.key = key
            answer: Future[Graded | CourseError] = Future()
            self.tasks.put((work, answer))
            return answer.result()

    def end(self) -> None:
        """Let the judge of the last lesson go."""
        if self.thread is not None and self.thread.is_alive():
            self.tasks.put(None)
            self.thread.join()
        self.thread = None

    @staticmethod
    def _sit(tasks: Any, lesson: parcel.SentLesson, walls: bool) -> None:
        def answer(prepared: Prepared, tests: Tests) -> None:
            judge = Judge(prepared, tests, walls=walls)
            while (task := tasks.get()) is not None:
                work, future = task
                try:
                    future.set_result(judge.judge(work))
                except BaseException as error:  # noqa: BLE001  whoever waits is told
                    future.set_exception(error)

        with tempfile.TemporaryDirectory(prefix="course-") as folder:
            try:
                prepared = lesson.unpack(Path(folder))
                with_tests(prepared.tests, partial(answer, prepared))
            except BaseException as error:  # noqa: BLE001  whoever waits is told, and who comes next
                while (task := tasks.get()) is not None:
                    _refuse(task[1], error)


def _refuse(answer: "Future[Graded | CourseError]", error: BaseException) -> None:
    if not isinstance(error, (CourseError, OSError)):
        answer.set_exception(error)
        return
    try:
        answer.set_result(in_our_words(error))
    except OSError as unknown:
        answer.set_exception(unknown)


_bench = _Bench()
atexit.register(_bench.end)
