"""Hybrid search of the library: words, vectors where there are any, and both fused."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from paperflow.encoder import Encoder
from paperflow.retrieval.fusion import blend
from paperflow.retrieval.index import DenseIndex, open_index
from paperflow.retrieval.lexical import lexical
from paperflow.store import Filter, Store

POOL = 100  # candidates that words and vectors name each
# Measured by words on 113 queries each, the parts of a query as its other wordings, beside the
# query alone: SciFact (3,000 papers) nDCG@10 .724, alone .722; LitSearch (8,000 papers) recall@20
# .889, alone .881, MRR .638, alone .637. Half and half: .613, .792, .562.
FIRST = 0.9  # share of the first topic among several wordings
EACH = 2  # papers of every other wording that are found in any case


@dataclass(frozen=True, slots=True)
class Hit:
    """A paper found: how relevant it is, and what words and vectors each say, all in [0, 1].

    `lexical` is None for a paper that words did not find, `dense` for one without a vector.
    """

    paper_id: str
    relevance: float
    lexical: float | None
    dense: float | None


def search(
    store: Store,
    topic: str,
    *,
    limit: int = 20,
    where: Filter | None = None,
    encoder: Encoder | None = None,
    index: DenseIndex | None = None,
) -> list[Hit]:
    """Return the `limit` papers most relevant to `topic` among those that pass `where`.

    Sorted by relevance, equal ones by id. Without `encoder` by words alone. `index` is
    the encoder's; without one it is made in memory. An empty topic means every paper
    that passes, the newest first, each fully relevant.
    """
    where = where or Filter()
    if not topic.strip():
        return [Hit(paper_id, 1.0, None, None) for paper_id in store.search.admitted(where, limit)]
    pool = max(limit, POOL)
    words = dict(lexical(store, topic, pool, where))
    cosines = _cosines(store, topic, pool, where, words, encoder, index) if encoder else {}
    hits = [
        _hit(paper_id, words.get(paper_id), cosines.get(paper_id), searched=encoder is not None)
        for paper_id in {*words, *cosines}
    ]
    return sorted(hits, key=lambda hit: (-hit.relevance, hit.paper_id))[:limit]


def search_wordings(
    store: Store,
    topics: Sequence[str],
    *,
    limit: int = 20,
    where: Filter | None = None,
    encoder: Encoder | None = None,
    index: DenseIndex | None = None,
) -> tuple[list[Hit], list[str]]:
    """Return the papers relevant to the first topic and its other wordings, best first.

    Relevance is `FIRST` of that to the first topic and the rest of the best to any other: they
    tell among papers that the first finds. The `EACH` best of every other wording, whose ids
    come second, are among the papers in any case; the others are at most `limit`.
    """
    first, *others = (
        search(store, topic, limit=limit, where=where, encoder=encoder, index=index)
        for topic in topics
    )
    if not others:
        return first, []
    best = list(dict.fromkeys(hit.paper_id for hits in others for hit in hits[:EACH]))
    hits = sorted(_joined(first, others), key=lambda hit: (-hit.relevance, hit.paper_id))
    return [hit for place, hit in enumerate(hits) if place < limit or hit.paper_id in best], best


def _joined(first: Sequence[Hit], others: Sequence[Sequence[Hit]]) -> list[Hit]:
    """Return every paper once, as it was found first, with its relevance to all topics."""
    best = {hit.paper_id: hit for hit in sorted(chain(*others), key=lambda hit: hit.relevance)}
    main = {hit.paper_id: hit for hit in first}
    joined = []
    for name, hit in {**best, **main}.items():
        shares = [FIRST * main[name].relevance] if name in main else []
        shares += [(1 - FIRST) * best[name].relevance] if name in best else []
        joined.append(replace(hit, relevance=round(sum(shares), 6)))
    return joined


def _hit(paper_id: str, words: float | None, cosine: float | None, *, searched: bool) -> Hit:
    relevance = round(blend(words, cosine, searched=searched), 6)
    shown = None if cosine is None else max(0.0, min(1.0, cosine))
    return Hit(paper_id, relevance, words, shown)


def _cosines(
    store: Store,
    topic: str,
    pool: int,
    where: Filter,
    also: Iterable[str],
    encoder: Encoder,
    index: DenseIndex | None,
) -> dict[str, float]:
    """Return the cosines of the nearest papers and of those in `also`."""
    if index is None:
        index = open_index(store, encoder.name, encoder.dimension)
    vector = encoder.encode([topic])[0]
    among = None if where == Filter() else set(store.search.admitted(where))
    nearest = dict(index.search(vector, pool, among=among))
    hashes = index.hashes([paper_id for paper_id in also if paper_id not in nearest])
    vectors = store.vectors.get(encoder.name, sorted(set(hashes.values())))
    missing = {
        paper_id: round(float((vectors[hash] * vector).sum()), 6)
        for paper_id, hash in sorted(hashes.items())
        if hash in vectors
    }
    return {**nearest, **missing}
