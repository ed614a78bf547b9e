"""A paper's text in pieces that fit into a model's context, each with a key by its content."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

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


def key_of(model: str, chunk: Chunk) -> str:
    """Return the key of a model's reply to a chunk: it changes with model, prompt, and text."""
    return fingerprint(PROMPT, model, text_of(chunk))


def answered(chunk: Chunk, replies: Replies) -> Iterator[tuple[Chunk, str]]:
    """Yield the chunk, or the halves of it that the model could bear, with their replies."""
    reply = replies.texts.get(key_of(replies.model, chunk))
    if reply:
        yield chunk, reply
    elif reply == SPLIT:
        for half in halves(chunk):
            yield from answered(half, replies)


def unanswered(chunk: Chunk, replies: Replies) -> Iterator[Chunk]:
    """Yield the chunk, or those of its halves, that the model has not answered."""
    reply = replies.texts.get(key_of(replies.model, chunk))
    if reply is None:
        yield chunk
    elif reply == SPLIT:
        for half in halves(chunk):
            yield from unanswered(half, replies)


def replies_to(
    chunks: Sequence[Chunk], model: str, known: Callable[[Sequence[str]], Found]
) -> Replies:
    """Return the replies that `known` holds to the chunks, and to the halves of those too long."""
    texts: dict[str, str] = {}
    while chunks:
        keys = [key_of(model, chunk) for chunk in chunks]
        texts |= known(keys)
        split = [c for c, key in zip(chunks, keys, strict=True) if texts.get(key) == SPLIT]
        chunks = [half for chunk in split for half in halves(chunk)]
    return Replies(model, texts)
