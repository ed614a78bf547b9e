"""The entity and relation heads at work: passages in, typed spans and related pairs out."""

from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from itertools import chain, combinations
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from paperflow.encoder import TransformerEncoder, Vectors, load_encoder
from paperflow.extract.heads.batches import Span, tagger_batch
from paperflow.extract.heads.crf import spans_of
from paperflow.extract.heads.layers import Mixed
from paperflow.extract.heads.load import weights
from paperflow.extract.heads.pairs import RELATIONS, RelationClassifier
from paperflow.extract.heads.scorer import PairScorer, Placed
from paperflow.extract.heads.tagger import EntityTagger
from paperflow.extract.heads.tokens import token_spans
from paperflow.extract.sentences import sentence_spans

WINDOW = 200  # words that are encoded at once, in whole sentences
_BATCH = 32
_NEAR = 40  # tokens between two entities that may be related
_MOST_TOKENS = 200  # of a sentence; what is longer is no prose


@dataclass(frozen=True, slots=True)
class Found:
    """A sentence of a text that names entities, each by (start, end, type) in the text.

    `tokens` are the entities by tokens of the sentence, `states` [T, D] the tokens' for the
    relation head.
    """

    start: int
    end: int
    entities: tuple[tuple[int, int, str], ...]
    tokens: tuple[Span, ...]
    states: torch.Tensor

    def near(self) -> Iterator[Span]:
        """Yield the pairs of entities, by number, that are near enough to be related."""
        for a, b in combinations(range(len(self.tokens)), 2):
            if self.tokens[b][0] - self.tokens[a][1] <= _NEAR:
                yield a, b


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence as the heads see it: its text's number, its tokens with their spans."""

    text: int
    spans: list[Span]
    words: list[str]


@dataclass(frozen=True, slots=True)
class _Tokens(_Sentence):
    """A sentence with the mixed states [T, M, D] of its tokens."""

    states: torch.Tensor


_STOP = _Sentence(-1, [(0, 1)], ["."])  # between title and abstract in the text that is searched


@dataclass(frozen=True, slots=True)
class Read:
    """What the heads find in texts: each one's sentences that name entities.

    `vector` [D] is that of the searched text, by the name of its encoder, where one window
    holds all of it.
    """

    found: list[list[Found]]
    vector: dict[str, Vectors]


class TextReader:
    """Both heads over the packaged encoder; one encoding serves the two."""

    def __init__(self) -> None:
        encoder = load_encoder("minilm")
        if not isinstance(encoder, TransformerEncoder):
            raise TypeError("the packaged encoder has layers")
        self._encoder = encoder
        self.tagger = _loaded(EntityTagger(), "entities")
        self.classifier = _loaded(RelationClassifier(), "relations")
        mixes = torch.stack([self.tagger.mix.shares(), self.classifier.mix.shares()])
        self._mixes = mixes.detach().numpy()
        self._tagger = deepcopy(self.tagger)
        self._tagger.mix = Mixed(0)
        self._scorer = PairScorer(self.classifier)

    @torch.inference_mode()
    def read(self, texts: Sequence[str], lead: int = 0, searched: str = "") -> Read:
        """Return the sentences of each text that name entities.

        The first `lead` texts are title and abstract. They are encoded together, so that the
        vector of the text that is `searched` comes of the same pass.
        """
        sentences, vector = self._encoded(texts, lead, searched)
        order = sorted(range(len(sentences)), key=lambda at: (-len(sentences[at].spans), at))
        labels: list[Sequence[str]] = [()] * len(sentences)
        for start in range(0, len(order), _BATCH):
            batch = order[start : start + _BATCH]
            parts = [(sentences[at].words, sentences[at].states[:, :1]) for at in batch]
            for at, told in zip(batch, self._tagger.tag(*tagger_batch(parts)), strict=True):
                labels[at] = told
        result: list[list[Found]] = [[] for _ in texts]
        for sentence, told in zip(sentences, labels, strict=True):
            if marked := spans_of(told):
                result[sentence.text].append(_found(sentence, marked))
        return Read(result, vector)

    @torch.inference_mode()
    def relate(self, pairs: Sequence[tuple[Found, int, int]]) -> list[tuple[int, int, str] | None]:
        """Return how two entities of a sentence relate, in the direction that scores best.

        An answer is (first, second, relation) with the entities' numbers, None for unrelated.
        """
        if not pairs:
            return []
        numbers = {id(found): number for number, (found, _, _) in enumerate(pairs)}
        both = [
            Placed(numbers[id(found)], found.tokens[a], found.tokens[b])
            for found, one, other in pairs
            for a, b in ((one, other), (other, one))
        ]
        scores = self._scorer.scores([found.states for found, _, _ in pairs], both)
        return [
            _relation(scores[2 * at : 2 * at + 2], one, other)
            for at, (_, one, other) in enumerate(pairs)
        ]

    def _encoded(
        self, texts: Sequence[str], lead: int, searched: str
    ) -> tuple[list[_Tokens], dict[str, Vectors]]:
        """Return the sentences of all texts, encoded in windows of whole ones, and the vector."""
        windows = list(_windows(_lead(texts[:lead])))
        for number, text in enumerate(texts[lead:], lead):
            windows += _windows(_sentences(number, text))
        words = [[word for sentence in window for word in sentence.words] for window in windows]
        encoded = self._encoder.words_and_whole(words, self._mixes)
        vector = {}
        if searched and words and self._encoder.is_whole(words[0], searched):
            vector[self._encoder.name] = encoded[0][1]
        states = [states for states, _ in encoded]
        return list(chain.from_iterable(map(_with_states, windows, states))), vector


