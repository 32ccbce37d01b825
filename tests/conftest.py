"""What holds for all tests: how properties are tried, in what order files are, and the one browser of a process.

Those that take longest come first, so that both processes end together.
"""

import shutil
from collections.abc import Iterator

import pytest
from hypothesis import Phase, settings
from playwright.sync_api import Browser, sync_playwright

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
