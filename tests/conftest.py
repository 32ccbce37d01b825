"""What holds for all tests: how properties are tried, and in what order files are.

Those that take longest come first, so that both processes end together.
"""

import pytest
from hypothesis import Phase, settings

# the phase that explains failures traces every line, on which Python 3.11 was seen to hang for ever
settings.register_profile(
    "untraced", phases=[phase for phase in Phase if phase is not Phase.explain]
)
settings.load_profile("untraced")

LONG = ("faults", "interop", "journey", "browser", "hostile", "sandbox", "lesson", "store")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def rank(item: pytest.Item) -> int:
        folder = item.path.parent.name
        return LONG.index(folder) if folder in LONG else len(LONG)

    items.sort(key=rank)
