"""What a user does with a library: analyse it, look at it, check it, take it away."""

import platform
from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as version_of
from typing import TYPE_CHECKING, Any, TextIO

from paperflow.errors import BadInput, NotReady, WorkspaceError
from paperflow.extract import version
from paperflow.pipeline import Progress, Summary, analyze_papers
from paperflow.workspace import Workspace

if TYPE_CHECKING:
    from paperflow.extract.language_model import LanguageModel
    from paperflow.extract.model.asking import Asked, Estimate, Gaps
    from paperflow.graphs.joins import Join
    from paperflow.graphs.neighbourhood import Neighbourhood
    from paperflow.graphs.selection import Selection
    from paperflow.reports.connection import Connection
    from paperflow.reports.hypothesis import Hypothesis
    from paperflow.reports.report import Answer, Covered, Report
    from paperflow.store.authors import Person

_PARTS = (
    "torch",
    "sentence-transformers",
    "torch-geometric",
    "faiss-cpu",
    "faiss-gpu",
    "hypernetx",
)
GAPS = 200  # parts without a link that a report lists
LISTED = 500  # papers that a report without a query lists, the newest first


def to_analyze(workspace: Workspace) -> int:
    """Return how many papers are new or changed since they were analysed."""
    return workspace.store.facts.pending_count(version(heads=_heads(workspace)))


def analyze(workspace: Workspace, *, progress: Progress | None = None) -> Summary:
    """Turn every new or changed paper into passages, nodes, edges, and statements."""
    workspace.require_papers()
    return analyze_papers(
        workspace.store,
        workers=workspace.settings.workers,
        heads=_heads(workspace),
        progress=progress,
    )


def language_model(workspace: Workspace, name: str = "", url: str = "") -> "LanguageModel | None":
    """Return the model of this name and address, else that of the settings, else None."""
    from paperflow.extract.language_model import connect

    settings = workspace.settings
    if not (name or settings.model):
        return None
    address = url or settings.model_url
    return connect(name or settings.model, address, offline=settings.offline)


def estimate(workspace: Workspace, model: str) -> "Estimate":
    """Return what it would take to ask the model about the library; nothing is sent."""
    from paperflow.extract.model.asking import estimate as estimated

    workspace.require_papers()
    return estimated(workspace.store, model)


def model_prices(workspace: Workspace) -> tuple[float, float] | None:
    """Return the setting's prices of a million tokens sent and received, None where not set."""
    text = workspace.settings.model_prices
    try:
        sent, received = (float(part) for part in text.split("/")) if text else (-1.0, -1.0)
    except ValueError as error:
        message = f"setting model_prices can't be {text!r}"
        raise BadInput(message, hint="write SENT/RECEIVED of a million tokens: 0.25/2") from error
    return (sent, received) if text else None


def ask_model(
    workspace: Workspace,
    model: "LanguageModel",
    *,
    gaps: "Gaps | None" = None,
    progress: Progress | None = None,
) -> "Asked":
    """Let the model read what it has not read yet, or tell of `gaps`; `analyze` then uses it."""
    from paperflow.extract.model.asking import ask

    workspace.require_papers()
    return ask(workspace.store, model, progress, gaps)


def open_parts(workspace: Workspace) -> list[tuple[str, str, int]]:
    """Return paper, kind, and number of the parts that are not linked and may be asked about."""
    from paperflow.extract.model.gaps import ASKED
    from paperflow.graphs.coverage import coverage

    return [
        (found.paper_id, part.kind, part.number)
        for found in coverage(workspace.store)
        for part in found.missing
        if part.kind in ASKED and part.number is not None
    ]


def forget_model(workspace: Workspace) -> None:
    """Let every paper be analysed by rule alone again; what a model told is kept for later."""
    workspace.store.replies.forget_readings()


def _heads(workspace: Workspace) -> bool:
    """Tell whether the settings ask for the trained heads."""
    return workspace.settings.heads == "on"


def library_status(workspace: Workspace) -> dict[str, Any]:
    """Return what the library holds, and how much is still to be analysed and embedded."""
    store = workspace.store
    counts = store.facts.counts()
    first, last = store.papers.date_range()
    return {
        "workspace": str(workspace.folder),
        "papers": store.papers.count(),
        "passages": counts["passages"],
        "nodes": counts["entities"],
        "edges": counts["relations"],
        "hyperedges": counts["hyperedges"],
        "first_date": first,
        "last_date": last,
        "to_analyze": to_analyze(workspace),
        "to_embed": workspace.unembedded,
        "revision": store.revision,
        "node_types": _of_kind(counts, "entity"),
        "edge_types": _of_kind(counts, "relation"),
    }


