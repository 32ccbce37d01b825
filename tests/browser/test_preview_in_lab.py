"""`course preview --watch` in a real JupyterLab: a save of the source is seen where the author is."""

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from course.cli import run

pytestmark = pytest.mark.thorough


@pytest.fixture
def shown(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A course whose lesson is being previewed; yields its folder and the page's address."""
    folder = tmp_path / "mine"
    assert run(["new", str(folder)]) == 0
    assert run(["convert", "welcome", "--to", "md", "--course", str(folder)]) == 0
    with tempfile.TemporaryFile("w+") as log:
        server = subprocess.Popen(
            [sys.executable, "-u", "-m", "course", "preview", "welcome", "--watch", "--port", "0"],
            cwd=folder, stdout=log, stderr=log, env=os.environ | {"BROWSER": "true"},
            start_new_session=True,
        )  # fmt: skip
        try:
            address = None
            while address is None:
                assert server.poll() is None
                log.seek(0)
                address = re.search(r"http://127\.0\.0\.1:\d+/lab/tree/\S+", log.read())
            yield folder, address[0]
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(30)


def test_a_save_is_seen_and_what_was_typed_stays(browser: Browser, shown: tuple[Path, str]) -> None:
    folder, address = shown
    source = folder / "notebooks" / "welcome" / "welcome.md"
    page = browser.new_page()
    page.goto(address)
    heading = page.locator(".jp-MarkdownOutput h2", has_text="Run a cell")
    expect(heading).to_be_visible(timeout=60_000)
    code = page.locator(".jp-CodeCell .cm-content", has_text="21 + 21")
    code.click()
    page.keyboard.press("Control+A")
    page.keyboard.type("40 + 2")
    source.write_text(source.read_text().replace("## Run a cell", "## Run your first cell"))
    expect(page.locator(".jp-MarkdownOutput h2", has_text="Run your first cell")).to_be_visible(
        timeout=20_000
    )
    expect(page.locator(".jp-CodeCell .cm-content", has_text="40 + 2")).to_be_visible()
    expect(page.locator(".jp-Notebook .jp-mod-active .cm-content")).to_have_text("40 + 2")
    expect(page.locator(".jp-Dialog")).to_have_count(0)
    page.close()
