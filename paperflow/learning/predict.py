"""What a library lets expect: missing citations, concepts that belong together, what to read."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from paperflow.errors import NotReady
from paperflow.graphs.rows import NOT_STATED
from paperflow.learning.evidence import Candidates, candidates, nearest
from paperflow.learning.graph import READER, Floats, Ints, LinkGraph, Mask
from paperflow.learning.judge import Judge, judge
from paperflow.learning.reasons import CITATION, CONCEPTS, READING, Words, reasons
from paperflow.learning.tasks import TASKS
from paperflow.records import Prediction
from paperflow.reports.text import counted
from paperflow.workspace import Workspace

KEPT = 100  # predictions stored of what was asked, however few are shown
# Cosine below which texts tell nothing by themselves. The bundled corpus has 12 citing pairs with
# both texts: their 5 % quantile is .59 by hashed words, .57 by the packaged encoder. The median of
# any two papers is .52 and .32.
LEAST_LIKENESS = 0.5
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Predicted:
    """Predictions, the likeliest first, and a note on what made them and how good it is.

    `items` are those to show, `kept` those to store: KEPT, however few are shown. `kind` is theirs,
    `sources` are the nodes that were asked about, None where all were; `card` is that of the model.
    """

    items: tuple[Prediction, ...]
    kept: tuple[Prediction, ...]
    note: str
    kind: str
    sources: tuple[str, ...] | None
    card: dict[str, Any]

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        return {"note": self.note, "predictions": [item.as_dict() for item in self.items]}


def predict_links(
    workspace: Workspace, paper_id: str | None = None, *, limit: int = 10
) -> Predicted:
    """Return works that a paper, or any paper of the library, should cite but does not.

    Raise UnknownName where `paper_id` names no paper, NotReady where nothing is cited.
    """
    graph, sources = _graph(workspace, "links"), None
    if paper_id is not None:
        sources = np.array([graph.rows[workspace.paper_id(paper_id)]])
    return _predicted(workspace, "links", graph, sources, ("citation", CITATION), limit)


def predict_concepts(
    workspace: Workspace, paper_id: str | None = None, *, limit: int = 10
) -> Predicted:
    """Return concepts likely to be stated together that no sentence of the library has both.

    With `paper_id`, pairs of which the paper names one. Raise NotReady before the analysis.
    """
    graph, sources = _graph(workspace, "concepts"), None
    if paper_id is not None:
        paper = workspace.paper_id(paper_id)
        named = [entity.id for entity in workspace.store.facts.entities(papers=[paper])]
        rows = sorted(graph.rows[id] for id in named if id in graph.rows)
        sources = np.array(rows, dtype=np.int64)
    return _predicted(workspace, "concepts", graph, sources, ("concepts", CONCEPTS), limit)


def recommend(workspace: Workspace, *, limit: int = 10) -> Predicted:
    """Return what to read next, given the starred papers, or all of the library without stars."""
    graph = _graph(workspace, "recommend")
    reader = np.array([graph.rows[READER]])
    told = _predicted(workspace, "recommend", graph, reader, ("reading", READING), limit)
    stars = len(workspace.store.stars.all())
    shelf = counted(stars, "starred paper") if stars else "all papers, as none is starred"
    return replace(told, note=f"given {shelf}; {told.note}")


def _graph(workspace: Workspace, task: str) -> LinkGraph:
    workspace.require_papers()
    graph = TASKS[task].graph(workspace)
    if not graph.num_links:
        raise NotReady(f"the library has no {TASKS[task].links}", hint=TASKS[task].hint)
    return graph


def _predicted(
    workspace: Workspace,
    task: str,
    graph: LinkGraph,
    sources: Ints | None,
    form: tuple[str, Words],
    limit: int,
) -> Predicted:
    by, (kind, words) = judge(workspace, task, graph), form
    found = candidates(graph, graph.sources if sources is None else sources)
    if kind == "citation" and not by.calibrated:
        found = found.at(_speaks(graph, found))
    ranked = tuple(_predictions(graph, found, by, kind, words, max(limit, KEPT)))
    asked = None if sources is None else tuple(_id(graph, row) for row in sources.tolist())
    silent = kind == "citation" and not ranked
    note = f"{by.note}; nothing speaks for a missing citation" if silent else by.note
    return Predicted(ranked[:limit], ranked[:KEPT], note, kind, asked, by.card)


def _speaks(graph: LinkGraph, found: Candidates) -> Mask:
    """Mark [C] what more than a weak likeness of texts speaks for."""
    text, alike, neighbours, concepts, _ = found.values.T
    sources, place = np.unique(found.source, return_inverse=True)
    # What the most similar papers cite tells something only where they are similar.
    near = nearest(graph, sources).max(axis=1).toarray().ravel()[place]
    likeness = np.maximum(text, np.where(alike > 0, near, 0))
    speaks: Mask = (likeness >= LEAST_LIKENESS) | (neighbours > 0) | (concepts > 0)
    return speaks


def keep(workspace: Workspace, told: Predicted) -> None:
    """Keep predictions in the store, beside the facts, in place of those of the same sources."""
    if not workspace.store.read_only:
        workspace.store.predictions.put(told.kind, told.kept, told.card, sources=told.sources)


def _predictions(
    graph: LinkGraph, found: Candidates, by: Judge, kind: str, words: Words, limit: int
) -> list[Prediction]:
    scores = by.score(found)
    best = _best(graph, found, scores, limit, kind)
    why = _reasons(graph, found, best, by, words)
    return [
        Prediction(
            kind=kind,
            source=_id(graph, int(found.source[at])),
            target=graph.ids[found.target[at]],
            source_label=graph.labels[found.source[at]],
            target_label=graph.labels[found.target[at]],
            score=round(float(scores[at]), 6),
            calibrated=by.calibrated,
            reasons=why[at],
            model=by.name,
        )
        for at in best
    ]


def _id(graph: LinkGraph, row: int) -> str:
    return "" if graph.ids[row] == READER else graph.ids[row]


def _best(graph: LinkGraph, found: Candidates, scores: Floats, limit: int, kind: str) -> list[int]:
    """Return the places of the best candidates.

    A pair that stands both ways counts once. Of concepts, one name within the other does not
    count: that is a spelling, and no link. No work cites one of a later year.
    """
    order = np.lexsort((found.target, found.source, -scores))
    seen: set[tuple[int, int]] = set()
    best: list[int] = []
    for at in order.tolist():
        pair = int(found.source[at]), int(found.target[at])
        if len(best) == limit:
            break
        if pair[::-1] in seen or (kind in _NO_LINK and _NO_LINK[kind](graph, *pair)):
            continue
        best.append(at)
        seen.add(pair)
    return best


def _is_spelling(graph: LinkGraph, first: int, second: int) -> bool:
    one, other = (set(_WORD.findall(graph.labels[row].casefold())) for row in (first, second))
    return one <= other or other <= one


def _is_later(graph: LinkGraph, citing: int, cited: int) -> bool:
    first, second = graph.years[[citing, cited]].tolist()
    return bool(NOT_STATED not in (first, second) and second > first)


_NO_LINK: dict[str, Callable[[LinkGraph, int, int], bool]] = {
    "concepts": _is_spelling,
    "citation": _is_later,
}


def _reasons(
    graph: LinkGraph, found: Candidates, best: list[int], by: Judge, words: Words
) -> dict[int, tuple[str, ...]]:
    """Return the reasons of chosen candidates, by their place."""
    places: dict[int, list[int]] = {}
    for at in best:
        places.setdefault(int(found.source[at]), []).append(at)
    return {
        at: (*_attended(graph, by, source, int(found.target[at])), *why)
        for source, own in places.items()
        for at, why in zip(own, reasons(graph, source, found.target[own], words), strict=True)
    }


def _attended(graph: LinkGraph, by: Judge, source: int, target: int) -> tuple[str, ...]:
    """Return what the model attends to on the way, where it has attention."""
    way = by.paths(source, target) if by.paths else []
    named = "; ".join(f"{graph.labels[row]} ({weight:.4f})" for row, weight in way)
    return (f"attention on the way: {named}",) if named else ()
