"""kill -9 of the grader, of its warm process or of a worker: every mark as if nothing had happened.

COURSE_KILLS says at how many moments, COURSE_SEED which; a failure says the seed it came with.
"""

import os
import random
import signal
import sys
import time
from collections.abc import Callable

import pytest
from batch import COMMAND, Batch
from processes import Process, children, processes

pytestmark = pytest.mark.thorough

KILLS = int(os.environ.get("COURSE_KILLS", "3"))
SEED = os.environ.get("COURSE_SEED") or str(random.randrange(10**6))  # noqa: S311
HISTORY = "COURSE_KILLS" in os.environ
ZYGOTE, SERVER = "course.sandbox.zygote", "multiprocessing.forkserver"


def warm_processes(grader: int) -> list[Process]:
    """Return each warm process of the grader and of its workers, and who guards it."""
    guards = [
        each
        for owner in [grader, *(worker.number for worker in workers(grader))]
        for each in children(owner)
        if ZYGOTE in each.command()
    ]
    return guards + [each for guard in guards for each in children(guard.number)]


def workers(grader: int) -> list[Process]:
    servers = [each for each in children(grader) if SERVER in each.command()]
    return [each for server in servers for each in children(server.number)]


def killed(batch: Batch, moment: float, find: Callable[[int], list[Process]], pick: float) -> bool:
    """Grade, and kill one of what is found from a moment on; returns whether there was any."""
    grader = batch.launcher.start(COMMAND, batch.our)
    time.sleep(moment)
    while not (found := find(grader)) and grader in processes():
        time.sleep(0.005)
    victim = found[int(pick * len(found))] if found else None
    if victim:
        victim.kill()
    assert batch.launcher.wait(grader) == 0, batch.said()
    return victim is not None


def moments(victim: str) -> list[tuple[float, float, str]]:
    """Return shares of a run, what to choose a victim by, and what to say when it goes wrong."""
    mine = range(list(PLAY).index(victim), KILLS, len(PLAY))
    chances = [(number, random.Random(f"{SEED} {number}")) for number in mine]  # noqa: S311
    return [
        (chance.random(), chance.random(),
         f"COURSE_KILLS={KILLS} COURSE_SEED={SEED}, kill {number} ({victim})")
        for number, chance in chances
    ]  # fmt: skip


def the_grader(batch: Batch, moment: float, pick: float) -> bool:
    """All its processes at once, or it alone: then the others find out and end."""
    grader = batch.launcher.start(COMMAND, batch.our)
    time.sleep(moment)
    if grader in processes():
        (os.kill if pick < 0.5 else os.killpg)(grader, signal.SIGKILL)
    ended = batch.launcher.wait(grader)
    assert ended in (0, -signal.SIGKILL), batch.said()
    assert batch.launcher.family() == []
    laid_out = list(batch.temporary.glob("course-*/*"))
    assert pick >= 0.5 or not laid_out, "learners' work is left where it was laid out"
    batch.left_over()
    batch.launcher.run(COMMAND, batch.our)
    assert list(batch.temporary.glob("course-*")) == []  # of neither run
    return ended != 0


def the_warm_process(batch: Batch, moment: float, pick: float) -> bool:
    return killed(batch, moment, warm_processes, pick)


def a_worker(batch: Batch, moment: float, pick: float) -> bool:
    return killed(batch, moment, workers, pick)


PLAY = {play.__name__: play for play in (the_grader, the_warm_process, a_worker)}


@pytest.mark.parametrize("victim", PLAY)
def test_a_kill_of(batch: Batch, victim: str) -> None:
    for share, pick, which in moments(victim):
        batch.begin()
        try:
            while not PLAY[victim](batch, share * batch.seconds, pick):
                batch.begin()
                batch.seconds *= 0.8  # it was done before: the machine is quicker than it was
            assert "Traceback" not in batch.said()
            batch.check_is_as_if_nothing_had_happened()
            assert batch.left_over() == []
            if HISTORY:
                sys.stdout.write(f"\n{which}, at {share:.3f} of {batch.seconds:.3f} s")
        except BaseException as error:
            error.add_note(f"{which}, at {share:.3f} of {batch.seconds:.3f} s, {pick:.3f}")
            raise
