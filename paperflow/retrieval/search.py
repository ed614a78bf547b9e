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
) -> list[Hit]:
    """Return the `limit` papers most relevant to the first topic and to other wordings of it.

    Relevance is the mean of that to the first and the best to any other; with one topic it
    is that of `search`.
    """
    first, *others = (
        search(store, topic, limit=limit, where=where, encoder=encoder, index=index)
        for topic in topics
    )
    if not others:
        return first
    best: dict[str, Hit] = {}
    for hit in chain.from_iterable(others):
        known = best.get(hit.paper_id)
        if known is None or hit.relevance > known.relevance:
            best[hit.paper_id] = hit
    main = {hit.paper_id: hit for hit in first}
    hits = [_joined(main.get(name), best.get(name)) for name in {**main, **best}]
    return sorted(hits, key=lambda hit: (-hit.relevance, hit.paper_id))[:limit]


def _joined(main: Hit | None, other: Hit | None) -> Hit:
    """Return the hit of a paper that the first topic, another, or both found."""
    found = [hit for hit in (main, other) if hit]
    return replace(found[0], relevance=round(sum(hit.relevance for hit in found) / 2, 6))


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
