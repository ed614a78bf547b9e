"""How often a question is answered that should be, and refused that should be refused.

Questions meet a library that can answer them, and libraries that can't: claims of
medicine the demo library of graph learning, queries for papers on language the
abstracts of medicine, and so on. The thresholds in `paperflow/retrieval/sentences.py`
were chosen on the first, third, fifth … question of each kind, whose best scores
`--tune FILE` writes; the table shows the others.

    python benchmarks/refusal.py [--quick] [--json FILE] [--tune FILE]
"""

import csv
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from judged import ROOT, data, litsearch, sample, scifact
from questions import ANSWERED_BY_DEMO, ANSWERED_BY_NONE, NEAR_DEMO
from report import Row, arguments, show
from vector_cache import VectorCache, fill

from paperflow.encoder import Encoder, load_encoder
from paperflow.records import Paper, Passage
from paperflow.retrieval.index import DenseIndex, open_index
from paperflow.retrieval.search import search
from paperflow.retrieval.sentences import RankedSentence, answerable, rank_sentences
from paperflow.store import Store, open_store

PAPERS = 60  # whose abstracts are read for a question, as `paperflow ask` does
CORPUS = 10_000  # conference papers, by the smallest content hashes


@dataclass(frozen=True)
class Scores:
    """The best sentence for one question in one library, by words and with vectors."""

    library: str
    kind: str
    question: str
    expected: bool
    words: float
    vectors: float
    coverage: float
    context: float
    cosine: float
    answered_by_words: bool
    answered_with_vectors: bool


@dataclass(frozen=True)
class Library:
    """A store with its vectors and index."""

    name: str
    store: Store
    index: DenseIndex


def library(name: str, papers: Sequence[Paper], folder: Path, encoder: Encoder) -> Library:
    """Return a library of `papers`, with their vectors from the cache."""
    store = open_store(folder / f"{name}.sqlite")
    for start in range(0, len(papers), 1000):
        store.papers.add(papers[start : start + 1000])
    cache = VectorCache(encoder.name)
    fill(cache, encoder, list(store.papers.all()))
    store.vectors.put(encoder.name, cache.get(store.papers.content_hashes().values()))
    return Library(name, store, open_index(store, encoder.name, encoder.dimension))


def abstracts(store: Store, ids: Sequence[str]) -> list[Passage]:
    """Return the abstracts of papers as passages."""
    return [
        Passage(id=f"{p.id}#1", paper_id=p.id, ordinal=1, section="abstract", text=p.abstract)
        for p in store.papers.many(ids)
        if p.abstract
    ]


def ask(where: Library, encoder: Encoder, kind: str, question: str, *, expected: bool) -> Scores:
    """Return how well the library's best sentences fit a question."""
    by_words = ranked(where, question, None)
    both = ranked(where, question, encoder)
    best = both[0] if both else None
    return Scores(
        library=where.name,
        kind=kind,
        question=question,
        expected=expected,
        words=by_words[0].score if by_words else 0.0,
        vectors=best.score if best else 0.0,
        coverage=max((item.coverage for item in both), default=0.0),
        context=max((item.context for item in both), default=0.0),
        cosine=max((item.cosine or 0.0 for item in both), default=0.0),
        answered_by_words=answerable(question, by_words),
        answered_with_vectors=answerable(question, both),
    )


def ranked(where: Library, question: str, encoder: Encoder | None) -> list[RankedSentence]:
    """Return the sentences of the papers that fit a question."""
    index = where.index if encoder else None
    hits = search(where.store, question, limit=PAPERS, encoder=encoder, index=index)
    passages = abstracts(where.store, [hit.paper_id for hit in hits])
    return rank_sentences(question, passages, store=where.store, encoder=encoder)


def claims(name: str) -> list[str]:
    """Return SciFact's claims that some abstract supports or contradicts."""
    with data(f"scifact/{name}").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["evidence_label"] in _DECIDED]
    return list(dict.fromkeys(row["claim"] for row in rows))


_DECIDED = ("SUPPORT", "CONTRADICT")


def trials(libraries: dict[str, Library]) -> Iterator[tuple[Library, str, list[str], bool]]:
    """Yield a library, the kind of question, the questions, and whether it should answer."""
    medicine = claims("claims_validation.csv")
    papers = list(litsearch().queries.values())
    own = _lines(ANSWERED_BY_DEMO)
    yield libraries["demo"], "its own", own, True
    yield libraries["scifact"], "its own", medicine, True
    yield libraries["conference"], "its own", papers, True
    yield libraries["demo"], "far", _lines(ANSWERED_BY_NONE), False
    yield libraries["demo"], "near", _lines(NEAR_DEMO), False
    yield libraries["demo"], "medicine", medicine, False
    yield libraries["scifact"], "computing", own + papers, False
    yield libraries["conference"], "medicine", medicine, False
    yield libraries["conference"], "far", _lines(ANSWERED_BY_NONE), False


def main() -> None:
    """Run every trial and show the table."""
    options = arguments(__doc__, tune=True)
    most = 12 if options.quick else 60
    seconds = 60 if options.quick else 240
    print(f"about {seconds} s when the vectors are cached", file=sys.stderr)
    encoder = load_encoder()
    with tempfile.TemporaryDirectory() as folder:
        libraries = _libraries(Path(folder), encoder, CORPUS // (5 if options.quick else 1))
        found = [
            ask(where, encoder, kind, question, expected=expected)
            for where, kind, questions, expected in trials(libraries)
            for question in questions[0 if options.tune else 1 : most : 2]
        ]
    if options.tune:
        Path(options.tune).write_text(json.dumps([asdict(item) for item in found], indent=1))
    show(options, _rows(found))


def _libraries(folder: Path, encoder: Encoder, corpus: int) -> dict[str, Library]:
    demo = (ROOT / "data" / "demo" / "papers.jsonl").read_text(encoding="utf-8").splitlines()
    papers = {
        "demo": [Paper.from_dict(json.loads(line)) for line in demo],
        "scifact": list(scifact().documents.values()),
        "conference": list(sample(litsearch(), corpus).documents.values()),
    }
    return {name: library(name, found, folder, encoder) for name, found in papers.items()}


def _rows(found: Sequence[Scores]) -> list[Row]:
    """Return the share of right decisions over everything, then by library and kind."""
    groups: dict[str, list[Scores]] = {}
    for item in found:
        verb = "answers" if item.expected else "refuses"
        groups.setdefault(f"all {verb}", []).append(item)
        groups.setdefault(f"{item.library} {verb} {item.kind}", []).append(item)
    return [
        Row(f"{name}, {way}", _share(group, attribute), "share", note=f"n={len(group)}")
        for name, group in sorted(groups.items(), key=lambda pair: not pair[0].startswith("all"))
        for way, attribute in (("words", "answered_by_words"), ("vectors", "answered_with_vectors"))
    ]


def _share(group: Sequence[Scores], attribute: str) -> float:
    right = [item.expected == bool(getattr(item, attribute)) for item in group]
    return sum(right) / len(group)


def _lines(text: str) -> list[str]:
    return text.strip().splitlines()


if __name__ == "__main__":
    main()
