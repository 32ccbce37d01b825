"""A value as Python that makes it again, and as assertions that hold for it. Pure.

pandas and NumPy are known by their classes' names: nothing heavy is imported for a value of theirs.
"""

import datetime as dt
import decimal
import fractions
import math
from typing import Any

LONG = 900
"""How many characters of a value may stand in a test."""
_NUMBERS = (int, float)
_WIDE = 70


class NoLiteralError(ValueError):
    """A value that can't be written down shortly."""


def kind_of(value: object) -> str:
    """Return "frame", "series", "array", or "" for any other value."""
    names = {"DataFrame": "frame", "Series": "series", "ndarray": "array"}
    module = type(value).__module__.partition(".")[0]
    return names.get(type(value).__name__, "") if module in ("pandas", "numpy") else ""


def literal(value: Any) -> str:
    """Return Python that makes a value; it may use ``pd``, ``np`` and ``datetime``.

    Raises:
        NoLiteralError: when there is none, or it is long.
    """
    text = _literal(value)
    if len(text) > LONG:
        raise NoLiteralError("too long")
    return text


def _literal(value: Any) -> str:  # noqa: C901, PLR0911  a table of types
    kind = kind_of(value)
    if kind == "frame":
        columns = ", ".join(f"{_literal(c)}: {_literal(value[c].tolist())}" for c in value.columns)
        return f"pd.DataFrame({{{columns}}}{_index(value)})"
    if kind == "series":
        return f"pd.Series({_literal(value.tolist())}{_index(value)})"
    if kind == "array":
        return f"np.array({_literal(value.tolist())})"
    module, name = type(value).__module__.partition(".")[0], type(value).__name__
    if module == "pandas" and name in ("NaTType", "NAType"):
        return "None"
    if module == "pandas" and name in ("Timestamp", "Timedelta"):
        return f'pd.{name}("{value.isoformat()}")'
    if module == "numpy" and hasattr(value, "item"):
        return _literal(value.item())
    if isinstance(value, float) and not math.isfinite(value):
        return f'float("{value}")'
    if value is None or isinstance(value, (bool, int, float, str, bytes, range)):
        return repr(value)
    if isinstance(value, (dt.date, dt.time, dt.timedelta)):
        return repr(value)
    if isinstance(value, (decimal.Decimal, fractions.Fraction)):
        return f"{type(value).__module__}.{value!r}"
    return _container(value)


def _container(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_literal(k)}: {_literal(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple, set, frozenset)):
        items = [_literal(each) for each in value]
        if isinstance(value, list):
            return f"[{', '.join(items)}]"
        if isinstance(value, tuple):
            return f"({', '.join(items)}{',' * (len(items) == 1)})"
        made = "{" + ", ".join(sorted(items)) + "}" if items else "set()"
        return f"frozenset({made})" if isinstance(value, frozenset) else made
    raise NoLiteralError(f"a {type(value).__name__}")


def is_labelled(value: Any) -> bool:
    """Whether the rows of a frame or series have labels that mean something, not numbers only."""
    return str(value.index.dtype.kind) not in "iu" or value.index.name is not None


def _index(value: Any) -> str:
    if type(value.index).__name__ == "MultiIndex":
        raise NoLiteralError("labels of several levels")
    return f", index={_literal(value.index.tolist())}" if is_labelled(value) else ""


def assertions(code: str, value: Any) -> list[str]:  # noqa: PLR0911  a table of types
    """Return lines of a test that hold for the value of an expression; tolerant for floats.

    Raises:
        NoLiteralError: when nothing can be said of such a value.
    """
    kind = kind_of(value)
    if kind in ("frame", "series"):
        return _table(code, value, kind)
    if kind == "array":
        if value.dtype.kind in "iufc":
            return [f"np.testing.assert_allclose({code}, {literal(value.tolist())})"]
        return [f"assert {code}.tolist() == {literal(value.tolist())}"]
    if type(value).__module__ == "numpy" and hasattr(value, "item"):
        value = value.item()
    text = literal(value)
    if value is None:
        return [f"assert {code} is None"]
    if isinstance(value, bool):
        return [f"assert {code} == {value}  # noqa: E712  NumPy has a {value} of its own"]
    if _is_near(value):
        nan = ", nan_ok=True" if "nan" in text else ""
        return [f"assert {code} == pytest.approx({text}{nan})"]
    return [f"assert {code} == {text}"]


def _is_near(value: Any) -> bool:
    """Whether `pytest.approx` compares such a value: a float, or numbers in one container."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        plain = all(isinstance(v, _NUMBERS) and not isinstance(v, bool) for v in value)
        return plain and any(isinstance(v, float) for v in value)
    return isinstance(value, float)


def _table(code: str, value: Any, kind: str) -> list[str]:
    if not len(value):
        return [f"assert len({code}) == 0"]
    rows = value if len(value) <= 8 else value.head(3)  # noqa: PLR2004  what fits a screen
    taken = "" if rows is value else ".head(3)"
    reset = "" if is_labelled(value) else ".reset_index(drop=True)"
    expected = literal(rows if reset == "" else rows.reset_index(drop=True))
    lines = [f"expected = {expected}"]
    if kind == "frame" and not is_labelled(value) and len(expected) > _WIDE:
        columns = [f"    {_literal(c)}: {_literal(rows[c].tolist())}," for c in rows.columns]
        lines = ["expected = pd.DataFrame({", *columns, "})"]
    return [
        *lines,
        f"pd.testing.assert_{kind}_equal({code}{taken}{reset}, expected, check_dtype=False,",
        "    check_names=False, check_categorical=False)",
    ]
