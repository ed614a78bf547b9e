"""How often a question is answered that should be, and refused that should be refused.

Questions meet a library that can answer them, and libraries that can't: claims of
medicine the demo library of graph learning, queries for papers on language the
abstracts of medicine, and so on. `--scores FILE` writes the best scores of every
question, from which the thresholds in `paperflow/retrieval/sentences.py` were chosen
(on SciFact's training claims and every second question; the table shows the others).

    python benchmarks/refusal.py [--quick] [--json FILE] [--scores FILE]
"""

import csv
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from judged import ROOT, data, litsearch, sample, scifact
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

ANSWERED_BY_DEMO = """
How does the graph transformer encode the position of nodes?
Which models scale to graphs with millions of nodes?
What does Autoformer use for long-term time series forecasting?
Which benchmark holds Olympiad problems?
How can backdoor attacks on text-to-image diffusion models be detected?
What causes rank collapse in very deep transformers?
Which graph neural network uses top-m attention?
How does a knowledge graph improve recommendation?
What is a graph lottery ticket?
How does the loss fall with model size and compute?
Is self-attention equivalent to a support vector machine?
How many ownership links does the capital network of the economy have?
Which method predicts traffic on a road network?
Who builds hypergraphs of the scientific literature?
What is the complexity of Flowformer's attention?
Can a graph neural network with a virtual node approximate a graph transformer?
How is person re-identification done with graph attention?
Which datasets test geometry problem solving?
How does MatFormer extract smaller models?
What do state space models bring to learning on graphs?
When does the noise of stochastic gradient descent help generalization?
How are transformers trained for simulations on meshes?
What is the superficial alignment hypothesis?
How do vision models compare with graph neural networks in graph understanding?
"""

ANSWERED_BY_NONE = """
Does vitamin D reduce the risk of fractures?
What is the boiling point of ethanol?
Who won the football world cup in 1998?
How do bees tell each other the direction of food?
Which treaty ended the Thirty Years' War?
What causes the northern lights?
How is sourdough bread leavened?
Which gene is mutated in cystic fibrosis?
What is the capital of Mongolia?
How does a heat pump work in winter?
Which interest rate did the central bank set?
How long do elephants carry their young?
"""

# Computer science, but none of what the demo library is about.
NEAR_DEMO = """
Which loss trains a generative adversarial network?
How are SQL queries optimized by a database planner?
What is the word error rate of speech recognizers for Swahili?
How does differential privacy protect a user's location?
Which robot grasps transparent objects?
How does federated learning cope with stragglers?
How secure is lattice-based cryptography?
How are code clones found in large repositories?
Which system for simultaneous localization and mapping runs on drones?
How do compilers allocate registers?
Which active learning strategy labels medical images?
How is coreference resolved in dialogue?
"""


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
    options = arguments(__doc__, scores=True)
    most = 12 if options.quick else 40
    seconds = 60 if options.quick else 400
    print(f"about {seconds} s when the vectors are cached", file=sys.stderr)
    encoder = load_encoder()
    with tempfile.TemporaryDirectory() as folder:
        libraries = _libraries(Path(folder), encoder, CORPUS // (5 if options.quick else 1))
        found = [
            ask(where, encoder, kind, question, expected=expected)
            for where, kind, questions, expected in trials(libraries)
            for question in questions[:most]
        ]
    if options.scores:
        Path(options.scores).write_text(json.dumps([asdict(item) for item in found], indent=1))
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
    rows = []
    for name, kind in dict.fromkeys((item.library, item.kind) for item in found):
        group = [item for item in found if (item.library, item.kind) == (name, kind)]
        for way, attribute in (
            ("words", "answered_by_words"),
            ("vectors", "answered_with_vectors"),
        ):
            right = [getattr(item, attribute) == item.expected for item in group]
            verb = "answers" if group[0].expected else "refuses"
            rows.append(
                Row(
                    f"{name} {verb} {kind}, {way} (n={len(group)})",
                    sum(right) / len(right),
                    "share",
                    goal=0.8 if group[0].expected else 0.9,
                    more_is_better=True,
                )
            )
    return rows


def _lines(text: str) -> list[str]:
    return text.strip().splitlines()


if __name__ == "__main__":
    main()