def examine(workspace: Workspace) -> dict[str, Any]:
    """Return the versions of what paperflow runs on, and everything wrong with the store."""
    parts = {
        "workspace": str(workspace.folder),
        "python": platform.python_version(),
        **{name: _version(name) for name in _PARTS},
        "kernels": _kernels(),
    }
    try:
        parts["store"] = workspace.store.database.engine
        parts["store can be written"] = "no" if workspace.store.read_only else "yes"
        problems = list(workspace.store.checks.problems())
    except WorkspaceError as error:
        problems = [f"{error.message}: {error.hint}"]
    return {"parts": parts, "problems": problems + _damaged_arrays(workspace)}


def _damaged_arrays(workspace: Workspace) -> list[str]:
    from paperflow.graphs.hypergraph.files import is_intact

    folder = workspace.hypergraph_files
    damaged = folder.exists() and not is_intact(folder)
    return [f"the hypergraph's files in {folder} are not as they were written"] * damaged


def repair_derived(workspace: Workspace, *, progress: Progress | None = None) -> Summary:
    """Forget everything derived from the papers and make it again."""
    from shutil import rmtree

    analysed = workspace.store.facts.counts()["passages"] > 0
    workspace.store.checks.repair()
    if workspace.index.exists():
        rmtree(workspace.index)
    return analyze(workspace, progress=progress) if analysed else Summary(0, ())


def graph_statistics(workspace: Workspace, selection: "Selection") -> dict[str, Any]:
    """Return the graph and the hypergraph of the library in numbers."""
    from paperflow.graphs.hypergraph import hypergraph
    from paperflow.graphs.knowledge import knowledge_graph
    from paperflow.graphs.stats import graph_stats, hypergraph_stats

    _require_analysis(workspace)
    return {
        "graph": graph_stats(knowledge_graph(workspace.store, selection, evidence=False)),
        "hypergraph": hypergraph_stats(hypergraph(workspace.store, selection)),
    }


def around(
    workspace: Workspace, name: str, *, hops: int, most: int, types: Sequence[str] = ()
) -> tuple["Neighbourhood", list[str]]:
    """Return the surroundings of the node that `name` means, and what else is to be said.

    A name that is only similar to the node's, and others that it fits as well, are told.
    """
    from paperflow.graphs.find import find_node
    from paperflow.graphs.knowledge import knowledge_graph
    from paperflow.graphs.neighbourhood import neighbourhood

    _require_analysis(workspace)
    graph = knowledge_graph(workspace.store)
    found = find_node(graph, name, types)
    notes = [f"nothing is called {name!r}; this is the nearest"] * (found.by == "spelling")
    if others := [f"{graph.node(row).label} ({graph.node(row).type})" for row in found.others[:5]]:
        notes.append(f"{name!r} could also mean: {', '.join(others)}")
    return neighbourhood(graph, found.row, hops=hops, max_nodes=most), notes


def joins(workspace: Workspace) -> list["Join"]:
    """Return every join of two nodes, and every one that was taken back, by label."""
    from paperflow.graphs.joins import list_joins

    _require_analysis(workspace)
    return list_joins(workspace.store)


def undo_join(workspace: Workspace, name: str, *, undone: bool = True) -> "Join":
    """Take back the join of the node called `name`, an id or a label; or let it stand again."""
    from paperflow.graphs.joins import find_join

    join = find_join(joins(workspace), name)
    workspace.store.merges.undo(join.decision, undone=undone)
    return join._replace(undone=undone)


def join_similar(workspace: Workspace) -> int:
    """Find terms that mean the same by their vectors, keep the joins, and return how many."""
    from paperflow.graphs.joins import similar_joins

    _require_analysis(workspace)
    found = similar_joins(workspace.store, workspace.encoder.encode)
    workspace.store.merges.put(found)
    return len(found)


def coverage(workspace: Workspace, name: str = "", *, most: int = GAPS) -> "Covered":
    """Return how much of the full texts the graph links, and at most `most` gaps.

    With `name`, as `Workspace.paper_id` takes it, of this paper alone.
    """
    from paperflow.reports.coverage import covered

    _require_analysis(workspace)
    return covered(workspace.store, [workspace.paper_id(name)] if name else None, most=most)


