"""How well names that mean the same are told from others by their vectors.

Usage: python benchmarks/resolution.py [--quick] [--json FILE]

Acronyms: terms that papers of the conference corpus spell out before an acronym of three letters
or more. Two terms with one acronym mean the same ("generative adversarial net", "... network"),
two with different acronyms do not. That is what authors wrote, not a judgement of each pair:
synonyms with two acronyms count as wrong, so precision is rather too low. Pairs are those that
the product would join: each other's nearest, not told apart by rules, not one by spelling.

Lexicons: names on one line are synonyms, names on two lines are not; all pairs are compared.

Half of the acronyms, and of the lines, by hash, choose the threshold for a precision of .95; the
other half is measured.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import NamedTuple
from zlib import crc32

import numpy as np
from judged import conference
from report import Row, arguments, show

from paperflow.encoder import load_encoder
from paperflow.extract.acronyms import definitions
from paperflow.extract.lexicon import NAMED_TYPES, _lines
from paperflow.extract.words import phrase_key, singular
from paperflow.graphs.similar import THRESHOLD, Term, may_be_one, similar_terms

PRECISION = 0.95
THRESHOLDS = (0.75, 0.8, 0.85, 0.875, 0.9, 0.925, 0.95)
EVERY = 3  # of this many papers one is read; in a quick run of ten times as many


class Pair(NamedTuple):
    """Two names of one type: how similar they are, and whether they mean the same."""

    similarity: float
    same: bool
    names: tuple[str, str]


def main() -> None:
    """Choose the threshold on one half of each set and measure it on the other."""
    options = arguments(__doc__)
    known = acronyms(EVERY * 10 if options.quick else EVERY)
    sets = {
        "acronyms": [joined(known, half) for half in (0, 1)],
        "lexicons": [synonyms(half) for half in (0, 1)],
    }
    rows = [row for name, halves in sets.items() for row in measured(name, *halves)]
    show(options, rows)


def measured(name: str, choosing: Sequence[Pair], held: Sequence[Pair]) -> Iterator[Row]:
    """Yield the threshold that a half chooses, and precision and recall on the other half."""
    chosen = threshold_for(choosing)
    note = f"{len(choosing)} pairs, {sum(pair.same for pair in choosing)} the same"
    yield Row(f"{name}: threshold of the choosing half", chosen, "cosine", note=note)
    note = f"held out: {len(held)} pairs, {sum(pair.same for pair in held)} the same"
    for threshold in sorted({*THRESHOLDS, THRESHOLD}):
        precision, recall = at(held, threshold)
        goal = 0.9 if threshold == THRESHOLD else None
        yield Row(f"{name}: precision at {threshold:.3f}", precision, "", goal=goal, note=note)
        yield Row(f"{name}: recall at {threshold:.3f}", recall, "")
    for half, pairs in (("choosing", choosing), ("held out", held)):
        for pair in sorted(pairs, reverse=True):
            if not pair.same and pair.similarity >= THRESHOLD - 0.05:
                told = f"{pair.similarity:.3f} {' / '.join(pair.names)}"
                print(f"{name}, {half}, counted as wrong: {told}")


def acronyms(every: int) -> dict[str, dict[str, set[str]]]:
    """Return the acronyms of each spelled-out term, by the term's key and its spelling."""
    found: defaultdict[str, dict[str, set[str]]] = defaultdict(dict)
    for number, (_, paper) in enumerate(conference()):
        if number % every == 0:
            for one in definitions(paper.abstract):
                short = singular(one.short.lower().replace("-", ""))
                if len(short) > 2:
                    found[phrase_key(one.long)].setdefault(one.long, set()).add(short)
    return found


def joined(known: dict[str, dict[str, set[str]]], half: int) -> list[Pair]:
    """Return the pairs that the product would look at, of the acronyms of one half."""
    shorts = {key: set().union(*spelled.values()) for key, spelled in known.items()}
    kept = [key for key in sorted(known) if crc32(min(shorts[key]).encode()) % 2 == half]
    vectors = load_encoder().encode([min(known[key]) for key in kept])
    rows = {key: row for row, key in enumerate(kept)}
    terms = [Term(key, "concept", key, 1) for key in kept]
    return [
        Pair(
            float(vectors[rows[one.dropped]] @ vectors[rows[one.kept]]),
            bool(shorts[one.dropped] & shorts[one.kept]),
            (one.dropped, one.kept),
        )
        for one in similar_terms(terms, vectors, threshold=0.5)
    ]


def synonyms(half: int) -> list[Pair]:
    """Return the pairs of one half of the lexicons that the rules leave open."""
    found: list[Pair] = []
    for file in NAMED_TYPES:
        rows = [row for row in _lines(file) if crc32(row.encode()) % 2 == half]
        names = [(at, name.strip()) for at, row in enumerate(rows) for name in row.split("|")]
        vectors = load_encoder().encode([name for _, name in names])
        found += _pairs(names, vectors)
    return found


def _pairs(names: Sequence[tuple[int, str]], vectors: np.ndarray) -> Iterator[Pair]:
    similar = vectors @ vectors.T
    keys = [phrase_key(name) for _, name in names]
    for a, b in combinations(range(len(names)), 2):
        if keys[a] != keys[b] and may_be_one(keys[a], keys[b]):
            same = names[a][0] == names[b][0]
            yield Pair(float(similar[a, b]), same, (names[a][1], names[b][1]))


def threshold_for(pairs: Sequence[Pair]) -> float:
    """Return the lowest threshold above which PRECISION of the pairs mean the same."""
    right, lowest = 0, 1.0
    for count, pair in enumerate(sorted(pairs, reverse=True), 1):
        right += pair.same
        if right / count >= PRECISION:
            lowest = pair.similarity
    return lowest


def at(pairs: Sequence[Pair], threshold: float) -> tuple[float, float]:
    """Return precision and recall of calling every pair at least that similar the same."""
    called = [pair for pair in pairs if pair.similarity >= threshold]
    right = sum(pair.same for pair in called)
    return right / max(1, len(called)), right / max(1, sum(pair.same for pair in pairs))


if __name__ == "__main__":
    main()
