"""Python values as JSON-like data and back: the only thing that crosses to and from a learner.

Nothing is pickled. `encode` runs in the learner's process and may be lied to by it; `decode` runs
on the trusted side and takes every byte for hostile: it knows a closed list of tags, rebuilds
values from plain data alone, and bounds their size and depth.

Form: JSON scalars, lists and string-keyed dictionaries stand for themselves; everything else is
``{"$": tag, ...}``. A subclass travels as its base (an ``int`` that overrides ``__eq__`` arrives
as a plain ``int``); what has no plain form travels as a `Handle`.
"""

import base64
import binascii
import datetime as dt
import decimal
import fractions
import math
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from course.sandbox import bounds

MAX_DEPTH = 40
MAX_ITEMS = 500_000
MAX_TEXT = 8_000_000

Keep = Callable[[object], dict[str, Any]]
"""Called for a value without a plain form; returns its tagged description."""


class UndecodableError(ValueError):
    """Data that isn't a value: malformed, unknown, too deep or too large."""


class UnencodableError(TypeError):
    """A value that has no plain form and can't be kept as a handle."""


@dataclass(frozen=True, slots=True)
class Handle:
    """A value that stayed in the learner's process: a function, an instance, a figure.

    Attributes:
        id: number under which the agent keeps it.
        type: name of its class, as the learner's process states it.
        callable: whether it can be called.
        facts: plain description (a figure's axes, say).
        special: names of special methods that its class brings, ``__len__`` say.
    """

    id: int
    type: str
    callable: bool
    facts: Any = None
    special: frozenset[str] = frozenset()


def _refuse(value: object) -> dict[str, Any]:
    raise UnencodableError(f"a {type(value).__name__} can't be sent as data")


def encode(value: object, keep: Keep = _refuse) -> Any:
    """Return ``value`` as JSON-like data; ``keep`` describes what has no plain form."""
    return _Encoder(keep).encode(value, 0)


