"""A library that takes its own export back says the same as before, however often."""

from io import BytesIO, StringIO
from pathlib import Path

import pytest

from paperflow.readers import read
from paperflow.records import Paper
from paperflow.reports import EXPORTERS
from paperflow.store import Store, open_store

DEMO = Path(__file__).parents[3] / "data" / "demo" / "papers.jsonl"
REREAD = sorted({*EXPORTERS.names()} - {"md"})  # Markdown is for people; its reader refuses it
# Words of other programs, and notes that look like what we write.
OWN = {
    "Document Type": "Review",
    "Language of Original Document": "de",
    "M1": "7",
    "a:b": "c",
    "date": "Spring 2001",
    "ids": "an older key",
    "note": "Comment: 9 pages",
    "odd": "value",
}


def exported(store: Store, name: str) -> str:
    out = StringIO(newline="")
    EXPORTERS.load(name)(list(store.papers.all()), out)
    return out.getvalue()


def added(store: Store, text: str, name: str) -> set[str]:
    """Add an export as a file with its ending; return what became of its records."""
    found = list(read(BytesIO(text.encode()), name=f"library.{name}"))
    papers = [item for item in found if isinstance(item, Paper)]
    assert len(papers) == len(found) == store.papers.count()
    return set(store.papers.add(papers))


@pytest.mark.parametrize("name", REREAD)
def test_an_export_that_is_added_again_and_again_settles(tmp_path: Path, name: str) -> None:
    with open_store(tmp_path / "store.sqlite") as store:
        store.papers.add([item for item in read(DEMO) if isinstance(item, Paper)])
        assert added(store, exported(store, name), name) == {"merged"}
        settled = exported(store, name)
        for _ in range(2):
            assert added(store, settled, name) == {"unchanged"}
            assert exported(store, name) == settled


@pytest.mark.parametrize("name", ["bib", "ris"])  # the others tell the sources of each paper
def test_an_export_is_the_same_once_it_was_added(store: Store, name: str) -> None:
    store.papers.add([item for item in read(DEMO) if isinstance(item, Paper)])
    first = exported(store, name)
    added(store, first, name)
    assert exported(store, name) == first


@pytest.mark.parametrize("name", sorted({*REREAD} - {"bib"}))
def test_the_user_s_own_fields_do_not_grow(store: Store, name: str) -> None:
    people = ("Wei Wang", "Wei Wang")
    store.papers.add([Paper(title="Long Bridges", authors=people, year=2001, extra=OWN)])
    added(store, exported(store, name), name)
    settled = exported(store, name)
    assert added(store, settled, name) == {"unchanged"}
    assert exported(store, name) == settled
