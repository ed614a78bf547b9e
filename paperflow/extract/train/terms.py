"""Train the term head on the first half, by hash, of three sets of keyphrases.

What is known of words beforehand comes from the keywords of conference papers.
"""

import gzip
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import ZipFile
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from snowballstemmer import stemmer

from paperflow.extract.heads.trees import Trees
from paperflow.extract.term_candidates import candidates_of
from paperflow.extract.term_features import Floats, Style, features_of, slot, slots
from paperflow.extract.terms import TermHead, ranked
from paperflow.extract.train.save import rounded, save_head

SETS = {"Inspec": "Inspec", "SemEval2017": "SemEval2017", "KDD": "kdd"}
_TREES, _DEPTH = 400, 4
_COUNTED = 2  # of five parts of the conference papers; not one of those for tests
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
    halves = {name: list(texts(data, file)) for name, file in SETS.items()}
    known = known_of(data)
    learnt = [example for name in SETS for example in examples(half(halves[name], 0), name, known)]
    trees = fitted(learnt)
    head = TermHead(trees, **known)
    scores = {name: f1_at_ten(half(texts, 1), head, style(name)) for name, texts in halves.items()}
    card = {
        "labels": ["term"],
        "data": "Inspec (Hulth, 2003), SemEval 2017 task 10, KDD (Gollapalli and Caragea, 2014); "
        "prior and document frequencies: keywords and abstracts of conference papers",
        "terms": "none stated by their sources; research use",
        "split": "half of each set by the hash of its name; scores: F1 at 10 of the other half",
        "seed": 0,
        "scores": rounded(scores),
    }
    arrays = {name: getattr(trees, name) for name in Trees.__dataclass_fields__}
    save_head(out, "terms", {**arrays, **known}, card)
    return scores


def style(name: str) -> Style:
    """Return the style of a set's keyphrases."""
    return "author" if name in ("KDD", "conference") else "index"


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


def abstracts(data: Path, part: Callable[[int], bool]) -> Iterator[str]:
    """Yield title and abstract of the conference papers whose number is in a part."""
    path = data / "conference" / "papers.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for number, line in enumerate(file):
            if part(number) and (paper := json.loads(line))["abstract"]:
                yield f"{paper['title']}. {paper['abstract']}"


def _for_prior(number: int) -> bool:
    """Tell whether a conference paper is for the prior; the others, two of five, are for tests."""
    return number % 5 > 1


def known_of(data: Path) -> dict[str, Floats]:
    """Return what the head knows of words beforehand: `prior` and `rarity`, [H] each."""
    return {
        "prior": _as_kept(prior_of(conference(data, _for_prior))),
        "rarity": _as_kept(rarity_of(abstracts(data, lambda number: number % 5 == _COUNTED))),
    }


def _as_kept(values: NDArray[Any]) -> Floats:
    """Return values as the head's file keeps them."""
    return values.astype(np.float16).astype(np.float32)


def prior_of(texts: Iterable[Text]) -> Floats:
    """Return the log of how much more often than others a bucket's phrases are keywords [H]."""
    seen, chosen = np.zeros(_BUCKETS), np.zeros(_BUCKETS)
    for text in texts:
        for item in candidates_of(text.text):
            at = slots(item, _BUCKETS)
            seen[at] += 1
            chosen[at] += stemmed(item.surface) in text.gold
    base = chosen.sum() / seen.sum()
    share = (chosen + _SHRINK * base) / (seen + _SHRINK) / base
    prior: Floats = np.log(share).astype(np.float32)
    return prior


def rarity_of(texts: Iterable[str]) -> Floats:
    """Return the inverse document frequency of each bucket's phrases [H]."""
    counts, total = np.zeros(_BUCKETS), 0
    for text in texts:
        total += 1
        for item in candidates_of(text):
            counts[slot(item.key, _BUCKETS)] += 1
    rarity: Floats = np.log((total + 1) / (counts + 0.5)).astype(np.float32)
    return rarity


Example = tuple[Floats, NDArray[np.bool_]]


def examples(texts: Sequence[Text], name: str, known: Mapping[str, Floats]) -> Iterator[Example]:
    """Yield the features [N, F] of each text's candidates, and which are keyphrases [N]."""
    for text in texts:
        if found := candidates_of(text.text):
            features = features_of(text.text, text.title, found, **known, style=style(name))
            yield features, np.array([stemmed(item.surface) in text.gold for item in found])


def fitted(learnt: Sequence[Example]) -> Trees:
    """Return trees that tell keyphrases from other candidates."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    model = HistGradientBoostingClassifier(
        max_iter=_TREES, learning_rate=0.05, max_depth=_DEPTH, max_leaf_nodes=None,
        min_samples_leaf=30, l2_regularization=10.0, random_state=0,
    )  # fmt: skip
    model.fit(np.concatenate([x for x, _ in learnt]), np.concatenate([y for _, y in learnt]))
    parts = [_whole(tree.nodes) for (tree,) in model._predictors]
    feature, threshold, value = (np.array(part) for part in zip(*parts, strict=True))
    base = model._baseline_prediction.reshape(1)
    return Trees(feature, _as_kept(threshold), _as_kept(value), _as_kept(base))


def _whole(nodes: NDArray[Any]) -> tuple[list[int], list[float], list[float]]:
    """Return features and thresholds of all inner nodes by level, and the leaves' values.

    Below a leaf that comes early every way leads to the same value.
    """
    level = [0]
    feature: list[int] = []
    threshold: list[float] = []
    for _ in range(_DEPTH):
        feature += [0 if nodes[n]["is_leaf"] else int(nodes[n]["feature_idx"]) for n in level]
        threshold += [0 if nodes[n]["is_leaf"] else nodes[n]["num_threshold"] for n in level]
        level = [
            child
            for n in level
            for child in ((n, n) if nodes[n]["is_leaf"] else (nodes[n]["left"], nodes[n]["right"]))
        ]
    return feature, threshold, [float(nodes[n]["value"]) for n in level]


def f1_at_ten(texts: Sequence[Text], head: TermHead, style: Style) -> float:
    """Return F1 of mean precision and mean recall of the terms that the head ranks first."""
    told = []
    for text in texts:
        found = candidates_of(text.text)
        told.append([term.surface for term in ranked(text.text, text.title, found, head, style)])
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
