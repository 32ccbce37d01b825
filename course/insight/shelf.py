"""A cache of large tables that knows by itself what is stale.

A table is kept in files, one for each group of learners, and a file's name says what it was made
from. So no list has to be kept right: a file is used while its name is the one that is wanted, and
when a submission changed, only the rows of that submission are made again. Whoever comes second
at the same time makes the same file.
"""

import json
import os
import secrets
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from zlib import crc32

import numpy as np
import pyarrow as pa
from pyarrow import feather

Pair = tuple[str, str]
Stamps = Mapping[Pair, str]
Make = Callable[[Sequence[Sequence[Pair]]], Iterable[pa.Table]]
"""Takes the submissions (learner, lesson) whose rows are wanted, by file; gives a table for each file.

A table's first two columns are ``learner`` and ``lesson``.
"""
PARTS = 32
_STAMPS = b"course.stamps"


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where one kind of table is kept.

    Attributes:
        folder: a folder for it; losing it costs time and nothing else.
        name: of the table.
        version: another number whenever its rows are made in another way.
    """

    folder: Path
    name: str
    version: int

    def table(self, stamps: Stamps, make: Make, empty: pa.Table) -> pa.Table:
        """Return all rows; the rows of one submission stand together, as ``make`` gave them.

        Args:
            stamps: for each submission a text that changes whenever its rows may.
            make: makes what is not there.
            empty: a table without rows, for a course without submissions.
        """
        parts: dict[int, dict[Pair, str]] = {}
        for pair, stamp in sorted(stamps.items()):
            parts.setdefault(crc32(pair[0].encode()) % PARTS, {})[pair] = stamp
        paths = {number: self._path(number, part) for number, part in parts.items()}
        found = {
            number: table for number, path in paths.items() if (table := _read(path)) is not None
        }
        found |= dict(self._renew(parts, paths, [number for number in parts if number not in found], make))  # fmt: skip
        tables = [_plain(found[number]) for number in sorted(found)]
        return pa.concat_tables([empty, *tables], promote_options="permissive").unify_dictionaries()

    def _path(self, number: int, part: Stamps) -> Path:
        said = json.dumps([self.version, *([*pair, stamp] for pair, stamp in part.items())])
        return (
            self.folder / f"{self.name}-{number:02}-{sha256(said.encode()).hexdigest()[:20]}.arrow"
        )

    def _of(self, number: int) -> list[Path]:
        """Return the files of a group of learners, the older ones included."""
        return list(self.folder.glob(f"{self.name}-{number:02}-*.arrow"))

    def _renew(
        self, parts: Mapping[int, Stamps], paths: Mapping[int, Path], stale: Sequence[int], make: Make
    ) -> Iterator[tuple[int, pa.Table]]:  # fmt: skip
        kept, wanted = {}, []
        for number in stale:
            kept[number], fresh = self._kept(number, parts[number])
            wanted.append(fresh)
        for number, made in zip(stale, make(wanted), strict=True):
            tables = [table for table in (kept[number], made) if table is not None]
            whole = pa.concat_tables(tables, promote_options="permissive").unify_dictionaries()
            self._keep(number, paths[number], whole, parts[number])
            yield number, whole

    def _kept(self, number: int, part: Stamps) -> tuple[pa.Table | None, list[Pair]]:
        """Return the rows of an older file that still hold, and the submissions that it can't tell of."""
        for path in self._of(number):
            if (table := _read(path)) is None:
                continue
            known = {
                (each[0], each[1]): each[2] for each in json.loads(table.schema.metadata[_STAMPS])
            }
            same = {pair for pair, stamp in part.items() if known.get(pair) == stamp}
            if not same or json.loads(table.schema.metadata[b"course.version"]) != self.version:
                continue
            return table.filter(_are(table, same)), [pair for pair in part if pair not in same]
        return None, [*part]

    def _keep(self, number: int, path: Path, table: pa.Table, part: Stamps) -> None:
        about = {_STAMPS: json.dumps([[*pair, stamp] for pair, stamp in part.items()]),
                 b"course.version": str(self.version)}  # fmt: skip
        staged = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        with suppress(OSError):  # a full or read-only disk costs time at the next look, no more
            self.folder.mkdir(parents=True, exist_ok=True)
            feather.write_feather(table.replace_schema_metadata(about), staged, compression="lz4")
            os.replace(staged, path)  # noqa: PTH105  another may have made the same
            for other in self._of(number):
                if other != path:
                    other.unlink(missing_ok=True)


def _read(path: Path) -> pa.Table | None:
    """Return a kept table; None where there is none, or none that can be read."""
    try:
        with pa.memory_map(str(path)) as file:
            # the default pool gives memory back between columns, and asks for it again, page by page
            return pa.ipc.open_file(file, memory_pool=pa.system_memory_pool()).read_all()
    except (OSError, pa.ArrowInvalid):
        return None


def _are(table: pa.Table, pairs: Collection[Pair]) -> pa.Array:
    """Tell of each row whether it is of one of these submissions."""
    learners, lessons = (
        table[name].combine_chunks().dictionary_encode() for name in ("learner", "lesson")
    )
    words = [each.dictionary.to_pylist() for each in (learners, lessons)]
    known = np.array(
        [[(who, lesson) in pairs for lesson in words[1]] for who in words[0]], dtype=bool
    )
    rows = known.reshape(len(words[0]), len(words[1]))[
        learners.indices.to_numpy(), lessons.indices.to_numpy()
    ]
    return pa.array(rows)


def _plain(table: pa.Table) -> pa.Table:
    return table.replace_schema_metadata(None)
