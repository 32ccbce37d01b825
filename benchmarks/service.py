"""How much the course service bears: a class that hands in at once, polls, a long history, hours of load, kills.

python benchmarks/service.py --database sqlite --out service.json
"""

import argparse
import asyncio
import datetime as dt
import json
import os
import random
import shutil
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any

import aiohttp
import psutil
import sqlalchemy as sa

DATA = Path(__file__).parents[1] / "tests" / "data"
sys.path.insert(0, str(DATA))

import postgres
from service import Running, member

from course import archive, sealed
from course.database import now
from course.exchange.remote import Remote
from course.office import tables
from course.office.office import Office
from course.signing import Key, is_signed

COURSE, LESSON = "pandas", "cleaning"
LESSON_BYTES = 300_000
LOAD_SECONDS = 50.0
POLLS = 200
MOST = {"seconds": 60.0, "p99": 2.0, "poll ms": 50.0, "list ratio": 1.5, "memory growth": 0.1}
"""What has to hold."""
MOST_AT_ONCE = 100


def notebook(seed: int) -> bytes:
    """Return a notebook of about 300 kB, outputs included, that no zip makes much smaller."""
    rng = random.Random(seed)  # noqa: S311  nothing secret
    picture = rng.randbytes(LESSON_BYTES * 5 // 8).hex()  # as a plot: base64 of a PNG
    cells: list[dict[str, Any]] = []
    for number in range(20):
        marks = {"grade_id": f"q{number}", "grade": True, "solution": True, "points": 1, "locked": False,
                 "schema_version": 3, "task": False}  # fmt: skip
        cells.append({"cell_type": "code", "id": f"c{number}", "source": f"x = {rng.random()}", "outputs": [],
                      "execution_count": None, "metadata": {"nbgrader": marks}})  # fmt: skip
    share = len(picture) // 20
    for number, cell in enumerate(cells):
        data = {"image/png": picture[number * share : (number + 1) * share]}
        cell["outputs"] = [{"output_type": "display_data", "data": data, "metadata": {}}]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


@dataclass
class Learner:
    """One learner with what is to be handed in."""

    remote: Remote
    key: Key
    name: str
    work: bytes = b""
    papers: list[dict[str, Any]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def seal(self, seed: int) -> None:
        """Work on the lesson and seal it."""
        book = notebook(seed)
        self.work = sealed.seal(
            COURSE, LESSON, self.name, {"cleaning.ipynb": book}, self.key, dt.datetime.now(dt.UTC)
        )


@dataclass
class Bench:
    """The service under load, and its class."""

    service: Running
    learners: list[Learner]

    @classmethod
    def make(cls, folder: Path, db: str, people: int) -> "Bench":
        """Open an office, let a class in, start the service and release the lesson."""
        service = Running(folder / "office", (COURSE,), db)
        with service.office() as office:
            office.open_course(COURSE)
            teacher, _ = member(office, COURSE, "Maria", service.url, "instructor")
            learners = []
            for number in range(people):
                remote, key = member(office, COURSE, f"learner-{number:04}", service.url)
                learners.append(Learner(remote, key, f"learner-{number:04}"))
        service.start()
        teacher.publish(LESSON, archive.pack({"cleaning.ipynb": notebook(-1)}))
        return cls(service, learners)

    def headers(self, who: Learner) -> dict[str, str]:
        """Return what says who asks."""
        return {"Authorization": f"Bearer {who.remote.token}"}

    @property
    def base(self) -> str:
        """The course's address."""
        return f"{self.service.url}/api/courses/{COURSE}"


def session() -> aiohttp.ClientSession:
    """Return a client that asks for many at once; httpx's, which the commands use, would be the slowest part."""
    return aiohttp.ClientSession(
        timeout=aiohttp.ClientTimeout(60), connector=aiohttp.TCPConnector(limit=MOST_AT_ONCE)
    )


async def ask(
    client: aiohttp.ClientSession, bench: Bench, who: Learner, path: str, work: bytes | None = None
) -> tuple[int, Any]:
    """Ask as a learner; returns status and what came."""
    call = client.get if work is None else partial(client.post, data=work)
    async with call(f"{bench.base}/{path}", headers=bench.headers(who)) as answer:
        return answer.status, await answer.json(content_type=None)


async def spread(count: int, seconds: float, one: Callable[[int], Awaitable[None]]) -> float:
    """Start something ``count`` times, evenly over some seconds; returns how long all took."""
    began = time.perf_counter()

    async def at(number: int) -> None:
        await asyncio.sleep(number * seconds / count)
        await one(number)

    await asyncio.gather(*(at(number) for number in range(count)))
    return time.perf_counter() - began


async def hand_in(bench: Bench, seconds: float, killing: int = 0) -> dict[str, Any]:
    """Let every learner hand in within some seconds; a learner whose connection breaks sends again."""
    again = 0
    async with session() as client:

        async def one(number: int) -> None:
            nonlocal again
            who, began = bench.learners[number], time.perf_counter()
            while True:
                try:
                    status, paper = await ask(
                        client, bench, who, f"lessons/{LESSON}/submissions", who.work
                    )
                    if status in (HTTPStatus.OK, HTTPStatus.CREATED):
                        break
                    need(status == HTTPStatus.SERVICE_UNAVAILABLE, paper)
                except aiohttp.ClientError:
                    need(killing > 0, "a connection broke")
                again += 1
                await asyncio.sleep(0.2)
            who.seconds.append(time.perf_counter() - began)
            who.papers.append(paper)

        killer = asyncio.create_task(kill(bench, killing, seconds)) if killing else None
        took = await spread(len(bench.learners), seconds, one)
        if killer:
            await killer
    waited = sorted(who.seconds[-1] for who in bench.learners)
    return {"seconds": took, "median": statistics.median(waited), "p99": waited[int(len(waited) * 0.99)],
            "slowest": waited[-1], "sent again": again, **kept(bench)}  # fmt: skip


async def kill(bench: Bench, times: int, seconds: float) -> None:
    """Kill the service (SIGKILL) evenly over some seconds, and start it again at once."""
    for _ in range(times):
        await asyncio.sleep(seconds / (times + 1))
        bench.service.stop(signal.SIGKILL)
        await asyncio.to_thread(bench.service.start)


def kept(bench: Bench) -> dict[str, int]:
    """Hold every receipt against the office: each is signed and honoured, none is there twice."""
    rows, lost, twice = {}, 0, 0
    with bench.service.office() as office:
        with office.reading() as connection:
            for row in connection.execute(sa.select(tables.submission)).mappings():
                twice += row["nonce"] in rows
                rows[row["nonce"]] = row
        for who in bench.learners:
            for paper in who.papers:
                row = rows.get(paper["nonce"])
                whole = row is not None and is_signed(paper) and row["receipt"] == paper
                lost += not whole or office.parcels.get(paper["digest"]) is None
    papers = sum(len(who.papers) for who in bench.learners)
    return {"receipts": papers, "lost": lost, "twice": twice, "rows": len(rows)}


async def poll(bench: Bench, per_second: int, seconds: float) -> dict[str, float]:
    """Ask for dates and what is new, at a steady rate."""
    waited: list[float] = []
    async with session() as client:

        async def one(number: int) -> None:
            who = bench.learners[number % len(bench.learners)]
            path = ("me", "lessons", f"lessons/{LESSON}/feedback", f"lessons/{LESSON}/submissions")[
                number % 4
            ]
            began = time.perf_counter()
            status, told = await ask(client, bench, who, path)
            need(status == HTTPStatus.OK, told)
            waited.append(time.perf_counter() - began)

        took = await spread(int(per_second * seconds), seconds, one)
    waited.sort()
    return {"per second": len(waited) / took, "median ms": 1000 * statistics.median(waited),
            "p99 ms": 1000 * waited[int(len(waited) * 0.99)]}  # fmt: skip


def listing(bench: Bench, rounds: int = 200) -> float:
    """Return how long the list of one learner takes, in ms (median)."""
    who, waited = bench.learners[0], []
    for _ in range(rounds):
        began = time.perf_counter()
        who.remote._json("GET", f"lessons/{LESSON}/submissions")  # noqa: SLF001  as the client asks
        waited.append(time.perf_counter() - began)
    return 1000 * statistics.median(waited)


def history(office: Office, people: int, rows: int) -> None:
    """Write submissions of others into the office, as they would stand there."""
    paper = {
        "type": "course-receipt",
        "files": {"cleaning.ipynb": LESSON_BYTES},
        "unanswered": [],
        "notes": [],
    }
    made = [
        {"course": COURSE, "lesson": LESSON, "member": f"other-{number % people}", "attempt": 1 + number // people,
         "digest": f"{number:064x}", "nonce": f"{number:032x}", "size": LESSON_BYTES, "answered": 3,
         "sealed_at": now(), "received_at": now(), "receipt": paper} for number in range(rows)
    ]  # fmt: skip
    with office.transaction() as connection:
        connection.execute(tables.submission.insert(), made)


async def endure(bench: Bench, seconds: float) -> dict[str, float]:
    """Hand in and poll for a time; returns the service's memory (MB) in the second fifth and in the last."""
    running = bench.service.process
    process, seen = psutil.Process(running.pid if running else 0), list[float]()
    end = time.monotonic() + seconds
    number = 0
    async with session() as client:
        while time.monotonic() < end:
            who = bench.learners[number % len(bench.learners)]
            who.seal(number + 1_000_000)
            answers = await asyncio.gather(
                ask(client, bench, who, f"lessons/{LESSON}/submissions", who.work),
                *(ask(client, bench, who, "me") for _ in range(10)),
            )  # fmt: skip
            need(
                all(status in (HTTPStatus.OK, HTTPStatus.CREATED) for status, _ in answers), answers
            )
            who.papers.append(answers[0][1])
            seen.append(process.memory_info().rss / 1e6)
            number += 1
            await asyncio.sleep(0.05)
    fifth = max(len(seen) // 5, 1)
    early, late = statistics.mean(seen[fifth : 2 * fifth]), statistics.mean(seen[-fifth:])
    return {
        "seconds": seconds,
        "submissions": number,
        "early MB": early,
        "late MB": late,
        "growth": late / early - 1,
    }


@contextmanager
def database(kind: str) -> Iterator[str]:
    """Yield the address of an empty database; empty for SQLite."""
    with postgres.running(safe=True) if kind == "postgresql" else nullcontext("") as address:
        yield postgres.make(address, "office") if address else ""


def need(holds: bool, otherwise: object) -> None:
    """Stop the benchmark when something is not as it has to be."""
    if not holds:
        raise SystemExit(f"stopped: {otherwise}")


def run(kind: str, people: int, memory_seconds: float, kills: int) -> dict[str, Any]:
    """Measure everything on one database."""
    folder = Path(tempfile.mkdtemp(prefix="course-service-"))
    told: dict[str, Any] = {"database": kind, "learners": people, "cpus": os.cpu_count()}
    try:
        with database(kind) as db:
            bench = Bench.make(folder, db, people)
            try:
                for number, who in enumerate(bench.learners):
                    who.seal(number)
                told["lesson bytes"] = len(bench.learners[0].work)
                told["hand in"] = asyncio.run(hand_in(bench, LOAD_SECONDS))
                told["poll"] = asyncio.run(poll(bench, POLLS, 15))
                before = listing(bench)
                with bench.service.office() as office:
                    history(office, 5_000, 50_000)
                after = listing(bench)
                told["list of one"] = {
                    "before ms": before,
                    "with 50,000 more ms": after,
                    "ratio": after / before,
                }
                told["memory"] = asyncio.run(endure(bench, memory_seconds))
                with bench.service.office() as office, office.transaction() as connection:
                    connection.execute(
                        tables.submission.delete().where(tables.submission.c.member.like("other-%"))
                    )
                for number, who in enumerate(bench.learners):
                    who.seal(number + 10_000)
                told["killed"] = {
                    "kills": kills,
                    **asyncio.run(hand_in(bench, LOAD_SECONDS, kills)),
                }
            finally:
                bench.service.stop(signal.SIGKILL)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return told


def verdict(told: dict[str, Any]) -> list[str]:
    """Return what is not as it has to be."""
    handed, killed = told["hand in"], told["killed"]
    rules = {
        "all handed in within 60 s": handed["seconds"] < MOST["seconds"],
        "p99 under 2 s": handed["p99"] < MOST["p99"],
        "none lost, none twice": handed["lost"] == handed["twice"] == 0,
        "200 polls a second under 50 ms median": told["poll"]["median ms"] < MOST["poll ms"] and told["poll"]["per second"] > 0.95 * POLLS,
        "50,000 submissions do not slow one learner's list": told["list of one"]["ratio"] < MOST["list ratio"],
        "memory flat": told["memory"]["growth"] < MOST["memory growth"],
        "every receipt honoured after kills": killed["lost"] == killed["twice"] == 0,
    }  # fmt: skip
    return [rule for rule, holds in rules.items() if not holds]


def main() -> None:
    """Measure, print, and end with 1 when something was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--learners", type=int, default=1000)
    parser.add_argument("--memory-seconds", type=float, default=600)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    told = run(given.database, given.learners, given.memory_seconds, given.kills)
    told["missed"] = verdict(told)
    text = json.dumps(told, indent=1)
    print(text)
    if given.out:
        given.out.write_text(text + "\n", encoding="utf-8")
    sys.exit(bool(told["missed"]))


if __name__ == "__main__":
    main()
