"""Terms against keyphrases that people chose: F1 at ten.

Protocol, as in the literature: exact match after stemming (Porter's second stemmer), the first
ten phrases that differ after stemming, precision and recall averaged over texts, F1 of the two
averages. Gold: every keyphrase of the set's file, also those that the text does not hold
(Inspec: controlled and uncontrolled terms together).

Inspec, SemEval 2017 and KDD: the half that the head was not trained on. Conference: keyword
fields of 2,000 papers, none of which it was trained on. C-value, TF-IDF and, where it is
installed, YAKE rank the same texts in the same run. The ablation trains and tests on quarters
of the half that the head was trained on, so nothing was chosen by the tested texts.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from math import log, log2
from time import process_time

from judged import data
from report import Row, arguments, show

from paperflow.encoder import Encoder, load_encoder
from paperflow.extract.phrases import candidates
from paperflow.extract.term_candidates import candidates_of
from paperflow.extract.term_features import GROUPS, Floats
from paperflow.extract.terms import chosen, ranked_terms
from paperflow.extract.train.terms import (
    SETS,
    Example,
    Text,
    conference,
    examples,
    f1,
    fitted,
    half,
    known_of,
    style,
    texts,
)

GOALS = {"Inspec": 0.38, "SemEval2017": 0.32, "KDD": 0.21}
CONFERENCE = 2000
WITH_ENCODER = 60  # texts of each set that are ranked with the encoder too
Rank = Callable[[Text], list[str]]


def main() -> None:
    """Rank the terms of every set by every method."""
    options = arguments(__doc__)
    size = 100 if options.quick else 10**9
    rows: list[Row] = []
    for name, sample in collections(size):
        rows += measured(name, sample)
    show(options, rows if options.quick else [*rows, *ablation()])


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
    ours = f1([head(name, text) for text in sample], sample)
    spent = 1000 * (process_time() - started) / len(sample)
    best = max(scores.values())
    note = f"{len(sample)} texts, {spent:.0f} ms each"
    yield Row(f"{name}: term head", ours, "F1@10", best, GOALS.get(name), note=note)
    for peer, score in scores.items():
        yield Row(f"{name}: {peer}", score, "F1@10")
    some = sample[:WITH_ENCODER]
    encoder = load_encoder()
    plain, added = (f1([head(name, text, e) for text in some], some) for e in (None, encoder))
    note = f"the first {len(some)} texts; without the encoder {plain:.3f}"
    yield Row(f"{name}: term head and encoder", added, "F1@10", plain, note=note)


def head(name: str, text: Text, encoder: Encoder | None = None) -> list[str]:
    """Return the terms that the product ranks first, in the style of the set."""
    found = ranked_terms(text.text, title=text.title, style=style(name), encoder=encoder)
    return [term.surface for term in found]


def ablation() -> Iterator[Row]:
    """Yield what each set loses where a group of features is left out."""
    folder = data("conference/papers.jsonl.gz").parent.parent
    known = known_of(folder)
    trained: list[Example] = []
    tested: dict[str, tuple[Sequence[Text], list[Example]]] = {}
    for name, file in SETS.items():
        sample = [text for text in half(list(texts(folder, file)), 0) if candidates_of(text.text)]
        trained += examples(half(sample, 0), name, known)
        tested[name] = half(sample, 1), list(examples(half(sample, 1), name, known))
    whole = without(range(0), trained, tested)
    start = 0
    for group, size in GROUPS.items():
        less = without(range(start, start + size), trained, tested)
        start += size
        for name, score in less.items():
            yield Row(f"{name}: without {group}", score, "F1@10", whole[name], note="ablation")


def without(
    columns: range,
    trained: Sequence[Example],
    tested: Mapping[str, tuple[Sequence[Text], list[Example]]],
) -> dict[str, float]:
    """Return F1 of each set by trees that do not see some of the features."""
    trees = fitted([(blank(inputs, columns), truth) for inputs, truth in trained])
    scores = {}
    for name, (sample, found) in tested.items():
        likely = [trees.probabilities(blank(inputs, columns)) for inputs, _ in found]
        pairs = zip(sample, likely, strict=True)
        told = [chosen(candidates_of(text.text), chances, chances) for text, chances in pairs]
        scores[name] = f1([[term.surface for term in terms] for terms in told], sample)
    return scores


def blank(inputs: Floats, columns: range) -> Floats:
    """Return features with some columns zero."""
    result = inputs.copy()
    result[:, columns] = 0
    return result


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
