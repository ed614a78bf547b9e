"""The sentences that answer a question, and whether any of them does."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log

import numpy as np

from paperflow.encoder import Encoder, Vectors
from paperflow.extract.sentences import sentence_spans
from paperflow.records import Passage
from paperflow.retrieval.query import telling
from paperflow.retrieval.text import plain, stem, words_of
from paperflow.store import Store

MOST_ENCODED = 96  # sentences worth a vector: the encoder reads some 200 a second
# How well the best sentences must fit a question to be quoted. Chosen on every second
# question of benchmarks/refusal.py; on the others, 100 % of what a library can answer is
# answered and 97 % of what it can't is refused with vectors, 88 % and 91 % by words alone.
LEAST_WITH_VECTORS = 0.50  # of (2 * the best cosine + the best score by words) / 3
LEAST_BY_WORDS = 0.45  # of the best score by words
_NOT_SAID = "record"  # the section that lists authors, venue and references


@dataclass(frozen=True, slots=True)
class RankedSentence:
    """A sentence, `passage.text[start:end]`, and how well it answers, all in [0, 1].

    `coverage` is the share of the question's words that it holds, rare ones counting
    more; `context` the same for its whole passage with the paper's title; `cosine` is
    None where no vector was made.
    """

    passage: Passage
    start: int
    end: int
    score: float
    coverage: float
    context: float = 0.0
    cosine: float | None = None

    @property
    def text(self) -> str:
        """Return the sentence."""
        return self.passage.text[self.start : self.end]


def rank_sentences(
    question: str,
    passages: Sequence[Passage],
    *,
    store: Store,
    encoder: Encoder | None = None,
) -> list[RankedSentence]:
    """Return the sentences of `passages`, those that answer `question` best first.

    The score is the mean of coverage and context, with `encoder` of these two and the
    cosine, which is taken of the sentences whose words fit best. Equal scores keep the
    order of papers and text. Measured on SciFact's rationales (120 claims, sentences of
    the six best abstracts), mean reciprocal rank: coverage alone .39, cosine alone .39,
    coverage and context .45, all three .45 with more hits among the first three (.59).
    """
    idf = question_idf(store, question)
    found = _sentences(passages, idf, _title_stems(store, passages, idf))
    if encoder is not None and found:
        found = _with_cosines(question, found, encoder)
    return sorted(found, key=lambda item: (-item.score, *_place(item)))


def answerable(question: str, ranked: Sequence[RankedSentence]) -> bool:
    """Tell whether the best sentences fit `question` well enough to be quoted."""
    if not telling(question) or not ranked:
        return False
    words = max((item.coverage + item.context) / 2 for item in ranked)
    cosines = [item.cosine for item in ranked if item.cosine is not None]
    if not cosines:
        return words >= LEAST_BY_WORDS
    return (2 * max(cosines) + words) / 3 >= LEAST_WITH_VECTORS


def question_idf(store: Store, question: str) -> dict[str, float]:
    """Return the weight of each stem of `question`: log(1 + (N - n + .5) / (n + .5)).

    N is the number of papers, n how many of them have the word; a word that no paper
    has weighs most.
    """
    words = telling(question)
    found = store.search.document_frequency(words)
    count = store.papers.count()
    return {
        stem(word): log(1 + (count - min(found[word], count) + 0.5) / (found[word] + 0.5))
        for word in words
    }


def _sentences(
    passages: Sequence[Passage], idf: Mapping[str, float], titles: Mapping[str, set[str]]
) -> list[RankedSentence]:
    """Return every sentence once, scored by words."""
    pattern = words_of(idf)
    found: dict[tuple[str, int], RankedSentence] = {}
    for passage in passages:
        if passage.section == _NOT_SAID:
            continue
        spans = sentence_spans(passage.text)
        held = [_held(passage.text[start:end], pattern, idf) for start, end in spans]
        context = _share(titles.get(passage.paper_id, set()).union(*held), idf)
        for (start, end), stems in zip(spans, held, strict=True):
            coverage = _share(stems, idf)
            score = round((coverage + context) / 2, 6)
            found[passage.id, start] = RankedSentence(passage, start, end, score, coverage, context)
    return sorted(found.values(), key=_place)


def _held(text: str, pattern: re.Pattern[str], idf: Mapping[str, float]) -> set[str]:
    """Return the stems of the question that stand in `text`."""
    return {stem(word) for word in pattern.findall(plain(text))} & idf.keys()


def _share(held: set[str], idf: Mapping[str, float]) -> float:
    """Return the share of the question's weight that `held` carries."""
    most = sum(idf.values())
    return round(sum(idf[word] for word in sorted(held)) / most, 6) if most else 0.0


def _title_stems(
    store: Store, passages: Sequence[Passage], idf: Mapping[str, float]
) -> dict[str, set[str]]:
    ids = sorted({passage.paper_id for passage in passages})
    pattern = words_of(idf)
    return {paper.id: _held(paper.title, pattern, idf) for paper in store.papers.many(ids)}


def _with_cosines(
    question: str, found: list[RankedSentence], encoder: Encoder
) -> list[RankedSentence]:
    """Return the sentences with the cosines of the most promising ones in their scores."""
    order = sorted(range(len(found)), key=lambda row: (-found[row].score, row))[:MOST_ENCODED]
    vectors = encoder.encode([question, *(found[row].text for row in order)])
    cosines = dict(zip(order, _cosines(vectors), strict=True))
    return [
        _joined(item, cosines[row]) if row in cosines else _joined(item, None)
        for row, item in enumerate(found)
    ]


def _cosines(vectors: Vectors) -> list[float]:
    """Return the cosines of the first row with each other one, within [0, 1]."""
    values = np.clip((vectors[1:] * vectors[0]).sum(axis=1), 0, 1)
    return [round(float(value), 6) for value in values]


def _joined(item: RankedSentence, cosine: float | None) -> RankedSentence:
    return RankedSentence(
        passage=item.passage,
        start=item.start,
        end=item.end,
        score=round((item.coverage + item.context + (cosine or 0.0)) / 3, 6),
        coverage=item.coverage,
        context=item.context,
        cosine=cosine,
    )


def _place(item: RankedSentence) -> tuple[str, int, int]:
    return (item.passage.paper_id, item.passage.ordinal, item.start)
