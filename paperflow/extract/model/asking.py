"""Ask a language model about papers, chunk by chunk; every reply is kept as it comes."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import chain

from paperflow.documents import Document
from paperflow.engine import batched
from paperflow.errors import ModelError, NoAnswer, TooLong
from paperflow.extract.language_model import Answer, LanguageModel
from paperflow.extract.model.check import checked
from paperflow.extract.model.chunks import (
    SPLIT,
    Chunk,
    Replies,
    answered,
    chunks_of,
    halves,
    key_of,
    replies_to,
    text_of,
    unanswered,
)
from paperflow.extract.model.parse import Dropped, Unreadable
from paperflow.extract.model.schema import PROMPT
from paperflow.extract.passages import passages_of
from paperflow.extract.reading import Reading
from paperflow.records import Failure, Paper
from paperflow.store import Store

_AT_ONCE = 4  # requests under way
_PAPERS = 8  # a batch: their chunks are asked together, then they count as read
_BYTES_A_TOKEN = 3.5  # of English with formulas; rather too low than too high
_ANSWER = 0.5  # tokens of an answer for each token of its text
_AGAIN = "\n\nYour last answer was of no use: {reason}. Answer with one complete JSON object alone."

Progress = Callable[[int], None]


@dataclass(slots=True)
class Estimate:
    """What asking would take: chunks of text, those answered already, tokens there and back."""

    chunks: int = 0
    kept: int = 0
    sent: int = 0
    received: int = 0

    def cost(self, prices: tuple[float, float]) -> float:
        """Return the cost at these prices of a million tokens sent and received."""
        return (self.sent * prices[0] + self.received * prices[1]) / 1e6


@dataclass(slots=True)
class Asked:
    """What came of asking: tokens as the service counts them, facts, and what went wrong."""

    chunks: int = 0
    sent: int = 0
    received: int = 0
    facts: int = 0
    dropped: list[Dropped] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)

    @property
    def reasons(self) -> dict[str, int]:
        """Return how many facts were dropped for which reason, sorted."""
        return dict(sorted(Counter(item.reason for item in self.dropped).items()))


@dataclass(slots=True)
class _Done:
    """The replies to a chunk by key, more than one where it had to be split."""

    replies: dict[str, str] = field(default_factory=dict)
    answers: list[Answer] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)


def estimate(store: Store, model: str) -> Estimate:
    """Return what asking the model about the whole library would take; nothing is sent."""
    found = Estimate()
    for _, chunks in _papers(store):
        replies = replies_to(chunks, model, store.replies.get)
        found.kept += sum(1 for chunk in chunks for _ in answered(chunk, replies))
        for chunk in _missing(chunks, replies):
            size = _tokens(text_of(chunk))
            found.chunks += 1
            found.sent += size + _tokens(PROMPT)
            found.received += int(size * _ANSWER)
    return found


def ask(store: Store, model: LanguageModel, progress: Progress | None = None) -> Asked:
    """Ask the model about every chunk that it has not answered yet, and keep its replies.

    Raises ModelError where asking on is no use; what was answered before is kept, and the
    papers that it is about count as read.
    """
    asked, asker = Asked(), _Asker(model)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for papers in batched(_papers(store), _PAPERS):
            found = (replies_to(chunks, model.name, store.replies.get) for _, chunks in papers)
            missing = [
                chunk
                for (_, chunks), replies in zip(papers, found, strict=True)
                for chunk in _missing(chunks, replies)
            ]
            for done in pool.map(asker.answer, missing):
                _keep(store, asked, done)
                if progress:
                    progress(1)
            for paper_id, chunks in papers:
                _mark(store, model.name, paper_id, chunks, asked)
            if asker.refused:
                raise asker.refused
    return asked


def kept_replies(store: Store, paper: Paper, document: Document | None) -> Replies | None:
    """Return the replies with which a paper is to be analysed, None where no model read it."""
    model = store.replies.model_of(paper.id)
    return replies_to(_chunks(paper, document), model, store.replies.get) if model else None


def _papers(store: Store) -> Iterator[tuple[str, list[Chunk]]]:
    """Yield the id and the prose, in chunks, of each paper."""
    for paper in store.papers.all():
        yield paper.id, _chunks(paper, store.documents.get(paper.id))


def _chunks(paper: Paper, document: Document | None) -> list[Chunk]:
    passages = passages_of(paper) + (document.passages(paper.id) if document else ())
    return chunks_of(Reading(paper, passages, document).prose)


def _missing(chunks: Sequence[Chunk], replies: Replies) -> list[Chunk]:
    return list(chain.from_iterable(unanswered(chunk, replies) for chunk in chunks))


def _tokens(text: str) -> int:
    return int(len(text.encode()) / _BYTES_A_TOKEN) + 1


class _Asker:
    """Asks from several threads; once the service refuses, nobody asks on."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model
        self.refused: ModelError | None = None

    def answer(self, chunk: Chunk) -> _Done:
        """Return the model's reply to a chunk, or to its halves where it is too long."""
        done = _Done()
        try:
            if not self.refused:
                done.replies[key_of(self._model.name, chunk)] = self._readable(chunk, done)
        except TooLong as error:
            self._split(chunk, done, error.message)
        except NoAnswer as error:
            done.failures.append(_failure(chunk, error.message))
        except Unreadable as error:
            done.failures.append(_failure(chunk, str(error)))
        except ModelError as error:
            self.refused = error
        return done

    def _readable(self, chunk: Chunk, done: _Done) -> str:
        """Return a reply that can be read; the model is told once where it can't."""
        text = text_of(chunk)
        done.answers.append(self._model.ask(PROMPT, text))
        try:
            checked(chunk, done.answers[-1].text)
        except Unreadable as error:
            again = text + _AGAIN.format(reason=error)
            done.answers.append(self._model.ask(PROMPT, again))
            checked(chunk, done.answers[-1].text)
        return done.answers[-1].text

    def _split(self, chunk: Chunk, done: _Done, reason: str) -> None:
        parts = [self.answer(half) for half in halves(chunk)]
        if parts:
            done.replies[key_of(self._model.name, chunk)] = SPLIT
        else:
            done.failures.append(_failure(chunk, reason))
        for part in parts:
            done.replies |= part.replies
            done.answers += part.answers
            done.failures += part.failures


def _failure(chunk: Chunk, reason: str) -> Failure:
    first = chunk[0]
    start = " ".join(first.text.split())[:40]
    return Failure(item=f"{first.passage.paper_id}, text from {start!r}", reason=reason)


def _keep(store: Store, asked: Asked, done: _Done) -> None:
    store.replies.put(done.replies)
    asked.chunks += 1
    asked.sent += sum(answer.sent for answer in done.answers)
    asked.received += sum(answer.received for answer in done.answers)
    asked.failures += done.failures


def _mark(store: Store, model: str, paper_id: str, chunks: list[Chunk], asked: Asked) -> None:
    """Count a paper as read by the model, with as many replies as it has got."""
    replies = replies_to(chunks, model, store.replies.get)
    read = [found for chunk in chunks for found in answered(chunk, replies)]
    if read:
        store.replies.mark(paper_id, model, len(read))
    for chunk, reply in read:
        result = checked(chunk, reply)
        asked.facts += len(result.kept)
        asked.dropped += result.dropped
