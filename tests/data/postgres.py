"""A PostgreSQL of one's own: started on the loopback address in a folder of its own, and ended."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import MetaData, create_engine, func, select, text

USER = "nobody"
"""Who runs it where we are root, whom PostgreSQL refuses."""


def programs() -> Path | None:
    """Return the folder of PostgreSQL's programs; None where there is none."""
    found = [Path(path).resolve().parent for path in [shutil.which("initdb")] if path]
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in found if (folder / "pg_ctl").exists()), None)


@contextmanager
def running(*, safe: bool = False) -> Iterator[str]:
    """Run a server while the block runs; yields the address of databases, to be followed by a name.

    Args:
        safe: whether it waits for the disk, as a real one does.
    """
    bin_ = programs()
    assert bin_ is not None
    folder = Path(tempfile.mkdtemp(prefix="course-postgres-"))
    user = USER if os.getuid() == 0 else None
    if user:
        shutil.chown(folder, user)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data = str(folder / "data")
    options = f"-c listen_addresses=127.0.0.1 -p {port} -k {folder}" + ("" if safe else " -F")

    def do(*words: str) -> None:
        subprocess.run(words, user=user, cwd=folder, check=True, stdout=subprocess.DEVNULL,
                       stdin=subprocess.DEVNULL, timeout=60)  # fmt: skip

    try:
        do(
            str(bin_ / "initdb"),
            "-D",
            data,
            "-U",
            "course",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-sync",
        )
        do(
            str(bin_ / "pg_ctl"),
            "-D",
            data,
            "-o",
            options,
            "-l",
            str(folder / "log"),
            "-w",
            "start",
        )
        yield f"postgresql+psycopg://course@127.0.0.1:{port}/"
    finally:
        subprocess.run([str(bin_ / "pg_ctl"), "-D", data, "-m", "immediate", "stop"], user=user, cwd=folder,
                       check=False, stdout=subprocess.DEVNULL)  # fmt: skip
        shutil.rmtree(folder, ignore_errors=True)


def make(address: str, name: str, template: str = "template1") -> str:
    """Make a database, as a copy of another; returns its address."""
    engine = create_engine(address + "postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    engine.dispose()
    return address + name


@contextmanager
def closed(address: str) -> Iterator[None]:
    """Let nobody into a database, and whoever is in it out, while the block runs."""
    start, _, name = address.rpartition("/")
    engine = create_engine(f"{start}/postgres", isolation_level="AUTOCOMMIT")

    def do(*statements: str) -> None:
        with engine.connect() as connection:
            for statement in statements:
                connection.execute(text(statement), {"name": name} if ":name" in statement else {})

    do(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false",
       "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name")  # fmt: skip
    try:
        yield
    finally:
        do(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        engine.dispose()


def copy(source: str, target: str) -> None:
    """Copy every row of one gradebook into another, an empty one made by course."""
    theirs, ours = create_engine(source), create_engine(target)
    tables = MetaData()
    tables.reflect(ours)
    with theirs.connect() as old, ours.begin() as new:
        new.execute(
            text("SET session_replication_role = replica")
        )  # no triggers, no order of tables
        for table in tables.sorted_tables:
            new.execute(table.delete())
            if rows := [dict(row) for row in old.execute(table.select()).mappings()]:
                new.execute(table.insert(), rows)
            for column in table.c:
                if column.autoincrement is True or "nextval" in str(
                    column.server_default and column.server_default.arg
                ):
                    most = select(func.coalesce(func.max(column), 1)).scalar_subquery()
                    sequence = func.pg_get_serial_sequence(table.name, column.name)
                    new.execute(select(func.setval(sequence, most)))
    theirs.dispose()
    ours.dispose()
