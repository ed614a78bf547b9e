"""How well and how fast papers are found, beside the library bm25s in the same run.

SciFact (5,183 abstracts, 300 claims) and LitSearch over the conference papers (87,577
abstracts, 113 queries), by words (BM25), by vectors (MiniLM), and by both; then the time
of a warm query by words and of a whole `discover` in a new process.

    python benchmarks/retrieval.py [--quick | --words] [--json FILE]

`--quick` takes the relevant documents and a sample of the others; `--words` takes all of
them and searches without vectors. Vectors come from the cache of
`benchmarks/vector_cache.py`, which can be filled beforehand.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from judged import ROOT, Collection, litsearch, sample, scifact
from report import Row, arguments, show
from vector_cache import VectorCache, fill

from paperflow.encoder import Encoder, load_encoder
from paperflow.retrieval.evaluate import bootstrap, ndcg, recall, reciprocal_rank
from paperflow.retrieval.index import DenseIndex, open_index
from paperflow.retrieval.lexical import lexical
from paperflow.retrieval.query import parse_intent
from paperflow.retrieval.search import search
from paperflow.retrieval.text import STOP_WORDS, stem
from paperflow.store import Filter, Store, open_store
from paperflow.workspace import find_workspace

DEPTH = 100
Rankings = dict[str, list[str]]
Metric = Callable[[Sequence[str], frozenset[str]], float]
METRICS: dict[str, dict[str, Metric]] = {
    "scifact": {
        "nDCG@10": lambda ranked, wanted: ndcg(ranked, wanted, 10),
        "recall@100": lambda ranked, wanted: recall(ranked, wanted, 100),
    },
    "litsearch": {
        "recall@20": lambda ranked, wanted: recall(ranked, wanted, 20),
        "MRR": lambda ranked, wanted: reciprocal_rank(ranked, wanted),
    },
}
# Of the whole collections: Lucene's BM25 and the aim for a hybrid on a CPU; LitSearch's
# figure is the own BM25 of the survey that proposed the set.
GOALS = {
    ("scifact", "bm25", "nDCG@10"): 0.679,
    ("scifact", "fused", "nDCG@10"): 0.72,
    ("litsearch", "bm25", "recall@20"): 0.591,
}
WARM_P95_MS, COLD_SECONDS = 100.0, 2.0


@dataclass(frozen=True)
class Bench:
    """A judged collection in a store, with the store's id of each document's name."""

    collection: Collection
    store: Store
    vectors: tuple[Encoder, DenseIndex] | None
    ids: Mapping[str, str]

    @property
    def topics(self) -> dict[str, str]:
        """Return the topic of each query, as `discover` reads it."""
        return {name: parse_intent(text).topic for name, text in self.collection.queries.items()}

    def wanted(self, query: str) -> frozenset[str]:
        """Return the ids of a query's relevant papers."""
        return frozenset(self.ids[name] for name in self.collection.relevant[query])


def prepared(collection: Collection, folder: Path, encoder: Encoder | None) -> Bench:
    """Return the collection in a store of its own, with all vectors of `encoder`."""
    store = open_store(folder / collection.name / ".paperflow" / "store.sqlite")
    named = [replace(p, extra={"name": name}) for name, p in collection.documents.items()]
    for start in range(0, len(named), 1000):
        store.papers.add(named[start : start + 1000])
    find_workspace(folder / collection.name).citation_keys()  # as `paperflow add` does
    # Records that the store takes for one paper have all their names.
    ids = {name: p.id for p in store.papers.all() for name in p.extra["name"].split("; ")}
    return Bench(collection, store, embedded(store, encoder) if encoder else None, ids)


def embedded(store: Store, encoder: Encoder) -> tuple[Encoder, DenseIndex]:
    """Put the vectors into the store; return the encoder and their index."""
    cache = VectorCache(encoder.name)
    fill(cache, encoder, list(store.papers.all()))
    store.vectors.put(encoder.name, cache.get(store.papers.content_hashes().values()))
    return encoder, open_index(store, encoder.name, encoder.dimension)


def check(bench: Bench) -> None:
    """End the program unless search gives what plain arithmetic gives."""
    if bench.vectors is None:
        return
    encoder, index = bench.vectors
    topics = list(bench.topics.values())[:10]
    hashes = bench.store.papers.content_hashes()
    vectors = bench.store.vectors.get(encoder.name, list(hashes.values()))
    matrix = np.stack([vectors[content] for content in hashes.values()])
    for topic, vector in zip(topics, encoder.encode(topics), strict=True):
        scores = np.sort(matrix @ vector)[::-1][:DEPTH]
        found = [score for _, score in index.search(vector, DEPTH)]
        if not np.allclose(scores, found, atol=1e-4):
            sys.exit(f"wrong: the index is not exact for {topic!r}")
        hits = search(bench.store, topic, limit=DEPTH, encoder=encoder, index=index)
        if [h.relevance for h in hits] != sorted((h.relevance for h in hits), reverse=True):
            sys.exit(f"wrong: hits are not sorted for {topic!r}")


def by_words(bench: Bench) -> Rankings:
    """Return the rankings of our BM25."""
    return {
        name: [hit.paper_id for hit in search(bench.store, topic, limit=DEPTH)]
        for name, topic in bench.topics.items()
    }


