"""Papers by the words of a topic: BM25 of the store's full-text index, put into [0, 1]."""

from collections.abc import Mapping
from math import log

from paperflow.retrieval.query import frequencies
from paperflow.store import Filter, Store

_MOST = 2.2  # k1 + 1 with FTS5's k1 = 1.2: what a term can be worth at most, times its idf


def lexical(store: Store, topic: str, limit: int, where: Filter) -> list[tuple[str, float]]:
    """Return ids of papers with a word of `topic`, best first, and their share of the most.

    The share is BM25 divided by what a paper could reach that is about nothing but all
    of the words, so it is comparable between queries; 0 <= share <= 1.
    """
    frequency = frequencies(store, topic)
    found = store.search.papers(list(frequency), limit, where)
    most = bound(frequency, store.papers.count())
    return [(paper_id, round(min(1.0, max(0.0, score / most)), 6)) for paper_id, score in found]


def bound(frequency: Mapping[str, int], count: int) -> float:
    """Return the BM25 that no paper exceeds; `frequency` is in how many of `count` each term is."""
    idf = (log((count - found + 0.5) / (found + 0.5)) for found in frequency.values())
    return sum(max(value, 1e-6) for value in idf) * _MOST
