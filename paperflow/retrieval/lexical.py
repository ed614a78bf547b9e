"""Papers by the words of a topic: BM25 in two steps, put into [0, 1].

The full-text index names candidates by the rarest words of the topic; they are scored
anew with all of its words. This mends what the index's own BM25 gets wrong in a small
library or a narrow one: a word of more than half of all papers counts nothing there,
so that "graph transformers for large graphs" would be a question about "large".
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from math import log

from paperflow.records import Paper
from paperflow.retrieval.query import split_terms, wanted
from paperflow.retrieval.text import plain, stem, words_of
from paperflow.store import Filter, Store

K1, B = 1.2, 0.75
# A word of the title or the keywords says more than one of the abstract. Measured on
# SciFact, title 1 / 2 / 3: nDCG@10 .691 / .696 / .700; the index's own order: .691.
TITLE, KEYWORDS = 3.0, 2.0


def lexical(store: Store, topic: str, limit: int, where: Filter) -> list[tuple[str, float]]:
    """Return ids of papers with a word of `topic`, best first, and their share of the most.

    The share is BM25 divided by what a paper could reach that is about nothing but all
    of the words, so it is comparable between queries; 0 <= share <= 1.
    """
    frequency = store.search.document_frequency(wanted(topic))
    rare, others = split_terms(frequency)
    found = store.search.papers(rare, limit, where, also=others)
    papers = store.papers.many([paper_id for paper_id, _ in found])
    weights = inverse_frequencies(frequency, store.papers.count())
    most = sum(weights.values()) * (K1 + 1) or 1.0
    scored = zip(papers, bm25(papers, weights), strict=True)
    shares = ((paper.id, round(score / most, 6)) for paper, score in scored)
    return sorted(shares, key=lambda hit: (-hit[1], hit[0]))


def inverse_frequencies(frequency: Mapping[str, int], count: int) -> dict[str, float]:
    """Return the weight of each word's stem: log(1 + (N - n + .5) / (n + .5)), above 0.

    N is the `count` of papers, n the number of those with the word (Lucene's form of the
    weight, which a frequent word does not turn negative). Unknown words are left out.
    """
    return {stem(w): log(1 + (count - n + 0.5) / (n + 0.5)) for w, n in frequency.items() if n}


def bm25(papers: Sequence[Paper], weights: Mapping[str, float]) -> list[float]:
    """Return the BM25F score of each paper; `weights` [stem] are inverse frequencies.

    Robertson and Zaragoza 2009, equation 3.19 with one length for all fields; the mean
    length is that of `papers`.
    """
    pattern = words_of(weights)
    counts = [_field_counts(paper, pattern) for paper in papers]
    mean = sum(length for _, length in counts) / max(1, len(counts)) or 1.0
    return [_score(found, length / mean, weights) for found, length in counts]


def _field_counts(paper: Paper, pattern: re.Pattern[str]) -> tuple[Counter[str], int]:
    """Return how often each stem stands in a paper, weighted by field, and its length in words."""
    counts: Counter[str] = Counter()
    length = 0
    fields = ((paper.title, TITLE), (" ".join(paper.keywords), KEYWORDS), (paper.abstract, 1.0))
    for text, weight in fields:
        length += text.count(" ") + 1
        for word in pattern.findall(plain(text)):
            counts[stem(word)] += weight  # type: ignore[assignment]
    return counts, length


def _score(counts: Mapping[str, float], length: float, weights: Mapping[str, float]) -> float:
    damping = K1 * (1 - B + B * length)
    found = ((idf, counts[word]) for word, idf in weights.items() if word in counts)
    return sum(idf * count * (K1 + 1) / (count + damping) for idf, count in found)
