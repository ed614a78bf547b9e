"""Train the term head on the first half, by hash, of three sets of keyphrases."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple
from zipfile import ZipFile
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from snowballstemmer import stemmer

from paperflow.extract.terms import Network, candidates_of, features_of
from paperflow.extract.train.save import rounded, save_head

SETS = {"Inspec": "Inspec", "SemEval2017": "SemEval2017", "KDD": "kdd"}
_HIDDEN = 24
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
    inputs, truth = _examples([text for texts in halves.values() for text in half(texts, 0)])
    mean, scale = inputs.mean(0), inputs.std(0) + 1e-6
    model = MLPClassifier((_HIDDEN,), alpha=1.0, max_iter=25, batch_size=256, random_state=0)
    model.fit((inputs - mean) / scale, truth)
    (inner, outer), (inner_bias, outer_bias) = model.coefs_, model.intercepts_
    head = Network(mean, scale, inner, inner_bias, outer, outer_bias)
    scores = {name: f1_at_ten(half(texts, 1), head) for name, texts in halves.items()}
    card = {
        "labels": ["term"],
        "data": "Inspec (Hulth, 2003), SemEval 2017 task 10, KDD (Gollapalli and Caragea, 2014)",
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


def _examples(texts: Sequence[Text]) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    inputs, truth = [], []
    for text in texts:
        found = candidates_of(text.text)
        if found:
            inputs.append(features_of(text.text, text.title, found))
            truth += [stemmed(item.surface) in text.gold for item in found]
    return np.concatenate(inputs), np.array(truth)


def f1_at_ten(texts: Sequence[Text], head: Network) -> float:
    """Return F1 of mean precision and mean recall of the terms that the head ranks first."""
    told = []
    for text in texts:
        found = candidates_of(text.text)
        likely = head.probabilities(features_of(text.text, text.title, found)) if found else []
        order = sorted(range(len(found)), key=lambda at: (-likely[at], found[at].key))
        told.append([found[at].surface for at in order])
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
