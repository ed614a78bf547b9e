"""Train the entity and relation heads on SciERC (Luan et al., 2018), over frozen states.

The states of every word are computed once and kept in the cache folder.
"""

import gzip
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from paperflow.extract.heads.crf import spans_of
from paperflow.extract.train.save import rounded, save_head

SEED = 0
SPLITS = ("train", "dev", "test")
_BRACKETS = {
    **{"-LRB-": "(", "-RRB-": ")", "-LSB-": "[", "-RSB-": "]", "-LCB-": "{", "-RCB-": "}"},
    **{"``": '"', "''": '"'},
}

Span = tuple[int, int]


@dataclass(frozen=True)
class Pair:
    """Two marked entities of a sentence and their relation, "" for none."""

    first: Span
    second: Span
    relation: str


@dataclass(frozen=True)
class Example:
    """A sentence: words, frozen states [W, L, D], BIO labels, and pairs of entities."""

    words: tuple[str, ...]
    states: Tensor
    labels: tuple[str, ...]
    pairs: tuple[Pair, ...]


def train(name: str, data: Path, out: Path, cache: Path) -> dict[str, float]:
    """Train and write the head called `name`; return its scores on the official test split."""
    from paperflow.extract.train import pairs, tagger

    random.seed(SEED)
    torch.manual_seed(SEED)
    examples = {split: list(read(split, data, cache)) for split in SPLITS}
    scores: dict[str, float]
    model, labels, scores = (tagger if name == "entities" else pairs).train(examples)
    arrays = {key: value.numpy() for key, value in model.state_dict().items()}
    card = {
        "labels": list(labels),
        "data": "SciERC (Luan et al., 2018)",
        "terms": "Apache-2.0",
        "split": "official; the epoch is chosen on the development split",
        "encoder": "all-MiniLM-L6-v2, frozen, every layer; a whole abstract at once",
        "seed": SEED,
        "parameters": int(sum(value.size for value in arrays.values())),
        "scores": rounded(scores),
    }
    save_head(out, name, arrays, card)
    return scores


def read(split: str, data: Path, cache: Path) -> Iterator[Example]:
    """Yield the sentences of a split with their states."""
    folder = data / "citation-intent"
    abstracts = _abstracts(folder / "sciie-ner" / f"{split}.conll.gz")
    states = _states(abstracts, cache / f"scierc-{split}.npy")
    pairs = _pairs(folder / "sciie-relations" / f"{split}.jsonl.gz")
    at = 0
    for words, labels in (sentence for abstract in abstracts for sentence in abstract):
        part = torch.from_numpy(np.array(states[at : at + len(words)]))
        at += len(words)
        yield Example(words, part, labels, _with_others(labels, pairs.get(words, [])))


_Sentence = tuple[tuple[str, ...], tuple[str, ...]]


def _abstracts(path: Path) -> list[list[_Sentence]]:
    """Return the sentences of each abstract: words, and labels in BIO."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        documents = file.read().split("-DOCSTART-")[1:]
    found = []
    for document in documents:
        blocks = [block.splitlines() for block in document.split("\n\n")[1:]]
        rows = [[line.split() for line in block if line.strip()] for block in blocks]
        found.append([_sentence(lines) for lines in rows if lines])
    return found


def _sentence(lines: list[list[str]]) -> _Sentence:
    tags = [line[3] for line in lines]
    labels = [
        "O" if tag == "O" else f"{'B' if _begins(tag, before) else 'I'}-{tag[2:]}"
        for tag, before in zip(tags, ["O", *tags], strict=False)
    ]
    return tuple(_BRACKETS.get(line[0], line[0]) for line in lines), tuple(labels)


def _begins(tag: str, before: str) -> bool:
    return tag.startswith("B") or before[2:] != tag[2:]


def _states(abstracts: list[list[_Sentence]], kept: Path) -> Any:
    """Return the states of all words [N, L, D], computed once; each abstract is one text."""
    if not kept.exists():
        from paperflow.encoder import TransformerEncoder, load_encoder

        encoder = load_encoder("minilm")
        if not isinstance(encoder, TransformerEncoder):
            raise TypeError("the packaged encoder has layers")
        texts = [[word for words, _ in abstract for word in words] for abstract in abstracts]
        kept.parent.mkdir(parents=True, exist_ok=True)
        np.save(kept, np.concatenate(encoder.word_states(texts)))
    return np.load(kept, mmap_mode="r")


def _pairs(path: Path) -> dict[tuple[str, ...], list[Pair]]:
    """Return the related pairs of each sentence; "[[ ]]" marks the first, "<< >>" the second."""
    found: dict[tuple[str, ...], list[Pair]] = {}
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for row in map(json.loads, file):
            marks = ("[[", "]]", "<<", ">>")
            words = tuple(_BRACKETS.get(w, w) for w in row["text"].split() if w not in marks)
            a, b, c, d = row["metadata"]
            found.setdefault(words, []).append(Pair((a, b + 1), (c, d + 1), row["label"]))
    return found


def _with_others(labels: tuple[str, ...], related: list[Pair]) -> tuple[Pair, ...]:
    """Return the related pairs, and every other pair of entities in the order of the text."""
    spans = [span[:2] for span in spans_of(labels)]
    known = {frozenset((pair.first, pair.second)) for pair in related}
    others = [
        Pair(first, second, "")
        for at, first in enumerate(spans)
        for second in spans[at + 1 :]
        if frozenset((first, second)) not in known
    ]
    return (*related, *others)
