"""Search that follows citations, beside the same search without them, on held-out citations.

A paper's text (CANE's Cora) or title (Athar's ACL papers) is the query; what it cites, or is cited
by, is to be found. Its own citations are taken out of the graph, so the walk knows only what other
papers cite. The constants of `paperflow/retrieval/citations.py` were set on 300 queries of CANE's
Cora, some of which the table judges, too; Athar's papers had no part in it. `--tune FILE` writes a
grid over every second query of Cora, which the table leaves out.

    python benchmarks/citation_search.py [--quick] [--json FILE] [--tune FILE]
"""

import csv
import gzip
import itertools
import json
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from judged import data
from numpy.typing import NDArray
from report import Row, arguments, show
from vector_cache import VectorCache, fill

from paperflow.encoder import load_encoder, paper_text
from paperflow.graph_models.evaluate import paired_bootstrap
from paperflow.records import Paper
from paperflow.retrieval import citations
from paperflow.retrieval.citations import Citations, follow_citations, library_citations
from paperflow.retrieval.evaluate import ndcg, recall
from paperflow.retrieval.index import open_index
from paperflow.retrieval.search import Hit, search
from paperflow.store import Store, open_store

DEPTH = 100
QUERIES = 400  # of a collection, drawn once
METRICS: dict[str, Callable[[Sequence[str], Sequence[str]], float]] = {
    "nDCG@10": lambda ranked, wanted: ndcg(ranked, wanted, 10),
    "recall@20": lambda ranked, wanted: recall(ranked, wanted, 20),
}
AIM = "recall@20"  # what following is for; the first ten should not get worse
GRID = {"SEEDS": (10, 20, 40), "RESTART": (0.3, 0.5, 0.7), "WEIGHT": (0.2, 0.4, 0.6)}


@dataclass(frozen=True)
class Judged:
    """Queries by paper: what search found, what is to be found, and all citations."""

    name: str
    hits: Mapping[str, Sequence[Hit]]
    wanted: Mapping[str, Sequence[str]]
    graph: Citations

    def part(self, start: int, step: int) -> "Judged":
        """Return every `step`-th query from `start` on."""
        kept = list(self.hits)[start::step]
        return Judged(self.name, {id: self.hits[id] for id in kept}, self.wanted, self.graph)

    def without(self) -> list[list[str]]:
        """Return the rankings of search alone."""
        return [[hit.paper_id for hit in found] for found in self.hits.values()]

    def following(self) -> list[list[str]]:
        """Return the rankings of search that follows citations, never those of the query."""
        return [
            [hit.paper_id for hit in follow_citations(found, self.graph.without(id))]
            for id, found in self.hits.items()
        ]

    def values(self, metric: str, rankings: Sequence[Sequence[str]]) -> NDArray[np.float64]:
        """Return a metric of each query."""
        pairs = zip(self.hits, rankings, strict=True)
        return np.array([METRICS[metric](ranked, self.wanted[id]) for id, ranked in pairs])


class Known:
    """An encoder that knows one vector: that of the query, which the store has."""

    def __init__(self, name: str, dimension: int) -> None:
        self.name, self.dimension = name, dimension
        self.vector = np.zeros(dimension, dtype=np.float32)

    def encode(self, texts: Sequence[str], *, progress: object = None) -> NDArray[np.float32]:
        """Return the vector."""
        return self.vector[None]


def cora() -> list[Paper]:
    """Return CANE's Cora: texts, their first words as titles, and what each is linked to."""
    cited = defaultdict(list)
    with gzip.open(data("cane-cora/graph.txt.gz"), "rt", encoding="utf-8") as file:
        for first, second in sorted({tuple(line.split()[:2]) for line in file if line.strip()}):
            cited[int(first)].append(f"doi:10.1/n{second}")
    with gzip.open(data("cane-cora/data.txt.gz"), "rt", encoding="utf-8") as file:
        texts = [text.strip() for text in file]
    return [
        Paper(
            title=f"{' '.join(text.split()[:12])} {number}",
            abstract=text,
            doi=f"10.1/n{number}",
            references=tuple(cited[number]),
        )
        for number, text in enumerate(texts)
    ]


