"""Terms against keyphrases that people chose: F1 at ten, exact after stemming.

Inspec, SemEval 2017 and KDD: the half that the head was not trained on. Conference: author
keywords of 2,000 papers, none of which it was trained on. C-value, TF-IDF and, where it is
installed, YAKE rank the same texts in the same run.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from math import log, log2
from time import process_time

from judged import data
from report import Row, arguments, show

from paperflow.encoder import Encoder, load_encoder
from paperflow.extract.phrases import candidates
from paperflow.extract.terms import ranked_terms
from paperflow.extract.train.terms import SETS, Text, conference, f1, half, texts

GOALS = {"Inspec": 0.38, "SemEval2017": 0.32, "KDD": 0.21}
CONFERENCE = 2000
WITH_ENCODER = 150  # texts of each set that are ranked with the encoder too
Rank = Callable[[Text], list[str]]


def main() -> None:
    """Rank the terms of every set by every method."""
    options = arguments(__doc__)
    size = 100 if options.quick else 10**9
    rows: list[Row] = []
    for name, sample in collections(size):
        rows += measured(name, sample)
    show(options, rows)


def collections(size: int) -> Iterator[tuple[str, Sequence[Text]]]:
    """Yield each set's name and texts."""
    for name, file in SETS.items():
        folder = data(f"keyphrases/{file}.zip").parent.parent
        yield name, half(list(texts(folder, file)), 1)[:size]
    folder = data("conference/papers.jsonl.gz").parent.parent
    papers = conference(folder, lambda number: number % 5 < 2)
    yield "conference", list(islice(papers, min(size, CONFERENCE)))


def measured(name: str, sample: Sequence[Text]) -> Iterator[Row]:
    """Yield F1 of the head beside the best peer, and of each peer."""
    peers = {"C-value": c_value, "TF-IDF": TfIdf(sample), **yake()}
    scores = {peer: f1([rank(text) for text in sample], sample) for peer, rank in peers.items()}
    started = process_time()
    ours = f1([head(text) for text in sample], sample)
    spent = 1000 * (process_time() - started) / len(sample)
    best = max(scores.values())
    note = f"{len(sample)} texts, {spent:.0f} ms each"
    yield Row(f"{name}: term head", ours, "F1@10", best, GOALS.get(name), note=note)
    for peer, score in scores.items():
        yield Row(f"{name}: {peer}", score, "F1@10")
    some = sample[:WITH_ENCODER]
    encoder = load_encoder()
    plain, added = (f1([head(text, e) for text in some], some) for e in (None, encoder))
    note = f"the first {len(some)} texts; without the encoder {plain:.3f}"
    yield Row(f"{name}: term head and encoder", added, "F1@10", plain, note=note)


def head(text: Text, encoder: Encoder | None = None) -> list[str]:
    """Return the terms that the product ranks first."""
    found = ranked_terms(text.text, title=text.title, encoder=encoder)
    return [term.surface for term in found]


def c_value(text: Text) -> list[str]:
    """Rank noun phrases by C-value (Frantzi, Ananiadou and Mima, 2000)."""
    counts = Counter(text.text[c.start : c.end].lower() for c in candidates(text.text, []))

    def worth(phrase: str) -> float:
        longer = [n for other, n in counts.items() if other != phrase and phrase in other]
        nested = sum(longer) / len(longer) if longer else 0
        return log2(1 + len(phrase.split())) * (counts[phrase] - nested)

    return sorted(counts, key=lambda phrase: (-worth(phrase), phrase))


class TfIdf:
    """Rank noun phrases by how often they stand here and in how few texts of the set."""

    def __init__(self, sample: Sequence[Text]) -> None:
        self._count = len(sample)
        self._texts = Counter(phrase for text in sample for phrase in set(c_value(text)))

    def __call__(self, text: Text) -> list[str]:
        lower = text.text.lower()
        found = c_value(text)
        worth = {p: lower.count(p) * log(1 + self._count / self._texts[p]) for p in found}
        return sorted(found, key=lambda phrase: (-worth[phrase], phrase))


def yake() -> dict[str, Rank]:
    """Return YAKE as a ranking where the package is installed."""
    try:
        from yake import KeywordExtractor
    except ImportError:
        return {}
    extractor = KeywordExtractor(lan="en", n=3, top=20)
    return {"YAKE": lambda text: [phrase for phrase, _ in extractor.extract_keywords(text.text)]}


if __name__ == "__main__":
    main()
