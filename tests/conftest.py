"""Fixtures that every test may use."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from paperflow.analysis import analyze
from paperflow.discovery import add_files, embed
from paperflow.store import Store, open_store
from paperflow.workspace import Workspace, find_workspace

ROOT = Path(__file__).parent.parent
DATA = Path(os.environ.get("PAPERFLOW_TEST_DATA", ROOT.parent / "shared" / "data"))

# A first call into a heavy library takes seconds; that is no property of the code under test.
settings.register_profile(
    "paperflow",
    deadline=None,
    max_examples=50,
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.load_profile("paperflow")

_missing: set[str] = set()


@pytest.fixture
def real_data(request: pytest.FixtureRequest) -> Callable[[str], Path]:
    """Return a function from a name under the real data's folder to its path, or skip."""

    def find(name: str) -> Path:
        path = DATA / name
        if not path.exists():
            _missing.add(request.node.nodeid)
            pytest.skip(f"real data not found: {name} (set PAPERFLOW_TEST_DATA)")
        return path

    return find


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests were skipped because the real data is not there."""
    if _missing:
        terminalreporter.write_line(f"{len(_missing)} tests skipped without real data in {DATA}")


@pytest.fixture(autouse=True)
def _own_world(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the user's settings and the network out of the tests."""
    for name in list(os.environ):
        if name.startswith("PAPERFLOW_") and name not in {
            "PAPERFLOW_TEST_DATA",
            "PAPERFLOW_SCREENSHOTS",
        }:
            monkeypatch.delenv(name)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Return an empty store in a file of its own."""
    with open_store(tmp_path / "store.sqlite") as opened:
        yield opened


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Return a library with the bundled corpus, embedded by word hashing and analysed.

    It is shared: a test that changes anything copies it first.
    """
    workspace = find_workspace(tmp_path_factory.mktemp("demo"), create=True)
    (workspace.home / "paperflow.toml").write_text('encoder = "hash"\nworkers = 1\n')
    add_files(workspace, [str(ROOT / "data" / "demo" / "papers.jsonl")])
    embed(workspace)
    analyze(workspace)
    return workspace