def export_graph(workspace: Workspace, format: str, out: TextIO, selection: "Selection") -> None:
    """Write the graph or hypergraph to `out` as GraphML, node-link JSON, or HIF."""
    from paperflow.graphs.convert import GRAPH_EXPORTERS

    exporter = GRAPH_EXPORTERS.load(format)
    _require_analysis(workspace)
    exporter(workspace.store, out, selection)


def library_authors(workspace: Workspace) -> list["Person"]:
    """Return who wrote the papers, each person once, those with most papers first."""
    from paperflow.reports.names import parse_name
    from paperflow.store.authors import Signature, persons

    workspace.require_papers()
    signatures = []
    for paper in workspace.store.papers.headings():
        names = [name for name in map(parse_name, paper.authors) if name.family]
        forms = [f"{name.surname}, {name.given}" for name in names]
        for place, form in enumerate(forms):
            beside = (*forms[:place], *forms[place + 1 :])
            signatures.append(Signature(form, paper.id, beside=beside))
    return persons(signatures)


def export_papers(workspace: Workspace, format: str, out: TextIO) -> None:
    """Write every paper of the library to `out` in a bibliographic format."""
    from paperflow.reports import EXPORTERS

    exporter = EXPORTERS.load(format)
    exporter(list(workspace.store.papers.all()), out)


def library_report(
    workspace: Workspace,
    *,
    title: str = "",
    discovered: "Report | None" = None,
    answer: "Answer | None" = None,
    connection: "Connection | None" = None,
    hypothesis: "Hypothesis | None" = None,
) -> "Report":
    """Return a report on the library, or on what was discovered in it.

    An answer, a connection, and a hypothesis stand at its top, where they are given; with a
    hypothesis, it lists only the papers that this quotes, and leaves coverage out.
    """
    from paperflow.reports.expected import expected
    from paperflow.reports.report import Count

    workspace.require_papers()
    report = discovered or _listing(workspace, hypothesis.papers if hypothesis else None)
    found = library_status(workspace)
    names = ("papers", "passages", "nodes", "edges", "hyperedges")
    return replace(
        report,
        title=title or report.title,
        revision=workspace.store.revision,
        answer=answer,
        connection=hypothesis.connection if hypothesis else connection,
        hypothesis=hypothesis,
        coverage=None if hypothesis else _covered(workspace),
        expected=() if hypothesis else expected(workspace.store),
        counts=tuple(Count(name=name, value=found[name]) for name in names),
        keys=workspace.citation_keys(),
    )


def _covered(workspace: Workspace) -> "Covered | None":
    """Return the coverage of the library, None where no paper has a full text."""
    has_texts = workspace.store.documents.count() and workspace.store.facts.counts()["passages"]
    return coverage(workspace) if has_texts else None


def _listing(workspace: Workspace, ids: Sequence[str] | None) -> "Report":
    """Return a report that lists the newest of these papers, or of all, without scores."""
    from paperflow.reports.picture import picture, timeline
    from paperflow.reports.report import Report, ScoredPaper

    store = workspace.store.papers
    found = store.all() if ids is None else store.many(list(ids))
    papers = sorted(found, key=lambda paper: paper.id)
    newest = sorted(papers, key=lambda p: p.date if p.year else "", reverse=True)[:LISTED]
    keys = workspace.citation_keys()
    left_out = len(papers) - len(newest)
    return Report(
        title="The library",
        papers=tuple(
            ScoredPaper(key=keys[paper.id], paper=paper, rank=rank)
            for rank, paper in enumerate(newest, start=1)
        ),
        graph=picture(workspace.store, {paper.id for paper in newest}),
        timeline=timeline(papers),
        notes=(f"{left_out} older papers are not listed",) if left_out else (),
    )


def _require_analysis(workspace: Workspace) -> None:
    workspace.require_papers()
    if not workspace.store.facts.counts()["passages"]:
        raise NotReady("the library is not analysed yet", hint="run `paperflow analyze`")


def _of_kind(counts: dict[str, int], kind: str) -> dict[str, int]:
    prefix = f"{kind}:"
    return {
        name.removeprefix(prefix): count
        for name, count in counts.items()
        if name.startswith(prefix)
    }


def _kernels() -> str:
    """Return the compiled kernels in use, or why there are none."""
    from paperflow.ops import backend_info

    return str(backend_info()["native"])


def _version(name: str) -> str:
    try:
        return version_of(name)
    except PackageNotFoundError:
        return "not installed"