def by_vectors(bench: Bench, encoder: Encoder, index: DenseIndex) -> Rankings:
    """Return the rankings of the vectors alone."""
    found = zip(bench.topics, encoder.encode(list(bench.topics.values())), strict=True)
    return {name: [id for id, _ in index.search(v, DEPTH)] for name, v in found}


def by_both(bench: Bench, encoder: Encoder, index: DenseIndex) -> Rankings:
    """Return the rankings of words and vectors fused."""
    return {
        name: [
            hit.paper_id
            for hit in search(bench.store, topic, limit=DEPTH, encoder=encoder, index=index)
        ]
        for name, topic in bench.topics.items()
    }


def by_peer(bench: Bench) -> Rankings:
    """Return the rankings of bm25s, given the same stemmer, stop words and topics."""
    import bm25s  # type: ignore[import-untyped]

    papers = list(bench.store.papers.all())
    texts = [f"{paper.title} {paper.abstract}" for paper in papers]

    def tokens(texts: list[str]) -> object:
        return bm25s.tokenize(
            texts,
            stopwords=sorted(STOP_WORDS),
            stemmer=lambda words: [stem(word) for word in words],
            show_progress=False,
        )

    peer = bm25s.BM25()
    peer.index(tokens(texts), show_progress=False)
    found, _ = peer.retrieve(tokens(list(bench.topics.values())), k=DEPTH, show_progress=False)
    return {
        name: [papers[row].id for row in rows]
        for name, rows in zip(bench.topics, found, strict=True)
    }


def quality(bench: Bench, *, whole: bool) -> list[Row]:
    """Return the rows of one collection."""
    name = bench.collection.name
    peer = by_peer(bench)
    ways = {"bm25": by_words(bench)}
    if bench.vectors:
        ways |= {
            "dense": by_vectors(bench, *bench.vectors),
            "fused": by_both(bench, *bench.vectors),
        }
    rows = []
    for metric, measure in METRICS[name].items():
        beside = statistics.mean(measure(peer[q], bench.wanted(q)) for q in peer)
        for way, rankings in ways.items():
            values = [measure(rankings[q], bench.wanted(q)) for q in rankings]
            interval = bootstrap(values)
            goal = GOALS.get((name, way, metric)) if whole else None
            note = f"95 % {interval.low:.3f} to {interval.high:.3f}"
            rows.append(Row(f"{name} {way} {metric}", interval.mean, "", beside, goal, note=note))
    return rows


def speed(bench: Bench, *, whole: bool) -> list[Row]:
    """Return the rows of a warm query by words, in CPU and wall time."""
    wall, cpu = [], []
    for topic in bench.topics.values():
        lexical(bench.store, topic, DEPTH, Filter())
        begin, begin_cpu = time.perf_counter(), time.process_time()
        lexical(bench.store, topic, DEPTH, Filter())
        wall.append(1000 * (time.perf_counter() - begin))
        cpu.append(1000 * (time.process_time() - begin_cpu))
    rows = []
    for kind, values in (("CPU", cpu), ("wall", wall)):
        goal = WARM_P95_MS if whole else None
        p95 = statistics.quantiles(values, n=20)[-1]
        rows.append(Row(f"lexical query, median {kind}", statistics.median(values), "ms"))
        rows.append(Row(f"lexical query, p95 {kind}", p95, "ms", goal=goal, more_is_better=False))
    return rows


def cold(bench: Bench, *, whole: bool) -> list[Row]:
    """Return the rows of `paperflow discover --lexical` in new processes, the first apart."""
    folder = bench.store.database.path.parent.parent
    topics = list(bench.topics.values())[:4]
    rows = []
    walls, cpus = zip(*(_discover(folder, topic) for topic in topics), strict=True)
    goal = COLD_SECONDS if whole else None
    rows.append(Row("discover, first after adding, wall", walls[0], "s"))
    for kind, values in (("CPU", cpus), ("wall", walls)):
        value = statistics.median(values[1:])
        rows.append(
            Row(f"discover, new process, {kind}", value, "s", goal=goal, more_is_better=False)
        )
    return rows


def _discover(folder: Path, topic: str) -> tuple[float, float]:
    """Run the command once; return its wall and CPU seconds."""
    command = [sys.executable, "-m", "paperflow", "discover", topic, "--lexical", "-w", str(folder)]
    begin, before = time.perf_counter(), os.times()
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
    after = os.times()
    spent = after.children_user + after.children_system
    return time.perf_counter() - begin, spent - before.children_user - before.children_system


def main() -> None:
    """Measure everything and show the table."""
    options = arguments(__doc__, words=True)
    whole = not options.quick
    print(f"about {300 if whole else 60} s when the vectors are cached", file=sys.stderr)
    encoder = None if options.words else load_encoder()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for collection, size in ((scifact(), 1000), (litsearch(), 5000)):
            chosen = collection if whole else sample(collection, size)
            bench = prepared(chosen, Path(folder), encoder)
            check(bench)
            rows += quality(bench, whole=whole)
        rows += speed(bench, whole=whole) + cold(bench, whole=whole)
    show(options, rows)


if __name__ == "__main__":
    main()
