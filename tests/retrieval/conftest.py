"""A small library for the retrieval tests: the demo corpus and papers of our own."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from paperflow.records import Paper
from paperflow.store import Store, open_store

DEMO = Path(__file__).parents[2] / "data" / "demo" / "papers.jsonl"


def demo_papers() -> list[Paper]:
    """Return the records of the bundled corpus."""
    return [Paper.from_dict(json.loads(line)) for line in DEMO.read_text("utf-8").splitlines()]


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Return a store with the bundled corpus; tests must not change it."""
    with open_store(tmp_path_factory.mktemp("demo") / "store.sqlite") as store:
        store.papers.add(demo_papers())
        yield store
