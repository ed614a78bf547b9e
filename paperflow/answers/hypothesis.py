"""How two concepts may be joined: indirect paths, what is known, and what speaks against each step.

All by rule; a language model's part is in `agents.reasoning`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from paperflow.answers.connect import Route, connect, naming_both
from paperflow.answers.statements import Filter, mapped_statements
from paperflow.extract.passages import RECORD
from paperflow.extract.sentences import sentence_spans
from paperflow.graphs.hypergraph import Snapshot, statements
from paperflow.records import Passage
from paperflow.reports.connection import Member, Step
from paperflow.reports.hypothesis import Attack, Hypothesis, Known, Novelty, Source
from paperflow.retrieval.text import words
from paperflow.workspace import Workspace

HUB = 0.05  # share of all statements above which a concept is too common to join anything
_FEWEST = 20  # statements of a hub, in a small library
_LISTED = 10  # sentences that name both ends
_PASSAGES = 200  # passages in which such sentences are looked for
_HEDGED = re.compile(
    r"\b(may|might|could|possibly|perhaps|potentially|likely|suggests?|seems?|appears?|"
    r"hypothes\w+|conjectur\w+|speculat\w+|unclear|future work)\b",
    re.IGNORECASE,
)
_NEGATED = re.compile(
    r"\b(not|no|never|neither|nor|without|cannot|fails? to|failed to|lacks?|unable)\b|n't\b",
    re.IGNORECASE,
)


def hypothesis(
    workspace: Workspace,
    source: str,
    target: str,
    route: Route = Route(),  # noqa: B008 - immutable
    part: Filter = Filter(),  # noqa: B008 - immutable
) -> tuple[Hypothesis, list[str]]:
    """Return the shortest indirect paths, what is known, and doubts; and notes on the names.

    Raise what `connect` raises.
    """
    found, notes = connect(workspace, source, target, replace(route, indirect=True), part)
    snapshot, _ = mapped_statements(workspace, Filter())
    bare = Hypothesis(connection=found, novelty=_novelty(workspace, snapshot, found.ends))
    return replace(bare, doubts=tuple(_doubts(snapshot, bare))), notes


def _novelty(workspace: Workspace, snapshot: Snapshot, ends: tuple[Member, Member]) -> Novelty:
    """Return what the whole library says of both ends at once, whatever paths were asked for."""
    stated = _stated(workspace, snapshot, ends)
    found = stated or list(_named_together(workspace, ends))
    known: Known = "stated" if stated else "named together" if found else "new to the library"
    kept = tuple(found[:_LISTED])
    return Novelty(known=known, sources=kept, left_out=len(found) - len(kept))


def _stated(workspace: Workspace, snapshot: Snapshot, ends: tuple[Member, Member]) -> list[Source]:
    rows = [row for end in ends if (row := snapshot.row(end.id)) is not None]
    edges = naming_both(snapshot.graph, *rows).tolist()
    keys = workspace.citation_keys()
    said = [step.evidence for step in statements(workspace.store, snapshot, edges)]
    told = {(item.paper_id, item.quote): item for item in said}
    return [
        Source(quote=item.quote, paper_id=item.paper_id, key=keys.get(item.paper_id, ""))
        for _, item in sorted(told.items())
    ]


def _named_together(workspace: Workspace, ends: tuple[Member, Member]) -> Iterator[Source]:
    """Yield the sentences that name both ends as they are written, each once."""
    terms = sorted({word for end in ends for word in words(end.label)})
    patterns = [_name(end.label) for end in ends]
    keys = workspace.citation_keys()
    seen = set()
    for passage, _ in workspace.store.search.passages(terms, _PASSAGES):
        for text in _naming(passage, patterns):
            if (passage.paper_id, text) not in seen:
                seen.add((passage.paper_id, text))
                key = keys.get(passage.paper_id, "")
                yield Source(quote=text, paper_id=passage.paper_id, key=key)


def _naming(passage: Passage, patterns: Sequence[re.Pattern[str]]) -> Iterator[str]:
    """Yield the sentences of a passage in which each pattern is found."""
    is_prose = passage.section != RECORD and passage.kind != "reference"
    if is_prose and all(pattern.search(passage.text) for pattern in patterns):
        for start, stop in sentence_spans(passage.text):
            text = passage.text[start:stop]
            if all(pattern.search(text) for pattern in patterns):
                yield text


def _name(label: str) -> re.Pattern[str]:
    """Return a pattern that finds a concept by its label, the plural included."""
    spelled = r"[\W_]+".join(map(re.escape, words(label))) or re.escape(label)
    return re.compile(rf"(?<!\w){spelled}(?:e?s)?(?!\w)", re.IGNORECASE)


def _doubts(snapshot: Snapshot, found: Hypothesis) -> Iterator[Attack]:
    """Yield by rule what speaks against the statements, in their order, each once."""
    told = (
        Attack(step=found.numbers[step.id], text=text)
        for route in found.connection.routes
        for step, text in _route_doubts(snapshot, route)
    )
    yield from sorted(dict.fromkeys(told), key=lambda doubt: doubt.step)


def _route_doubts(snapshot: Snapshot, route: Sequence[Step]) -> Iterator[tuple[Step, str]]:
    for step in route:
        if hedge := _HEDGED.search(step.quote):
            yield step, f"the sentence is hedged: “{hedge[0]}”"
        if negation := _NEGATED.search(step.quote):
            yield step, f"the sentence holds a negation: “{negation[0]}”"
        yield from ((step, text) for text in _link_doubts(snapshot, step))
    if len({step.paper_id for step in route}) == 1 and len(route) > 1:
        yield route[0], "all statements of its path are of one paper, which may have joined them"


def _link_doubts(snapshot: Snapshot, step: Step) -> Iterator[str]:
    """Yield what speaks against the concepts that a step shares with the next."""
    total = snapshot.graph.num_hyperedges
    for member in step.members:
        if member.id not in step.shared:
            continue
        row = snapshot.row(member.id)
        count = 0 if row is None else int(snapshot.graph.degrees[row])
        if count >= _FEWEST and count > HUB * total:
            yield f"{member.label} is too common to join much: {count} of {total} statements"
        if set(member.roles) == {"context"}:
            yield f"{member.label} only tells where or how here, and is what leads on"
