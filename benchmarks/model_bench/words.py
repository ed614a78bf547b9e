"""Words as the frozen packaged encoder sees them, and a small net that reads a sentence of them.

States of the lower and of the upper three layers are kept on disk by the hash of their texts.
The net sees their principal components and how far a word is from the nearest citation, convolves
three words, and pools twice: what is greatest, and what each class attends to (Mullenbach et al.,
2018).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from vector_cache import cache_folder

from paperflow.encoder import TransformerEncoder, load_encoder
from paperflow.graph_models.training import Plan, fit

MIXES = np.array([[0, 1, 1, 1, 0, 0, 0], [0, 0, 0, 0, 1, 1, 1]], dtype=np.float32) / 3
CHUNK = 1024  # texts a file
WIDTH = 256  # principal components that a net sees
LONGEST = 90  # words of a sentence; the rest is cut
REACH = 10  # distances from a citation that are told apart, on either side
TARGET, OTHER = "TARGETCIT", "OTHERCIT"
_WORD = re.compile(r"\w+|[^\w\s]")
# What stands for a citation before the encoder, which knows no placeholder.
_SPOKEN = {TARGET: "Smith", OTHER: "others"}
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Words:
    """States [T, D] of all sentences' words, where each sentence starts [S + 1], places [T]."""

    states: NDArray[np.float16]
    starts: Ints
    places: Ints

    def batch(self, rows: Ints) -> tuple[Tensor, Tensor, Tensor]:
        """Return states [B, T, D], places [B, T], and which words are there [B, T]."""
        first, count = self.starts[rows], np.diff(self.starts)[rows]
        steps = np.arange(count.max())
        there = steps < count[:, None]
        at = np.where(there, first[:, None] + steps, 0)
        states = torch.from_numpy(self.states[at]).float()
        return states, torch.from_numpy(self.places[at]), torch.from_numpy(there)

    def joined(self, other: "Words") -> "Words":
        """Return these sentences, then the others."""
        return Words(
            np.concatenate([self.states, other.states]),
            np.concatenate([self.starts, self.starts[-1] + other.starts[1:]]),
            np.concatenate([self.places, other.places]),
        )


def components(words: Words, width: int = WIDTH) -> Words:
    """Return the words by principal components, of which weak ones count less than whitened."""
    draw = np.random.default_rng(0)
    some = words.states[draw.permutation(len(words.states))[:40_000]].astype(np.float32)
    mean = some.mean(0)
    values, basis = np.linalg.eigh(np.cov(some - mean, rowvar=False))
    basis = basis[:, ::-1][:, :width] / np.sqrt(values[::-1][:width] + values.mean())
    parts = [
        ((words.states[at : at + 20_000] - mean) @ basis).astype(np.float16)
        for at in range(0, len(words.states), 20_000)
    ]
    return Words(np.concatenate(parts), words.starts, words.places)


def read_words(marked: Sequence[str]) -> Words:
    """Return the words of sentences in which TARGETCIT and OTHERCIT stand for citations."""
    split = [_cut(_WORD.findall(text)) or ["."] for text in marked]
    starts = np.cumsum([0, *map(len, split)])
    spoken = [[_SPOKEN.get(word, word) for word in words] for words in split]
    chunks = [_states(spoken[at : at + CHUNK]) for at in range(0, len(spoken), CHUNK)]
    return Words(np.concatenate(chunks), starts, np.concatenate([_places(x) for x in split]))