class _Encoder:
    def __init__(self, keep: Keep) -> None:
        self.keep, self.items = keep, 0

    def encode(self, value: Any, depth: int) -> Any:  # noqa: C901, PLR0911, PLR0912  a table of types, read top down
        self.items += 1
        if depth > MAX_DEPTH or self.items > MAX_ITEMS:
            raise UnencodableError("the value is nested too deeply or has too many items")
        if value is None or value is True or value is False:
            return value
        if isinstance(value, str):
            return str.__str__(value)
        if isinstance(value, int) and not _module_of(value, "numpy"):
            plain = int.__index__(value)
            return plain if -(2**63) <= plain < 2**63 else {"$": "int", "v": hex(plain)}
        if isinstance(value, float) and not _module_of(value, "numpy"):
            plain_float = float.__float__(value)
            return (
                plain_float
                if math.isfinite(plain_float)
                else {"$": "float", "v": repr(plain_float)}
            )
        if isinstance(value, (bytes, bytearray)):
            return {"$": "bytes", "v": _b64(bytes(value))}
        if isinstance(value, complex) and not _module_of(value, "numpy"):
            return {"$": "complex", "v": [repr(value.real), repr(value.imag)]}
        if isinstance(value, list):
            return [self.encode(item, depth + 1) for item in list.__iter__(value)]
        if isinstance(value, tuple):
            return {
                "$": "tuple",
                "v": [self.encode(item, depth + 1) for item in tuple.__iter__(value)],
            }
        if isinstance(value, dict):
            return self._mapping(value, depth)
        if isinstance(value, (set, frozenset)):
            tag = "set" if isinstance(value, set) else "frozenset"
            return {"$": tag, "v": [self.encode(item, depth + 1) for item in value]}
        if isinstance(value, range):
            return {"$": "range", "v": [value.start, value.stop, value.step]}
        if isinstance(value, (decimal.Decimal, fractions.Fraction)):
            return {"$": type(value).__name__.lower(), "v": str(value)}
        for encoder in (self._pandas, self._numpy, self._time):
            data = encoder(value, depth)
            if data is not None:
                return data
        return self.keep(value)

    def _mapping(self, value: dict[Any, Any], depth: int) -> Any:
        pairs = list(dict.items(value))
        if all(type(key) is str for key, _ in pairs) and "$" not in value:
            return {key: self.encode(item, depth + 1) for key, item in pairs}
        return {
            "$": "dict",
            "v": [[self.encode(k, depth + 1), self.encode(v, depth + 1)] for k, v in pairs],
        }

    def _time(self, value: Any, _depth: int) -> Any:
        if isinstance(value, dt.timedelta):
            return {"$": "timedelta", "v": [value.days, value.seconds, value.microseconds]}
        for kind in (dt.datetime, dt.date, dt.time):
            if isinstance(value, kind):
                return {"$": kind.__name__, "v": value.isoformat()}
        return None

    def _numpy(self, value: Any, depth: int) -> Any:
        np = sys.modules.get("numpy")
        if np is None or not isinstance(value, (np.ndarray, np.generic)):
            return None
        array = np.asarray(value)
        if array.dtype.kind in "biufcMm":
            body: Any = _b64(np.ascontiguousarray(array).tobytes())
        elif array.dtype.kind in "OUS" or array.dtype.kind == "T":
            body = [self.encode(item, depth + 1) for item in array.ravel().tolist()]
        else:
            return None
        scalar = isinstance(value, np.generic)
        return {
            "$": "array", "dtype": array.dtype.str if array.dtype.kind != "T" else "object",
            "shape": list(array.shape), "scalar": scalar, "v": body,
        }  # fmt: skip

    def _pandas(self, value: Any, depth: int) -> Any:  # noqa: PLR0911  a table of types
        pd = sys.modules.get("pandas")
        if pd is None:
            return None
        if value is getattr(pd, "NaT", None):
            return {"$": "NaT"}
        if value is getattr(pd, "NA", None):
            return {"$": "NA"}
        if isinstance(value, (pd.Timestamp, pd.Timedelta)):
            return {"$": type(value).__name__, "v": value.isoformat()}
        if isinstance(value, pd.DataFrame):
            columns = [self._column(value.iloc[:, i], depth + 1) for i in range(value.shape[1])]
            return {
                "$": "frame", "columns": self._index(value.columns, depth + 1),
                "index": self._index(value.index, depth + 1), "v": columns,
            }  # fmt: skip
        if isinstance(value, pd.Series):
            return {
                "$": "series", "name": self.encode(value.name, depth + 1),
                "index": self._index(value.index, depth + 1), "v": self._column(value, depth + 1),
            }  # fmt: skip
        if isinstance(value, pd.Index):
            return self._index(value, depth)
        return None

    def _column(self, column: Any, depth: int) -> Any:
        dtype = str(column.dtype)
        if dtype == "category":
            categories = column.dtype.categories
            return {
                "dtype": dtype, "ordered": bool(column.dtype.ordered),
                "categories": self._column(categories, depth + 1),
                "v": _plain_array(self, column.array.codes, depth),
            }  # fmt: skip
        if getattr(column.dtype, "kind", "O") in "biufcMm" and hasattr(column.dtype, "itemsize"):
            array = column.to_numpy()
            if array.dtype.kind in "biufcMm":
                return {"dtype": dtype, "v": _plain_array(self, array, depth)}
        return {"dtype": dtype, "v": [self.encode(item, depth + 1) for item in column.tolist()]}

    def _index(self, index: Any, depth: int) -> Any:
        pd = sys.modules["pandas"]
        if type(index) is pd.RangeIndex:
            return {"$": "index", "range": [index.start, index.stop, index.step],
                    "name": self.encode(index.name, depth + 1)}  # fmt: skip
        if isinstance(index, pd.MultiIndex):
            levels = [
                self._column(index.get_level_values(i), depth + 1) for i in range(index.nlevels)
            ]
            return {
                "$": "index",
                "levels": levels,
                "name": self.encode(list(index.names), depth + 1),
            }
        return {"$": "index", "v": self._column(index, depth + 1),
                "name": self.encode(index.name, depth + 1)}  # fmt: skip


