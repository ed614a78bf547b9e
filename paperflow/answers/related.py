"""Sentences that the graphs add to an answer: statements and typed edges of its concepts."""

from collections.abc import Iterable, Iterator, Sequence

from paperflow.extract.sentences import sentence_around
from paperflow.extract.words import phrase_key
from paperflow.graphs.hypergraph import Snapshot, open_hypergraph, statements, surroundings
from paperflow.records import Evidence, Passage
from paperflow.reports.report import Quote
from paperflow.retrieval.text import STOP_WORDS, words
from paperflow.workspace import Workspace

_LONGEST = 4  # words of a concept in a question
_EDGES = 200  # statements that are looked at
_PLACES = (
    "paper",
    "section",
    "author",
    "venue",
    "reference",
)  # ends that tell nothing of a subject


def related_quotes(
    workspace: Workspace, question: str, papers: Sequence[str], most: int
) -> tuple[Quote, ...]:
    """Return sentences of statements and edges on the concepts that a question names.

    Statements that name most of them come first, then the typed edges of `papers`, then
    statements one shared concept away. Keys and titles are left empty.
    """
    snapshot = open_hypergraph(workspace.store, workspace.hypergraph_files)
    asked = _concepts(workspace, snapshot, question)
    if not asked:
        return ()
    near, far = _statements(workspace, snapshot, asked)
    found = [*near, *_edges(workspace, snapshot, asked, papers), *far]
    return tuple(_sentences(workspace, found, most))


def _concepts(workspace: Workspace, snapshot: Snapshot, question: str) -> set[str]:
    """Return the nodes that a question names; one inside a longer name does not count."""
    found = words(question)
    taken: set[int] = set()
    nodes: set[str] = set()
    for size in range(_LONGEST, 0, -1):
        for at in range(len(found) - size + 1):
            place, part = set(range(at, at + size)), found[at : at + size]
            if place & taken or STOP_WORDS & {part[0], part[-1]}:
                continue
            if ids := workspace.store.statements.called(phrase_key(" ".join(part))):
                taken |= place
                nodes |= {snapshot.node_of(id) for id in ids}
    return nodes


def _statements(
    workspace: Workspace, snapshot: Snapshot, asked: set[str]
) -> tuple[list[Evidence], list[Evidence]]:
    """Return the sentences of statements that name what was asked, and of those next to them."""
    rows = {row for id in asked if (row := snapshot.row(id)) is not None}
    around = surroundings(snapshot.graph, sorted(rows), most=_EDGES)
    said = statements(workspace.store, snapshot, around.edges.tolist())

    def named(edge: int) -> int:
        return len(rows & set(snapshot.graph.members(edge).tolist()))

    ranked = sorted(
        zip(around.edges.tolist(), said, strict=True), key=lambda item: -named(item[0])
    )  # stable: near before far, new before old
    near = [step.evidence for edge, step in ranked if named(edge)]
    return near, [step.evidence for edge, step in ranked if not named(edge)]


def _edges(
    workspace: Workspace, snapshot: Snapshot, asked: set[str], papers: Sequence[str]
) -> Iterator[Evidence]:
    """Yield the sentences of the papers' typed edges between concepts, one of them asked about."""
    for edge in workspace.store.facts.relations(papers=list(papers)):
        ends = {snapshot.node_of(edge.source), snapshot.node_of(edge.target)}
        told = any(end.partition(":")[0] in _PLACES for end in ends)
        if ends & asked and not told:
            yield from edge.evidence[:1]


def _sentences(workspace: Workspace, found: Iterable[Evidence], most: int) -> Iterator[Quote]:
    """Yield the whole sentences around the evidence, each once, at most so many."""
    passages: dict[str, dict[str, Passage]] = {}
    seen: set[tuple[str, str]] = set()
    for item in found:
        if len(seen) == most:
            return
        if item.paper_id not in passages:
            own = workspace.store.facts.passages(item.paper_id)
            passages[item.paper_id] = {passage.id: passage for passage in own}
        passage = passages[item.paper_id][item.passage_id]
        start, stop = sentence_around(passage, item.start, item.end)
        text = passage.text[start:stop]
        if (item.paper_id, text) not in seen:
            seen.add((item.paper_id, text))
            yield Quote(
                text=text, key="", paper_id=item.paper_id, section=passage.section,
                page=passage.page,
            )  # fmt: skip
