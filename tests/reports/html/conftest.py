"""The browser, started once, and pages on disk for it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from paperflow.reports.html import render
from tests.reports.html.browser import Browser
from tests.reports.html.sample import sample_report

SCREENSHOTS = os.environ.get("PAPERFLOW_SCREENSHOTS")  # read before the tests hide such settings


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Return a browser with scripts."""
    browser = Browser(tmp_path_factory.mktemp("profile"))
    yield browser
    browser.driver.quit()


@pytest.fixture(scope="session")
def plain_browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Return a browser that runs no scripts."""
    browser = Browser(tmp_path_factory.mktemp("plain-profile"), scripts=False)
    yield browser
    browser.driver.quit()


@pytest.fixture(scope="session")
def sample_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the sample report as a file."""
    path = tmp_path_factory.mktemp("report") / "sample report.html"
    path.write_text(render(sample_report()), encoding="utf-8")
    return path


@pytest.fixture
def screenshots(tmp_path: Path) -> Path:
    """Return the folder for screenshots: PAPERFLOW_SCREENSHOTS, or one that is thrown away."""
    folder = Path(SCREENSHOTS) if SCREENSHOTS else tmp_path
    folder.mkdir(parents=True, exist_ok=True)
    return folder