def _plain_array(encoder: _Encoder, array: Any, depth: int) -> Any:
    return encoder._numpy(array, depth)  # noqa: SLF001  one module


def _module_of(value: object, name: str) -> bool:
    return type(value).__module__.partition(".")[0] == name


def _b64(data: bytes) -> str:
    if len(data) > MAX_TEXT:
        raise UnencodableError(f"{len(data)} bytes of data are too many to send")
    return base64.b64encode(data).decode("ascii")


def decode(data: object, resolve: Callable[[Handle], object] | None = None) -> Any:
    """Rebuild a value from JSON-like data.

    Args:
        data: what ``encode`` returned, after a trip through JSON. Taken for hostile.
        resolve: turns a `Handle` into what the caller works with; by default itself.

    Raises:
        UndecodableError: for anything that ``encode`` does not produce.
    """
    try:
        return _Decoder(resolve or (lambda handle: handle)).decode(data, 0)
    except UndecodableError:
        raise
    except (ValueError, TypeError, KeyError, IndexError, OverflowError, AttributeError,
            ArithmeticError, MemoryError, RecursionError, binascii.Error) as error:  # fmt: skip
        raise UndecodableError(f"malformed value ({type(error).__name__})") from error


class _Decoder:
    def __init__(self, resolve: Callable[[Handle], object]) -> None:
        self.resolve, self.items = resolve, 0

    def decode(self, data: Any, depth: int) -> Any:
        self.items += 1
        if depth > MAX_DEPTH or self.items > MAX_ITEMS:
            raise UndecodableError("too deep or too many items")
        if data is None or isinstance(data, (bool, int, float, str)):
            return data
        if isinstance(data, list):
            return bounds.spread([self.decode(item, depth + 1) for item in data])
        if not isinstance(data, dict):
            raise UndecodableError(f"unexpected {type(data).__name__}")
        if "$" not in data:
            return {str(key): self.decode(item, depth + 1) for key, item in data.items()}
        rebuild = _REBUILD.get(data["$"]) if isinstance(data["$"], str) else None
        if rebuild is None:
            raise UndecodableError("unknown tag")
        return rebuild(self, data, depth + 1)

    def many(self, items: Any, depth: int) -> list[Any]:
        if not isinstance(items, list):
            raise UndecodableError("a list was expected")
        return bounds.spread([self.decode(item, depth + 1) for item in items])


def _handle(self: _Decoder, data: Mapping[str, Any], depth: int) -> object:
    handle = Handle(
        int(data["id"]), str(data["type"])[:200], bool(data["callable"]),
        self.decode(data.get("facts"), depth), frozenset(map(str, data.get("special", [])[:100])),
    )  # fmt: skip
    return self.resolve(handle)


def _array(self: _Decoder, data: Mapping[str, Any], depth: int) -> object:
    import numpy as np  # noqa: PLC0415  only when an array came

    dtype, body = np.dtype(str(data["dtype"])), data["v"]
    shape = tuple(int(size) for size in data["shape"])
    size = dtype.itemsize if dtype.kind in "US" else 1  # each text of these takes the most
    if any(length < 0 for length in shape) or math.prod(shape) * size > 4 * MAX_TEXT:
        raise UndecodableError("impossible shape")
    if dtype.kind in "biufcMm":
        array = np.frombuffer(base64.b64decode(body, validate=True), dtype=dtype).reshape(shape)
        array = array.copy()
    else:
        items = self.many(body, depth)
        array = np.empty(len(items), dtype=object if dtype.kind == "O" else dtype)
        array[:] = items
        array = array.reshape(shape)
    return array[()] if data.get("scalar") else array


