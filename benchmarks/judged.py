"""The judged collections that the retrieval benchmarks share: SciFact and LitSearch.

They are read from `PAPERFLOW_TEST_DATA` (default: ../shared/data beside the project).
"""

import csv
import gzip
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from paperflow.records import Paper

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Collection:
    """Documents by name, queries by name, and the names of each query's relevant documents."""

    name: str
    documents: dict[str, Paper]
    queries: dict[str, str]
    relevant: dict[str, frozenset[str]]


def data(name: str) -> Path:
    """Return the path of a data file; end the program with a reason if it is not there."""
    folder = Path(os.environ.get("PAPERFLOW_TEST_DATA", ROOT.parent / "shared" / "data"))
    if not (folder / name).exists():
        sys.exit(f"no {folder / name}: set PAPERFLOW_TEST_DATA to the folder of the test data")
    return folder / name


def scifact() -> Collection:
    """Return SciFact: 5,183 abstracts, 300 claims."""
    documents = {
        row["id"]: Paper(title=row["title"], abstract=" ".join(row["sentences"]))
        for row in _lines(data("scifact/corpus.jsonl.gz"))
    }
    with data("scifact/queries.tsv").open(encoding="utf-8", newline="") as file:
        queries = dict(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    relevant: dict[str, set[str]] = {}
    for line in data("scifact/qrels.trec").read_text(encoding="utf-8").splitlines():
        query, _, document, grade = line.split()
        if int(grade) > 0:
            relevant.setdefault(query, set()).add(document)
    return _collection("scifact", documents, queries, relevant)


def litsearch() -> Collection:
    """Return LitSearch over the conference corpus: 87,577 abstracts, 113 queries."""
    rows = [json.loads(line) for line in data("litsearch/queries.jsonl").open(encoding="utf-8")]
    queries = {row["qid"]: row["query"] for row in rows}
    relevant = {row["qid"]: set(row["gold"]) for row in rows}
    return _collection("litsearch", dict(conference()), queries, relevant)


def conference() -> Iterator[tuple[str, Paper]]:
    """Yield the conference corpus: each paper's name and record."""
    for row in _lines(data("conference/papers.jsonl.gz")):
        yield row["id"], _paper(row)


def sample(collection: Collection, size: int) -> Collection:
    """Return `collection` with its relevant documents and at least `size` others.

    The others are the ones with the smallest content hashes: the same on every machine.
    """
    judged = set().union(*collection.relevant.values())
    others = sorted(
        (paper.content_hash, name)
        for name, paper in collection.documents.items()
        if name not in judged
    )
    kept = judged | {name for _, name in others[:size]}
    documents = {name: paper for name, paper in collection.documents.items() if name in kept}
    return Collection(collection.name, documents, collection.queries, collection.relevant)


def _collection(
    name: str, documents: dict[str, Paper], queries: dict[str, str], relevant: dict[str, set[str]]
) -> Collection:
    judged = {query: frozenset(names) for query, names in sorted(relevant.items())}
    return Collection(name, documents, {query: queries[query] for query in judged}, judged)


def _paper(row: dict[str, Any]) -> Paper:
    return Paper.from_dict(
        {key: row[key] for key in ("title", "abstract", "authors", "year", "venue") if row[key]}
    )


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)
