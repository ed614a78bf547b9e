"""What a library lets expect: citations that are missing, and what to read next."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from paperflow.errors import NotReady
from paperflow.learning.build import citation_links, reader_links
from paperflow.learning.evidence import Candidates, by_rule, candidates
from paperflow.learning.graph import READER, Floats, Ints, LinkGraph
from paperflow.learning.reasons import reasons
from paperflow.records import Prediction
from paperflow.workspace import Workspace

RULE = "rule: text, citations of similar papers, common neighbours"
NO_MODEL = "no model is trained: ranked by a rule, and the scores are no probabilities"


@dataclass(frozen=True, slots=True)
class Predicted:
    """Predictions, the likeliest first, and a note on what made them."""

    items: tuple[Prediction, ...]
    note: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        return {"note": self.note, "predictions": [item.as_dict() for item in self.items]}


def predict_links(
    workspace: Workspace, paper_id: str | None = None, *, limit: int = 10
) -> Predicted:
    """Return works that a paper, or any paper of the library, should cite but does not.

    Raise UnknownName where `paper_id` names no paper, NotReady where nothing is cited.
    """
    workspace.require_papers()
    graph = citation_links(workspace)
    if not graph.links.shape[1]:
        raise NotReady(
            "no paper of the library says what it cites",
            hint="add full texts or records with references: `paperflow expand`",
        )
    sources = graph.sources
    if paper_id is not None:
        sources = np.array([graph.rows[workspace.store.papers.find(paper_id)]])
    return _predicted(graph, sources, by_rule, kind="citation", limit=limit)


def recommend(workspace: Workspace, *, limit: int = 10) -> Predicted:
    """Return what to read next, given the library's papers."""
    workspace.require_papers()
    graph = reader_links(workspace, workspace.store.papers.ids())
    reader = np.array([graph.rows[READER]])
    return _predicted(graph, reader, by_rule, kind="reading", limit=limit)


def _predicted(
    graph: LinkGraph,
    sources: Ints,
    score: Callable[[Floats], Floats],
    *,
    kind: str,
    limit: int,
) -> Predicted:
    found = candidates(graph, sources)
    scores = score(found.values)
    best = np.lexsort((found.target, found.source, -scores))[:limit]
    told = _reasons(graph, found, best)
    items = (
        Prediction(
            kind=kind,
            source="" if (id := graph.ids[found.source[at]]) == READER else id,
            target=graph.ids[found.target[at]],
            source_label=graph.labels[found.source[at]],
            target_label=graph.labels[found.target[at]],
            score=round(float(scores[at]), 6),
            reasons=told[at],
            model=RULE,
        )
        for at in best.tolist()
    )
    return Predicted(tuple(items), NO_MODEL)


def _reasons(
    graph: LinkGraph, found: Candidates, best: Iterable[int]
) -> dict[int, tuple[str, ...]]:
    """Return the reasons of chosen candidates, by their place."""
    places: dict[int, list[int]] = {}
    for at in best:
        places.setdefault(int(found.source[at]), []).append(int(at))
    told = {}
    for source, own in places.items():
        for at, why in zip(
            own, reasons(graph, source, found.target[own], verb="cite"), strict=True
        ):
            told[at] = why
    return told
