"""Answer a question in prose: a model writes, and only what its quotes bear is let through."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pydantic import BaseModel, Field

from paperflow.agents.prompting import fenced, prompt
from paperflow.answers import ask
from paperflow.answers.support import borne
from paperflow.errors import TooLong
from paperflow.reports.prose import Removed, Sentence
from paperflow.reports.report import Answer, Quote

if TYPE_CHECKING:
    from paperflow.agents.model import Model
    from paperflow.encoder import Encoder
    from paperflow.workspace import Workspace

QUOTES = 12  # that search finds for the model,
RELATED = 8  # and as many more from the graphs
_AGAIN = "\n\nNot all of your last answer was borne by its quotes. Write it anew without that:\n"


class Said(BaseModel):
    """A sentence of the answer, and the numbers of the quotes that bear it."""

    text: str = Field(min_length=1)
    quotes: tuple[int, ...]


class Written(BaseModel):
    """An answer, or that the quotes do not answer."""

    answered: bool = True
    sentences: tuple[Said, ...] = ()


def answer(
    workspace: "Workspace",
    question: str,
    model: "Model",
    *,
    limit: int = 5,
    dense: bool = True,
    citations: bool = False,
) -> Answer:
    """Return prose whose every sentence cites quotes that bear it, or a refusal, or quotes alone.

    What the library does not say is refused before the model is asked. Sentences that their
    quotes do not bear are written anew once, then removed, each with the reason. Raises
    ModelError where the model can't be asked.
    """
    most = max(limit, QUOTES)
    found = ask(workspace, question, limit=most, dense=dense, related=RELATED, citations=citations)
    if found.refusal:
        return found
    encoder = workspace.encoder if dense and workspace.is_embedded else None
    kept, removed = _written(model, found, encoder)
    if not kept:
        return replace(found, quotes=found.quotes[:limit], removed=removed, model=model.name)
    told = replace(found, prose=kept, removed=removed, model=model.name)
    return _only_cited(told)


def _written(
    model: "Model", found: Answer, encoder: "Encoder | None"
) -> tuple[tuple[Sentence, ...], tuple[Removed, ...]]:
    """Return what the quotes bear of a model's answer, and what they don't.

    A model that can't take all the quotes is shown the better half.
    """
    try:
        return _drafted(model, found, encoder)
    except TooLong:
        if not (half := found.quotes[: len(found.quotes) // 2]):
            raise
        return _written(model, replace(found, quotes=half), encoder)


def _drafted(
    model: "Model", found: Answer, encoder: "Encoder | None"
) -> tuple[tuple[Sentence, ...], tuple[Removed, ...]]:
    """Return the same of a model that is shown all quotes, and once told what they don't bear."""
    instructions, text = prompt("answer").text, _asked(found.question, found.quotes)
    quotes = [quote.text for quote in found.quotes]
    kept, removed = _checked(model.record(instructions, text, Written), quotes, encoder)
    if removed:
        reasons = "\n".join(f"- {item.text} ({item.reason})" for item in removed)
        again = model.record(instructions, text + _AGAIN + fenced("your answer", reasons), Written)
        kept, more = _checked(again, quotes, encoder)
        removed = list(dict.fromkeys([*removed, *more]))
    return tuple(kept), tuple(removed)


def _asked(question: str, quotes: Sequence[Quote]) -> str:
    told = [
        fenced(f"quote {number}", f"{quote.text}\n({quote.title})")
        for number, quote in enumerate(quotes, start=1)
    ]
    return "\n\n".join([f"The question: {question}", *told])


def _checked(
    written: Written, quotes: Sequence[str], encoder: "Encoder | None"
) -> tuple[list[Sentence], list[Removed]]:
    said = written.sentences if written.answered else ()
    return borne([Sentence(text=item.text, cites=item.quotes) for item in said], quotes, encoder)


def _only_cited(told: Answer) -> Answer:
    """Return the answer with the quotes that it cites, numbered anew in their order."""
    cited = sorted({number for item in told.prose for number in item.cites})
    place = {number: new for new, number in enumerate(cited, start=1)}
    prose = tuple(
        replace(item, cites=tuple(place[number] for number in item.cites)) for item in told.prose
    )
    return replace(told, prose=prose, quotes=tuple(told.quotes[number - 1] for number in cited))