def _cut(words: list[str]) -> list[str]:
    """Return as many words as are read, with the first target in the middle where it must be."""
    at = words.index(TARGET) if TARGET in words else 0
    begin = max(0, min(at - LONGEST // 2, len(words) - LONGEST))
    return words[begin : begin + LONGEST]


def _places(words: list[str]) -> Ints:
    """Return the distance to the nearest target: 0 is none, REACH + 1 the target itself."""
    at = np.array([n for n, word in enumerate(words) if word == TARGET])
    if not len(at):
        return np.zeros(len(words), dtype=np.int64)
    away = np.arange(len(words))[:, None] - at
    nearest = away[np.arange(len(words)), np.abs(away).argmin(1)]
    found: Ints = nearest.clip(-REACH, REACH) + REACH + 1
    return found


def _states(texts: Sequence[Sequence[str]]) -> NDArray[np.float16]:
    """Return the states of a chunk's words, computed once on a machine."""
    name = sha256("\n".join(" ".join(text) for text in texts).encode()).hexdigest()[:16]
    path: Path = cache_folder() / "states" / f"{name}.npy"
    if not path.exists():
        encoder = load_encoder()
        if not isinstance(encoder, TransformerEncoder):
            raise TypeError(f"{encoder.name} has no states of words")
        found = np.concatenate(encoder.word_states(texts, MIXES))
        found = found.reshape(len(found), -1)
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part.npy")
        np.save(part, found)
        part.replace(path)
    states: NDArray[np.float16] = np.load(path)
    return states


class SentenceReader(nn.Module):
    """Reads states of words, and returns logits."""

    def __init__(self, width: int, classes: int, channels: int, dropout: float) -> None:
        super().__init__()
        self.place = nn.Embedding(2 * REACH + 2, 16)
        self.near = nn.Linear(width + 16, 3 * channels)
        self.ask = nn.Linear(channels, classes)
        self.tell = nn.Linear(channels, classes)
        self.most = nn.Linear(channels, classes)
        self.dropout = nn.Dropout(dropout)

    def forward(self, states: Tensor, places: Tensor, there: Tensor) -> Tensor:
        """Return logits [B, C] of states [B, T, D], places [B, T], and words there [B, T]."""
        kept = there & (torch.rand(there.shape) > 0.1) if self.training else there
        seen = torch.cat([states, self.place(places)], -1) * kept[..., None]
        before, here, after = self.near(seen).chunk(3, -1)
        zero = torch.zeros_like(here[:, :1])
        before = torch.cat([zero, before[:, :-1]], 1)
        heard = self.dropout((before + here + torch.cat([after[:, 1:], zero], 1)).relu())
        return self._pool(heard, there[..., None])

    def _pool(self, heard: Tensor, there: Tensor) -> Tensor:
        share = self.ask(heard).masked_fill(~there, -torch.inf).softmax(1)
        attended = (share * self.tell(heard)).sum(1)
        most: Tensor = self.most(heard.masked_fill(~there, 0).amax(1))
        return attended + most


@dataclass(frozen=True)
class Reading:
    """How a reader is built and trained."""

    channels: int = 96
    dropout: float = 0.4
    epochs: int = 6
    rate: float = 1e-3
    batch: int = 64
    balance: float = 0.5  # the power of a class's rarity by which its sentences weigh


def reader_scores(
    words: Words,
    labels: Ints,
    train: Ints,
    asked: Ints,
    seed: int,
    how: Reading,
    aid: tuple[int, Ints] | None = None,
) -> Floats:
    """Train on rows of sentences, and return the log-probabilities [B, C] of the rows asked.

    `aid` is a second task: its first class, and its rows, of which an epoch draws twice as many
    as the first task has. No logit of one task competes with those of the other.
    """
    torch.manual_seed(seed)
    first, more = aid or (int(labels[train].max()) + 1, train[:0])
    classes = int(labels.max()) + 1
    model = SentenceReader(words.states.shape[1], classes, how.channels, how.dropout)
    weight = _weights(labels, train, more, how.balance)
    sizes, truth = np.diff(words.starts), torch.from_numpy(labels)
    second = torch.arange(classes) >= first

    def losses(_: int) -> Iterator[Tensor]:
        drawn = more[torch.randperm(len(more)).numpy()[: 2 * len(train)]]
        for rows in _batches(np.concatenate([train, drawn]), sizes, how.batch):
            rivals = second == (truth[rows] >= first)[:, None]
            logits = model(*words.batch(rows)).masked_fill(~rivals, -1e9)
            yield cross_entropy(logits, truth[rows], weight)

    plan = Plan(
        epochs=how.epochs, rate=how.rate, schedule="cosine", every=how.epochs, clip=1.0, seed=seed
    )
    fit(model, losses, lambda: 0.0, plan)
    return _asked(model, words, asked, first)


def _weights(labels: Ints, train: Ints, more: Ints, power: float) -> Tensor:
    """Return the classes' weights; within each task rare ones weigh more."""
    weight = np.ones(int(labels.max()) + 1)
    for rows in (train, more):
        names, counts = np.unique(labels[rows], return_counts=True)
        weight[names] = (len(rows) / (max(1, len(names)) * counts)) ** power
    return torch.from_numpy(weight).float()


def _batches(rows: Ints, sizes: Ints, batch: int) -> Iterator[Ints]:
    """Yield batches of sentences of like length, in a random order."""
    mixed = rows[torch.randperm(len(rows)).numpy()]
    parts = []
    for start in range(0, len(mixed), 20 * batch):
        part = mixed[start : start + 20 * batch]
        part = part[np.argsort(sizes[part], kind="stable")]
        parts += [part[at : at + batch] for at in range(0, len(part), batch)]
    for number in torch.randperm(len(parts)).tolist():
        yield parts[number]


@torch.no_grad()
def _asked(model: SentenceReader, words: Words, rows: Ints, classes: int) -> Floats:
    model.eval()
    parts = [model(*words.batch(rows[at : at + 256])) for at in range(0, len(rows), 256)]
    found: Floats = torch.cat(parts)[:, :classes].log_softmax(1).double().numpy()
    return found
