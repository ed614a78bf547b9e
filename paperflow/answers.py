"""What a user asks: an answer made of quotes, or that the library does not say."""

from collections import Counter
from collections.abc import Iterable, Iterator

from paperflow.errors import BadInput, NotReady
from paperflow.records import Passage
from paperflow.reports.report import Answer, Quote
from paperflow.retrieval.query import terms
from paperflow.retrieval.search import open_search
from paperflow.retrieval.sentences import RankedSentence, answerable, rank_sentences
from paperflow.workspace import Workspace

_PASSAGES = 60  # passages whose sentences are ranked, by words; and papers, by vectors
_A_PAPER = 2  # quotes of one paper, at most: an answer should not rest on one voice

REFUSAL = "The library does not say."


def ask(workspace: Workspace, question: str, *, limit: int = 5, dense: bool = True) -> Answer:
    """Return the sentences that answer best, each with citation key and place, or a refusal."""
    if not question.strip():
        raise BadInput("the question is empty", hint='ask in words: paperflow ask "Which …?"')
    workspace.require_papers()
    if not workspace.store.facts.counts()["passages"]:
        raise NotReady("the library is not analysed yet", hint="run `paperflow analyze`")
    encoder = workspace.encoder if dense and workspace.is_embedded else None
    passages = list(_candidates(workspace, question, dense=encoder is not None))
    ranked = rank_sentences(question, passages, store=workspace.store, encoder=encoder)
    if not answerable(question, ranked):
        return Answer(question=question, refusal=REFUSAL)
    return Answer(question=question, quotes=_quotes(workspace, ranked, limit))
