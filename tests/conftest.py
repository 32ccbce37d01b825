"""How tests are dealt out to processes: a file stays together, and all that use a browser do."""

from pathlib import Path

import pytest

BROWSER = Path(__file__).parent / "browser"


@pytest.hookimpl(tryfirst=True)  # before the groups are read
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        # one played term and one Chromium serve all browser tests
        group = "browser" if BROWSER in item.path.parents else item.path.stem
        item.add_marker(pytest.mark.xdist_group(group))
