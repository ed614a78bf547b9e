"""The entity and relation heads at work: passages in, typed spans and related pairs out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import torch

from paperflow.encoder import TransformerEncoder, load_encoder
from paperflow.extract.heads.batches import Span, pair_batch, tagger_batch
from paperflow.extract.heads.crf import spans_of
from paperflow.extract.heads.load import weights
from paperflow.extract.heads.pairs import RELATIONS, RelationClassifier
from paperflow.extract.heads.tagger import EntityTagger
from paperflow.extract.heads.tokens import token_spans
from paperflow.extract.sentences import sentence_spans

WINDOW = 200  # words that are encoded at once, in whole sentences
_BATCH = 32
_NEAR = 40  # tokens between two entities that may be related
_MOST_TOKENS = 200  # of a sentence; what is longer is no prose


@dataclass(frozen=True, slots=True)
class Found:
    """A sentence of a text: entities as (start, end, type), and (first, second, relation).

    The numbers in `pairs` count entities.
    """

    start: int
    end: int
    entities: tuple[tuple[int, int, str], ...]
    pairs: tuple[tuple[int, int, str], ...]


@dataclass(frozen=True, slots=True)
class _Tokens:
    """A sentence as the heads see it: its text's number, tokens with spans, frozen states."""

    text: int
    spans: list[Span]
    words: list[str]
    states: torch.Tensor


class TextReader:
    """Both heads over the packaged encoder; one encoding serves the two."""

    def __init__(self) -> None:
        encoder = load_encoder("minilm")
        if not isinstance(encoder, TransformerEncoder):
            raise TypeError("the packaged encoder has layers")
        self._encoder = encoder
        self.tagger = _loaded(EntityTagger(), "entities")
        self.classifier = _loaded(RelationClassifier(), "relations")

    @torch.inference_mode()
    def read(self, texts: Sequence[str]) -> list[list[Found]]:
        """Return what is found in each sentence of each text that names an entity."""
        result: list[list[Found]] = [[] for _ in texts]
        sentences = list(self._tokens(texts))
        for start in range(0, len(sentences), _BATCH):
            batch = sentences[start : start + _BATCH]
            inputs = tagger_batch([(sentence.words, sentence.states) for sentence in batch])
            for sentence, labels in zip(batch, self.tagger.tag(*inputs), strict=True):
                if marked := spans_of(labels):
                    result[sentence.text].append(self._found(sentence, marked))
        return result

    def _found(self, sentence: _Tokens, marked: list[tuple[int, int, str]]) -> Found:
        spans = sentence.spans
        return Found(
            start=spans[0][0],
            end=spans[-1][1],
            entities=tuple((spans[a][0], spans[b - 1][1], kind) for a, b, kind in marked),
            pairs=tuple(self._related(sentence, [(a, b) for a, b, _ in marked])),
        )

    def _related(self, sentence: _Tokens, marked: list[Span]) -> Iterator[tuple[int, int, str]]:
        """Yield the pairs that are related, in the direction that scores best."""
        near = [
            (a, b)
            for a in range(len(marked))
            for b in range(a + 1, len(marked))
            if marked[b][0] - marked[a][1] <= _NEAR
        ]
        both = [pair for a, b in near for pair in ((a, b), (b, a))]
        if not both:
            return
        inputs = pair_batch([(sentence.states, marked[a], marked[b]) for a, b in both])
        scores = self.classifier(*inputs)
        for at in range(0, len(both), 2):
            if scores[at : at + 2, -1].mean() > 0:
                best, which = divmod(int(scores[at : at + 2, :-1].argmax()), len(RELATIONS))
                yield (*both[at + best], RELATIONS[which])

    def _tokens(self, texts: Sequence[str]) -> Iterator[_Tokens]:
        """Yield the sentences of all texts, encoded in windows of whole sentences."""
        windows = [(number, part) for number, text in enumerate(texts) for part in _windows(text)]
        words = [[texts[n][a:b] for spans in part for a, b in spans] for n, part in windows]
        for (number, part), states in zip(windows, self._encoder.word_states(words), strict=True):
            at = 0
            for spans in part:
                rows = torch.from_numpy(states[at : at + len(spans)])
                at += len(spans)
                yield _Tokens(number, spans, [texts[number][a:b] for a, b in spans], rows)


def _windows(text: str) -> Iterator[list[list[Span]]]:
    """Yield runs of sentences, each the spans of its tokens, of about WINDOW words."""
    window: list[list[Span]] = []
    for start, end in sentence_spans(text):
        spans = [(start + a, start + b) for a, b in token_spans(text[start:end])][:_MOST_TOKENS]
        if window and sum(map(len, window)) + len(spans) > WINDOW:
            yield window
            window = []
        window += [spans] if spans else []
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