def athar() -> list[Paper]:
    """Return the ACL papers of Athar's network: titles, and which cites which."""
    cited = defaultdict(set)
    with gzip.open(data("citation-sentiment/athar.tsv.gz"), "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            cited[row["citing"]].add(row["cited"])
    names = {*cited, *itertools.chain.from_iterable(cited.values())}
    titles = "citation-sentiment/acl_paper_title_year.tsv.gz"
    with gzip.open(data(titles), "rt", encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file]
    return [
        Paper(title=row[1], doi=f"10.0/{row[0]}",
              references=tuple(sorted(f"doi:10.0/{name}" for name in cited[row[0]])))
        for row in rows if row[0] in names
    ]  # fmt: skip


def judged(name: str, papers: Sequence[Paper], folder: Path, count: int) -> Judged:
    """Search for the text of each of `count` papers that have citations."""
    encoder = load_encoder()
    store = open_store(folder / name / "store.sqlite")
    store.papers.add(papers)
    own = list(store.papers.all())
    cache = VectorCache(encoder.name)
    fill(cache, encoder, own)
    store.vectors.put(encoder.name, cache.get(store.papers.content_hashes().values()))
    graph = library_citations(store)
    wanted = _wanted(graph)
    drawn = np.random.default_rng(0).permutation(len(own))
    queries = [own[row] for row in drawn if own[row].id in wanted][:count]
    known = Known(encoder.name, encoder.dimension)
    return Judged(name, {p.id: _hits(store, p, known) for p in queries}, wanted, graph)


def _wanted(graph: Citations) -> dict[str, list[str]]:
    """Return what each paper cites or is cited by, within the library."""
    found = {}
    for row, id in enumerate(graph.ids):
        near = graph.matrix.indices[graph.matrix.indptr[row] : graph.matrix.indptr[row + 1]]
        if own := [graph.ids[other] for other in near if graph.own[other]]:
            found[id] = own
    return found


def _hits(store: Store, paper: Paper, known: Known) -> list[Hit]:
    known.vector = store.vectors.get(known.name, [paper.content_hash])[paper.content_hash]
    index = open_index(store, known.name, known.dimension)
    topic = paper.abstract or paper_text(paper)
    found = search(store, topic, limit=DEPTH, encoder=known, index=index)
    return [hit for hit in found if hit.paper_id != paper.id]


def check(bench: Judged) -> None:
    """End the program if a walk knows a citation that is to be found."""
    for id in list(bench.hits)[:20]:
        graph = bench.graph.without(id)
        row = graph.ids.index(id)
        if graph.matrix[[row]].sum() or graph.matrix[:, [row]].sum():
            sys.exit(f"wrong: the citations of {id} are still in the graph")


def rows(bench: Judged) -> list[Row]:
    """Return each metric with citations beside that without, and how sure the difference is."""
    found, alone, following = [], bench.without(), bench.following()
    for metric in METRICS:
        ours, theirs = bench.values(metric, following), bench.values(metric, alone)
        told = paired_bootstrap(
            lambda cases, a=ours, b=theirs: (float(a[cases].mean()), float(b[cases].mean())),
            len(ours),
        )
        note = f"{len(ours)} queries; gain {told.low:+.3f} to {told.high:+.3f}, p {told.p:.3f}"
        beside = float(theirs.mean())
        name = f"{bench.name}, search that follows citations, {metric}"
        goal = beside if metric == AIM else None
        found.append(Row(name, float(ours.mean()), "", beside, goal=goal, note=note))
    return found


def tune(bench: Judged, out: str) -> None:
    """Write the figures of every choice of the constants."""
    told = []
    for chosen in itertools.product(*GRID.values()):
        names = dict(zip(GRID, chosen, strict=True))
        for name, value in names.items():
            setattr(citations, name, value)
        ranked = bench.following()
        figures = {metric: float(bench.values(metric, ranked).mean()) for metric in METRICS}
        told.append({**names, **figures})
        print(told[-1], file=sys.stderr)
    Path(out).write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """Measure both collections."""
    options = arguments(__doc__, tune=True)
    count = 100 if options.quick else QUERIES
    print(f"about {30 if options.quick else 100} s when the vectors are cached", file=sys.stderr)
    with tempfile.TemporaryDirectory() as folder:
        first = judged("cane-cora", cora(), Path(folder), count)
        check(first)
        if options.tune:
            tune(first.part(0, 2), options.tune)
            return
        second = judged("athar", athar(), Path(folder), count)
        check(second)
        show(options, rows(first.part(1, 2)) + rows(second))


if __name__ == "__main__":
    main()
