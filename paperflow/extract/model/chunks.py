"""A paper's text in pieces that fit into a model's context, each with a key by its content."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

from paperflow.extract.model.schema import PROMPT
from paperflow.extract.sentences import sentence_spans
from paperflow.records import Passage, fingerprint

MOST = 5000  # characters of a chunk: some 1,400 tokens, so that a context of 4,096 is enough
SPLIT = ""  # stands for the reply to a chunk that was too long: look at its halves
_LEAST = 400  # characters; a chunk that is too long even so is given up


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a passage, whole sentences where they are short enough."""

    passage: Passage
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.passage.text[self.start : self.end]


Chunk = tuple[Piece, ...]
Found = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Replies:
    """What a model answered, by the chunks' keys."""

    model: str
    texts: Found


class Question(NamedTuple):
    """A chunk, and what the model is asked to tell of it."""

    chunk: Chunk
    prompt: str = PROMPT


def questions_of(passages: Iterable[Passage]) -> list[Question]:
    """Return the passages' text as the model is asked about it first, in order."""
    return [Question(chunk) for chunk in chunks_of(passages)]


def chunks_of(passages: Iterable[Passage], most: int = MOST) -> list[Chunk]:
    """Return the passages' text in chunks of at most `most` characters, in order."""
    return list(_packed(chain.from_iterable(_cut(p, 0, len(p.text), most) for p in passages), most))


def _packed(pieces: Iterable[Piece], most: int) -> Iterator[Chunk]:
    held: list[Piece] = []
    for piece in pieces:
        if held and sum(len(item.text) for item in (*held, piece)) > most:
            yield tuple(held)
            held = []
        held.append(piece)
    if held:
        yield tuple(held)


def _cut(passage: Passage, start: int, end: int, most: int) -> Iterator[Piece]:
    """Yield a stretch in pieces of at most `most` characters, cut before sentences."""
    while end - start > most:
        stop = _cut_before(passage.text, start + 1, start + most)
        if passage.text[start:stop].strip():
            yield Piece(passage, start, stop)
        start = stop
    if passage.text[start:end].strip():
        yield Piece(passage, start, end)


def _cut_before(text: str, least: int, most: int) -> int:
    """Return the last start of a sentence between two places, else the later place."""
    return max((at for at, _ in sentence_spans(text) if least <= at <= most), default=most)


def halves(chunk: Chunk) -> list[Chunk]:
    """Return two chunks or more with the text of one, none where it is as short as can be."""
    length = sum(len(piece.text) for piece in chunk)
    if length < 2 * _LEAST:
        return []
    most = (length + 1) // 2
    pieces = (_cut(piece.passage, piece.start, piece.end, most) for piece in chunk)
    return list(_packed(chain.from_iterable(pieces), most))


def text_of(chunk: Chunk) -> str:
    """Return what the model is shown, an empty line between two pieces."""
    return "\n\n".join(piece.text.strip() for piece in chunk)


def key_of(model: str, question: Question) -> str:
    """Return the key of a model's reply: it changes with model, prompt, and text."""
    return fingerprint(question.prompt, model, text_of(question.chunk))


def halves_of(question: Question) -> list[Question]:
    """Return the question about each half of its chunk, none where it is as short as can be."""
    return [Question(half, question.prompt) for half in halves(question.chunk)]


def answered(question: Question, replies: Replies) -> Iterator[tuple[Chunk, str]]:
    """Yield the chunk, or the halves of it that the model could bear, with their replies."""
    reply = replies.texts.get(key_of(replies.model, question))
    if reply:
        yield question.chunk, reply
    elif reply == SPLIT:
        for half in halves_of(question):
            yield from answered(half, replies)


def unanswered(question: Question, replies: Replies) -> Iterator[Question]:
    """Yield the question, or those about halves of its chunk, that the model has not answered."""
    reply = replies.texts.get(key_of(replies.model, question))
    if reply is None:
        yield question
    elif reply == SPLIT:
        for half in halves_of(question):
            yield from unanswered(half, replies)


def replies_to(
    questions: Sequence[Question], model: str, known: Callable[[Sequence[str]], Found]
) -> Replies:
    """Return the replies that `known` holds, also to the halves of chunks that were too long."""
    texts: dict[str, str] = {}
    while questions:
        keys = [key_of(model, question) for question in questions]
        texts |= known(keys)
        split = [q for q, key in zip(questions, keys, strict=True) if texts.get(key) == SPLIT]
        questions = [half for question in split for half in halves_of(question)]
    return Replies(model, texts)
