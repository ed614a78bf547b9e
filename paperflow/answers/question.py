"""What a user asks: an answer made of quotes, or that the library does not say."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from paperflow.answers.related import related_quotes
from paperflow.errors import BadInput, NotReady
from paperflow.records import Passage
from paperflow.reports.report import Answer, Quote
from paperflow.retrieval.citations import follow_citations, library_citations
from paperflow.retrieval.query import terms
from paperflow.retrieval.search import search
from paperflow.retrieval.sentences import RankedSentence, answerable, rank_sentences
from paperflow.workspace import Workspace

REFUSAL = "The library does not say."
_PASSAGES = 60  # passages that words find, and papers that words and vectors find together
_FROM_ONE = 2  # quotes of one paper, at most: an answer should not rest on one voice
_NOT_SAID = ("title", "record")  # sections that name things but answer nothing


def ask(
    workspace: Workspace,
    question: str,
    *,
    limit: int = 5,
    dense: bool = True,
    related: int = 0,
    citations: bool = False,
) -> Answer:
    """Return the sentences that answer best, each with citation key and place, or a refusal.

    After them come at most `related` sentences of statements and edges on what was asked about.
    With `citations`, papers to which the citations of those found lead are read, too.
    """
    if not question.strip():
        raise BadInput("the question is empty", hint='ask in words: paperflow ask "Which …?"')
    workspace.require_papers()
    if not workspace.store.facts.counts()["passages"]:
        raise NotReady("the library is not analysed yet", hint="run `paperflow analyze`")
    dense = dense and workspace.is_embedded
    ranked = rank_sentences(
        question,
        _candidates(workspace, question, dense=dense, citations=citations),
        store=workspace.store,
        encoder=workspace.encoder if dense else None,
    )
    if not answerable(question, ranked):
        return Answer(question=question, refusal=REFUSAL)
    quotes = _best(ranked, limit)
    if related:
        quotes += _added(workspace, question, quotes, related)
    return Answer(question=question, quotes=_named(workspace, quotes))


def _candidates(
    workspace: Workspace, question: str, *, dense: bool, citations: bool
) -> list[Passage]:
    """Return the passages that words find, and those of the papers that fit as a whole."""
    store = workspace.store
    found = [item for item, _ in store.search.passages(terms(store, question), _PASSAGES)]
    hits = search(
        store,
        question,
        limit=_PASSAGES,
        encoder=workspace.encoder if dense else None,
        index=workspace.dense_index if dense else None,
    )
    if citations:
        hits = follow_citations(hits, library_citations(store), limit=2 * _PASSAGES)
    for hit in hits:
        found += store.facts.passages(hit.paper_id)
    return [item for item in dict.fromkeys(found) if item.section not in _NOT_SAID]


def _best(ranked: Sequence[RankedSentence], limit: int) -> tuple[Quote, ...]:
    """Return the best sentences, few from any one paper."""
    taken: Counter[str] = Counter()
    quotes: list[Quote] = []
    for item in ranked:
        paper_id = item.passage.paper_id
        if len(quotes) == limit:
            break
        if taken[paper_id] == _FROM_ONE or item.coverage + (item.cosine or 0.0) <= 0:
            continue
        taken[paper_id] += 1
        quotes.append(_quote(item))
    return tuple(quotes)


def _added(
    workspace: Workspace, question: str, quotes: Sequence[Quote], most: int
) -> tuple[Quote, ...]:
    """Return what the graphs add that is not quoted yet."""
    papers = sorted({quote.paper_id for quote in quotes})
    known = {(quote.paper_id, quote.text) for quote in quotes}
    found = related_quotes(workspace, question, papers, most + len(quotes))
    return tuple(item for item in found if (item.paper_id, item.text) not in known)[:most]


def _named(workspace: Workspace, quotes: Sequence[Quote]) -> tuple[Quote, ...]:
    """Return the quotes with the keys and titles of their papers."""
    keys = workspace.citation_keys()
    ids = sorted({quote.paper_id for quote in quotes})
    titles = {paper.id: paper.title for paper in workspace.store.papers.many(ids)}
    return tuple(
        replace(quote, key=keys[quote.paper_id], title=titles[quote.paper_id]) for quote in quotes
    )


def _quote(item: RankedSentence) -> Quote:
    return Quote(
        text=item.text,
        key="",
        paper_id=item.passage.paper_id,
        section=item.passage.section,
        page=item.passage.page,
        score=round(item.score, 6),
    )
