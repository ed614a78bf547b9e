"""Ask a language model about papers, chunk by chunk; every reply is kept as it comes."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple

from paperflow.documents import Document
from paperflow.engine import batched
from paperflow.errors import BudgetSpent, ModelError, NoAnswer, TooLong
from paperflow.extract.language_model import Answer, LanguageModel
from paperflow.extract.model.check import checked
from paperflow.extract.model.chunks import (
    SPLIT,
    Question,
    Replies,
    answered,
    halves_of,
    key_of,
    questions_of,
    replies_to,
    text_of,
    unanswered,
)
from paperflow.extract.model.data import fenced
from paperflow.extract.model.gaps import Place, gaps_of
from paperflow.extract.model.parse import Dropped, Unreadable
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
Gaps = Mapping[str, Collection[Place]]
"""Parts of full texts, by their papers' ids."""


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
    for paper in _papers(store, None):
        replies = replies_to(paper.asked, model, store.replies.get)
        found.kept += sum(1 for question in paper.asked for _ in answered(question, replies))
        for question in _missing(paper.asked, replies):
            size = _tokens(text_of(question.chunk))
            found.chunks += 1
            found.sent += size + _tokens(question.prompt)
            found.received += int(size * _ANSWER)
    return found


def ask(
    store: Store, model: LanguageModel, progress: Progress | None = None, gaps: Gaps | None = None
) -> Asked:
    """Ask the model about every text that it has not read yet, and keep its replies.

    With `gaps`, about these parts of these papers instead. Raises ModelError or BudgetSpent
    where asking on is no use; what was answered before is kept, and the papers that it is
    about count as read.
    """
    asked, asker = Asked(), _Asker(model)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for papers in batched(_papers(store, gaps), _PAPERS):
            found = (replies_to(paper.asked, model.name, store.replies.get) for paper in papers)
            missing = [
                question
                for paper, replies in zip(papers, found, strict=True)
                for question in _missing(paper.asked, replies)
            ]
            for done in pool.map(asker.answer, missing):
                _keep(store, asked, done)
                if progress:
                    progress(1)
            for paper in papers:
                _mark(store, model.name, paper, asked)
            if asker.refused:
                raise asker.refused
    return asked


def kept_replies(store: Store, paper: Paper, document: Document | None) -> Replies | None:
    """Return the replies with which a paper is to be analysed, None where no model read it."""
    if not (model := store.replies.model_of(paper.id)):
        return None
    return replies_to(_everything(_reading(paper, document)), model, store.replies.get)


class _Paper(NamedTuple):
    """A paper: what the model is asked now, and all that it may have been asked."""

    reading: Reading
    asked: list[Question]

    @property
    def everything(self) -> list[Question]:
        return _everything(self.reading)


def _papers(store: Store, gaps: Gaps | None) -> Iterator[_Paper]:
    """Yield each paper with its prose, or with its gaps."""
    papers = store.papers.all() if gaps is None else store.papers.many(sorted(gaps))
    for paper in papers:
        reading = _reading(paper, store.documents.get(paper.id))
        if gaps is None:
            yield _Paper(reading, questions_of(reading.prose))
        else:
            yield _Paper(reading, [gap.question for gap in gaps_of(reading, gaps[paper.id])])


def _reading(paper: Paper, document: Document | None) -> Reading:
    passages = passages_of(paper) + (document.passages(paper.id) if document else ())
    return Reading(paper, passages, document)


def _everything(reading: Reading) -> list[Question]:
    return [*questions_of(reading.prose), *(gap.question for gap in gaps_of(reading))]


def _missing(questions: Sequence[Question], replies: Replies) -> list[Question]:
    return list(chain.from_iterable(unanswered(item, replies) for item in questions))


def _tokens(text: str) -> int:
    return int(len(text.encode()) / _BYTES_A_TOKEN) + 1


class _Asker:
    """Asks from several threads; once the service refuses, nobody asks on."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model
        self.refused: ModelError | BudgetSpent | None = None

    def answer(self, question: Question) -> _Done:
        """Return the model's reply to a question, or to its halves where it is too long."""
        done = _Done()
        try:
            if not self.refused:
                done.replies[key_of(self._model.name, question)] = self._readable(question, done)
        except TooLong as error:
            self._split(question, done, error.message)
        except NoAnswer as error:
            done.failures.append(_failure(question, error.message))
        except Unreadable as error:
            done.failures.append(_failure(question, str(error)))
        except (ModelError, BudgetSpent) as error:
            self.refused = error
        return done

    def _readable(self, question: Question, done: _Done) -> str:
        """Return a reply that can be read; the model is told once where it can't."""
        text = fenced("text", text_of(question.chunk))
        done.answers.append(self._model.ask(question.prompt, text))
        try:
            checked(question.chunk, done.answers[-1].text)
        except Unreadable as error:
            again = text + _AGAIN.format(reason=error)
            done.answers.append(self._model.ask(question.prompt, again))
            checked(question.chunk, done.answers[-1].text)
        return done.answers[-1].text

    def _split(self, question: Question, done: _Done, reason: str) -> None:
        parts = [self.answer(half) for half in halves_of(question)]
        if parts:
            done.replies[key_of(self._model.name, question)] = SPLIT
        else:
            done.failures.append(_failure(question, reason))
        for part in parts:
            done.replies |= part.replies
            done.answers += part.answers
            done.failures += part.failures


def _failure(question: Question, reason: str) -> Failure:
    first = question.chunk[0]
    start = " ".join(first.text.split())[:40]
    return Failure(item=f"{first.passage.paper_id}, text from {start!r}", reason=reason)


def _keep(store: Store, asked: Asked, done: _Done) -> None:
    store.replies.put(done.replies)
    asked.chunks += 1
    asked.sent += sum(answer.sent for answer in done.answers)
    asked.received += sum(answer.received for answer in done.answers)
    asked.failures += done.failures


def _mark(store: Store, model: str, paper: _Paper, asked: Asked) -> None:
    """Count a paper as read by the model, with as many replies as it has got."""
    replies = replies_to(paper.everything, model, store.replies.get)
    if count := sum(1 for question in paper.everything for _ in answered(question, replies)):
        store.replies.mark(paper.reading.paper.id, model, count)
    for question in paper.asked:
        for chunk, reply in answered(question, replies):
            result = checked(chunk, reply)
            asked.facts += len(result.kept)
            asked.dropped += result.dropped
