"""What holds for all tests: how properties are tried, in what order files are, one browser and one PostgreSQL of a process.

Those that take longest come first, so that both processes end together.
"""

import shutil
import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import Phase, settings
from playwright.sync_api import Browser, sync_playwright

sys.path.insert(0, str(Path(__file__).parent / "data"))

import postgres

# the phase that explains failures traces every line, on which Python 3.11 was seen to hang for ever
settings.register_profile(
    "untraced", phases=[phase for phase in Phase if phase is not Phase.explain]
)
settings.load_profile("untraced")

ARGUMENTS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
NO_CHROMIUM = (
    "The browser tests need Chromium, and none is installed. `make test` installs it when it may; "
    "by hand, on Debian: sudo apt-get install chromium"
)

NUMBERS = count()
LONG = ("faults", "interop", "journey", "browser", "hostile", "sandbox", "lesson", "store")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def rank(item: pytest.Item) -> int:
        folder = item.path.parent.name
        return LONG.index(folder) if folder in LONG else len(LONG)

    items.sort(key=rank)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium; none is ever downloaded."""
    names = ("chromium", "chromium-browser", "google-chrome")
    program = next((path for name in names if (path := shutil.which(name))), None)
    if program is None:
        pytest.fail(NO_CHROMIUM, pytrace=False)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Return the address of a PostgreSQL of our own."""
    if postgres.programs() is None:
        pytest.skip("PostgreSQL's initdb and pg_ctl are not installed")
    with postgres.running() as address:
        yield address


@pytest.fixture(
    scope="session", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.thorough)]
)
def new_database(request: pytest.FixtureRequest) -> Callable[[], str]:
    """Return a function that gives an office a database of its own: an address, or empty for SQLite beside its key."""
    if request.param == "sqlite":
        return str
    address = request.getfixturevalue("server")
    return lambda: postgres.make(address, f"office{next(NUMBERS)}")