def _with_states(window: Sequence[_Sentence], states: NDArray[np.float16]) -> Iterator[_Tokens]:
    at = 0
    for sentence in window:
        rows = torch.from_numpy(states[at : at + len(sentence.spans)])
        at += len(sentence.spans)
        if sentence is not _STOP:
            yield _Tokens(sentence.text, sentence.spans, sentence.words, rows)


def _found(sentence: _Tokens, marked: Sequence[tuple[int, int, str]]) -> Found:
    spans = sentence.spans
    return Found(
        start=spans[0][0],
        end=spans[-1][1],
        entities=tuple((spans[a][0], spans[b - 1][1], kind) for a, b, kind in marked),
        tokens=tuple((a, b) for a, b, _ in marked),
        states=sentence.states[:, 1],
    )


def _relation(scores: torch.Tensor, one: int, other: int) -> tuple[int, int, str] | None:
    """Return the relation that the scores [2, R + 1] of both directions tell, if any."""
    if scores[:, -1].mean() <= 0:
        return None
    turned, which = divmod(int(scores[:, :-1].argmax()), len(RELATIONS))
    return (other, one, RELATIONS[which]) if turned else (one, other, RELATIONS[which])


def _lead(texts: Sequence[str]) -> Iterator[_Sentence]:
    """Yield the sentences of title and abstract, and the mark that stands between the two."""
    for number, text in enumerate(texts):
        yield from [_STOP] * (number > 0)
        yield from _sentences(number, text)


def _sentences(number: int, text: str) -> Iterator[_Sentence]:
    for start, end in sentence_spans(text):
        spans = [(start + a, start + b) for a, b in token_spans(text[start:end])][:_MOST_TOKENS]
        if spans:
            yield _Sentence(number, spans, [text[a:b] for a, b in spans])


def _windows(sentences: Iterable[_Sentence]) -> Iterator[list[_Sentence]]:
    """Yield runs of sentences of about WINDOW words."""
    window: list[_Sentence] = []
    for sentence in sentences:
        if window and sum(len(one.spans) for one in window) + len(sentence.spans) > WINDOW:
            yield window
            window = []
        window.append(sentence)
    if window:
        yield window


def _loaded(module: Any, name: str) -> Any:
    arrays = {key: torch.from_numpy(value) for key, value in weights(name).items()}
    module.load_state_dict(arrays)
    return module.eval()


@cache
def text_reader() -> TextReader:
    """Return the heads, loaded once in a process."""
    return TextReader()
