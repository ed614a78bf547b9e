"""Train the term head on the first half, by hash, of three sets of keyphrases.

What is known of words beforehand comes from the keywords of conference papers.
"""

import gzip
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple
from zipfile import ZipFile
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from snowballstemmer import stemmer

from paperflow.extract.terms import Network, candidates_of, features_of, ranked, slots
from paperflow.extract.train.save import rounded, save_head

SETS = {"Inspec": "Inspec", "SemEval2017": "SemEval2017", "KDD": "kdd"}
_HIDDEN = 24
_BUCKETS = 1 << 16
_SHRINK = 3.0  # texts
_STEMMER = stemmer("english")
_NO_TEXT = "No contact information provided yet."


class Text(NamedTuple):
    """A text, the length of its title where it shows, and its keyphrases, stemmed."""

    text: str
    title: int
    gold: frozenset[str]


def train(data: Path, out: Path) -> dict[str, float]:
    """Train and write the head; return F1 at ten of each set's other half."""
    from sklearn.neural_network import MLPClassifier

    halves = {name: list(texts(data, file)) for name, file in SETS.items()}
    prior = prior_of(conference(data, _for_prior))
    learnt = [text for texts in halves.values() for text in half(texts, 0)]
    inputs, truth = _examples(learnt, prior)
    mean, scale = inputs.mean(0), inputs.std(0) + 1e-6
    model = MLPClassifier((_HIDDEN,), alpha=1.0, max_iter=8, batch_size=256, random_state=0)
    model.fit((inputs - mean) / scale, truth)
    (inner, outer), (inner_bias, outer_bias) = model.coefs_, model.intercepts_
    head = Network(prior, mean, scale, inner, inner_bias, outer, outer_bias)
    scores = {name: f1_at_ten(half(texts, 1), head) for name, texts in halves.items()}
    card = {
        "labels": ["term"],
        "data": "Inspec (Hulth, 2003), SemEval 2017 task 10, KDD (Gollapalli and Caragea, 2014); "
        "prior: author keywords of conference papers",
        "terms": "none stated by their sources; research use",
        "split": "half of each set by the hash of its name; scores: F1 at 10 of the other half",
        "seed": 0,
        "scores": rounded(scores),
    }
    arrays = {name: getattr(head, name) for name in Network.__dataclass_fields__}
    save_head(out, "terms", arrays, card)
    return scores


def texts(data: Path, name: str) -> Iterator[Text]:
    """Yield the texts of a set in the order of their names' hashes."""
    with ZipFile(data / "keyphrases" / f"{name}.zip") as archive:
        files = {Path(item).name: item for item in archive.namelist() if "/docsutf8/" in item}
        for file in sorted(files, key=lambda file: (crc32(file.encode()), file)):
            keys = f"{name}/keys/{Path(file).stem}.key"
            if file and keys in archive.namelist():
                gold = archive.read(keys).decode("utf-8", "replace").splitlines()
                yield _text(archive.read(files[file]).decode("utf-8", "replace"), gold, name)


def _text(raw: str, gold: Sequence[str], name: str) -> Text:
    """Return a text; in Inspec the title ends where a line does not go on with a tab."""
    parts = re.split(r"\r?\n(?!\t)", raw, maxsplit=1) if name == "Inspec" else [raw]
    whole = ". ".join(" ".join(part.replace(_NO_TEXT, "").split()) for part in parts)
    title = len(" ".join(parts[0].split())) if len(parts) > 1 else 0
    return Text(whole, title, frozenset(map(stemmed, filter(str.strip, gold))))


def stemmed(phrase: str) -> str:
    """Return the stems of a phrase's words: matches are exact after stemming."""
    return " ".join(_STEMMER.stemWords(re.findall(r"\w+", phrase.lower())))


def half(texts: Sequence[Text], number: int) -> Sequence[Text]:
    """Return every second text."""
    return texts[number::2]


def conference(data: Path, part: Callable[[int], bool]) -> Iterator[Text]:
    """Yield the papers with an abstract and three keywords whose number is in a part."""
    path = data / "conference" / "papers.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for number, line in enumerate(file):
            paper = json.loads(line) if part(number) else {}
            gold = frozenset(filter(None, map(stemmed, paper.get("keywords") or [])))
            if len(gold) > 2 and paper["abstract"]:
                title = " ".join(paper["title"].split())
                yield Text(f"{title}. {' '.join(paper['abstract'].split())}", len(title), gold)


def _for_prior(number: int) -> bool:
    """Tell whether a conference paper is for the prior; the others, two of five, are for tests."""
    return number % 5 > 1


def prior_of(texts: Iterable[Text]) -> NDArray[np.float32]:
    """Return the log of how much more often than others a bucket's phrases are keywords [H]."""
    seen, chosen = np.zeros(_BUCKETS), np.zeros(_BUCKETS)
    for text in texts:
        for item in candidates_of(text.text):
            at = slots(item, _BUCKETS)
            seen[at] += 1
            chosen[at] += stemmed(item.surface) in text.gold
    base = chosen.sum() / seen.sum()
    prior: NDArray[np.float32] = np.log((chosen + _SHRINK * base) / (seen + _SHRINK) / base).astype(
        np.float32
    )
    return prior


def _examples(
    texts: Sequence[Text], prior: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    inputs, truth = [], []
    for text in texts:
        found = candidates_of(text.text)
        if found:
            inputs.append(features_of(text.text, text.title, found, prior))
            truth += [stemmed(item.surface) in text.gold for item in found]
    return np.concatenate(inputs), np.array(truth)


def f1_at_ten(texts: Sequence[Text], head: Network) -> float:
    """Return F1 of mean precision and mean recall of the terms that the head ranks first."""
    told = []
    for text in texts:
        found = candidates_of(text.text)
        told.append([term.surface for term in ranked(text.text, text.title, found, head)])
    return f1(told, texts)


def f1(told: Sequence[Sequence[str]], texts: Sequence[Text], most: int = 10) -> float:
    """Return F1 of mean precision and mean recall of each text's first `most` phrases."""
    precision = recall = 0.0
    for phrases, text in zip(told, texts, strict=True):
        kept = list(dict.fromkeys(map(stemmed, phrases)))[:most]
        right = len(text.gold & set(kept))
        precision += right / max(1, len(kept)) / len(texts)
        recall += right / len(text.gold) / len(texts)
    return 2 * precision * recall / max(1e-9, precision + recall)