def _column(self: _Decoder, data: Mapping[str, Any], depth: int) -> Any:
    import pandas as pd  # noqa: PLC0415  only when pandas data came

    dtype, body = str(data["dtype"]), data["v"]
    if dtype == "category":
        categories = _column(self, data["categories"], depth + 1)
        codes = _array(self, body, depth + 1)
        return pd.Categorical.from_codes(codes, categories, ordered=bool(data["ordered"]))  # type: ignore[call-overload]
    if isinstance(body, dict):
        return pd.array(_array(self, body, depth + 1), dtype=dtype)  # type: ignore[call-overload]
    items = self.many(body, depth)
    return pd.Series(items, dtype=dtype).array if dtype != "object" else _objects(items)


def _objects(items: list[Any]) -> Any:
    import numpy as np  # noqa: PLC0415  as above

    array = np.empty(len(items), dtype=object)
    array[:] = items
    return array


def _index(self: _Decoder, data: Mapping[str, Any], depth: int) -> Any:
    import pandas as pd  # noqa: PLC0415  as above

    name = self.decode(data["name"], depth + 1)
    if "range" in data:
        return pd.RangeIndex(bounds.numbers(data["range"]), name=name)
    if "levels" in data:
        levels = [_column(self, level, depth + 1) for level in data["levels"]]
        return pd.MultiIndex.from_arrays(levels, names=name)
    return pd.Index(_column(self, data["v"], depth + 1), name=name)


def _series(self: _Decoder, data: Mapping[str, Any], depth: int) -> object:
    import pandas as pd  # noqa: PLC0415  as above

    index = _index(self, data["index"], depth)
    return pd.Series(
        _column(self, data["v"], depth), index=index, name=self.decode(data["name"], depth)
    )


def _frame(self: _Decoder, data: Mapping[str, Any], depth: int) -> object:
    import pandas as pd  # noqa: PLC0415  as above

    index, columns = _index(self, data["index"], depth), _index(self, data["columns"], depth)
    arrays = [_column(self, column, depth) for column in data["v"]]
    if len(arrays) != len(columns):
        raise UndecodableError("as many columns as names were expected")
    frame = pd.DataFrame(dict(enumerate(arrays)), index=index)
    frame.columns = columns
    return frame


def _pandas_scalar(_self: _Decoder, data: Mapping[str, Any], _depth: int) -> object:
    import pandas as pd  # noqa: PLC0415  as above

    constants = {"NaT": pd.NaT, "NA": pd.NA}
    if (tag := data["$"]) in constants:
        return constants[tag]
    return getattr(pd, tag)(bounds.short(data["v"], bounds.MAX_TIME))


_REBUILD: dict[str, Callable[[_Decoder, Mapping[str, Any], int], object]] = {
    "int": lambda _s, d, _n: int(bounds.short(d["v"]), 16),
    "float": lambda _s, d, _n: float(str(d["v"])),
    "bytes": lambda _s, d, _n: base64.b64decode(d["v"], validate=True),
    "complex": lambda _s, d, _n: complex(float(d["v"][0]), float(d["v"][1])),
    "tuple": lambda s, d, n: tuple(s.many(d["v"], n)),
    "set": lambda s, d, n: set(s.many(d["v"], n)),
    "frozenset": lambda s, d, n: frozenset(s.many(d["v"], n)),
    "dict": lambda s, d, n: dict(zip(s.many([k for k, _ in d["v"]], n), s.many([v for _, v in d["v"]], n))),  # noqa: B905  of pairs
    "range": lambda _s, d, _n: bounds.numbers(d["v"]),
    "decimal": lambda _s, d, _n: bounds.number(d["v"]),
    "fraction": lambda _s, d, _n: bounds.fraction(d["v"]),
    "timedelta": lambda _s, d, _n: dt.timedelta(*(int(part) for part in d["v"])),
    "datetime": lambda _s, d, _n: dt.datetime.fromisoformat(d["v"]),
    "date": lambda _s, d, _n: dt.date.fromisoformat(d["v"]),
    "time": lambda _s, d, _n: dt.time.fromisoformat(d["v"]),
    "NaT": _pandas_scalar, "NA": _pandas_scalar,
    "Timestamp": _pandas_scalar, "Timedelta": _pandas_scalar,
    "array": _array, "index": _index, "series": _series, "frame": _frame, "handle": _handle,
}  # fmt: skip
