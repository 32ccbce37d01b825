"""In what order files are tried: those that take longest first, so that both processes end together."""

import pytest

LONG = ("faults", "interop", "journey", "browser", "hostile", "sandbox", "lesson", "store")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def rank(item: pytest.Item) -> int:
        folder = item.path.parent.name
        return LONG.index(folder) if folder in LONG else len(LONG)

    items.sort(key=rank)
