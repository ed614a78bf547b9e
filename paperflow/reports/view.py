"""What the page's template shows: the report's facts, joined, named, and placed."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from paperflow.records import Paper
from paperflow.reports import drawing, layout
from paperflow.reports.report import Edge, Graph, Node, Report, ScoredPaper, Statement

SHORT = 34  # characters of a label beside a node
NARROW = 2.4  # as much larger are labels, in the drawing, where the screen is narrow


@dataclass(frozen=True)
class Ref:
    """How the page names a paper: its key, its title if known, and its row if it has one."""

    key: str
    title: str = ""
    anchor: str = ""


@dataclass(frozen=True)
class Row:
    """A row of the papers' table."""

    anchor: str
    scored: ScoredPaper
    date: str
    year: str
    byline: str
    links: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Fact:
    """An edge in words: who, does what, to whom, and where that is said."""

    source: Node
    target: Node
    type: str
    quote: str
    ref: Ref


@dataclass(frozen=True)
class Said:
    """A statement in words: its participants with their roles, and where it is said."""

    label: str
    participants: tuple[tuple[Node, str], ...]
    quote: str
    ref: Ref


@dataclass(frozen=True)
class Network:
    """The graph: its tables, its picture, its data for the script, and what was left out."""

    facts: tuple[Fact, ...]
    said: tuple[Said, ...]
    legend: tuple[tuple[str, int], ...]
    picture: str
    data: dict[str, Any]
    shown: int
    of: int


class References:
    """Names papers by id: those listed by key and row, others by the report's keys."""

    def __init__(self, report: Report) -> None:
        self._keys = dict(report.keys)
        self._refs: dict[str, Ref] = {}
        for i, row in enumerate(report.papers, start=1):
            ref = Ref(key=row.key, title=row.paper.title, anchor=f"paper-{i}")
            self._refs.setdefault(row.paper.id, ref)

    def __call__(self, paper_id: str, key: str = "") -> Ref:
        return self._refs.get(paper_id) or Ref(key=key or self._keys.get(paper_id) or paper_id)


def rows(report: Report) -> list[Row]:
    """Return the papers as rows, in the report's order."""
    return [
        Row(
            anchor=f"paper-{i}",
            scored=row,
            date=_date(row.paper),
            year=_year(row.paper),
            byline=_byline(row.paper),
            links=tuple(links(row.paper)),
        )
        for i, row in enumerate(report.papers, start=1)
    ]


def links(paper: Paper) -> Iterator[tuple[str, str]]:
    """Yield the paper's own addresses, each once: http and https only."""
    doi = _address("https://doi.org/", paper.doi, safe="/:;()")
    arxiv = _address("https://arxiv.org/abs/", paper.arxiv_id, safe="/")
    named = (("DOI", doi), ("arXiv", arxiv), ("Page", paper.url), ("PDF", paper.pdf_url))
    seen = set()
    for name, address in named:
        if address and address not in seen and is_web_address(address):
            seen.add(address)
            yield name, address


def _address(base: str, name: str, safe: str) -> str:
    """Return where a name is resolved, or "" for a name that can't be one."""
    broken = not name or re.search(r"[\x00-\x1f\ud800-\udfff]", name)
    return "" if broken else base + quote(name, safe=safe)


def is_web_address(text: str) -> bool:
    """Tell whether `text` is a plain http or https address that may become a link."""
    if re.search(r"[\x00-\x20\x7f-\x9f\\\ud800-\udfff]", text):
        return False
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return False


def _year(paper: Paper) -> str:
    found = re.match(r"\d{4}", paper.date, re.ASCII)
    return found.group() if found else str(paper.year or "")


def _date(paper: Paper) -> str:
    if paper.date.startswith("XXXX-"):  # a day whose year the source does not print
        return f"{paper.date[5:]}, no year"
    return paper.date or str(paper.year or "")


def _byline(paper: Paper) -> str:
    """Return at most four authors and how many more there are."""
    shown = paper.authors if len(paper.authors) <= 4 else paper.authors[:3]
    more = max(paper.author_count or 0, len(paper.authors)) - len(shown)
    if not shown:
        return f"{more} author{'s' if more > 1 else ''}, not named" if more > 0 else ""
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def network(graph: Graph, refs: References) -> Network | None:
    """Return the graph as the page needs it; None when there is nothing to draw."""
    if not graph.nodes:
        return None
    drawn = layout.cut(graph)
    known = {node.id: node for node in graph.nodes}
    dots, lines, data = _draw(drawn, refs)
    words = (
        f"Graph of {len(drawn.nodes)} nodes, {len(drawn.edges)} edges"
        f" and {len(drawn.statements)} statements; the tables below say the same in words."
    )
    return Network(
        facts=tuple(_facts(graph.edges, known, refs)),
        said=tuple(_said(graph.statements, known, refs)),
        legend=_legend(drawn),
        picture=drawing.picture(dots, lines, words),
        data=data,
        shown=len(drawn.nodes),
        of=len(known),
    )


def _facts(edges: Sequence[Edge], known: Mapping[str, Node], refs: References) -> Iterator[Fact]:
    for edge in edges:
        source, target = known.get(edge.source), known.get(edge.target)
        if source and target:
            yield Fact(source, target, edge.type, edge.quote, refs(edge.paper_id))


def _said(
    statements: Sequence[Statement], known: Mapping[str, Node], refs: References
) -> Iterator[Said]:
    for item in statements:
        parts = tuple(
            (known[part.entity_id], part.role)
            for part in item.participants
            if part.entity_id in known
        )
        if parts:
            yield Said(item.label, parts, item.quote, refs(item.paper_id))


def _legend(graph: Graph) -> tuple[tuple[str, int], ...]:
    """Return the drawn types with their numbers: known types in their order, then the others."""
    types = [node.type for node in graph.nodes]
    order = {name: i for i, name in enumerate(drawing.LOOKS)}
    names = sorted(set(types), key=lambda name: (order.get(name, len(order)), name))
    counted = tuple((name, types.count(name)) for name in names)
    return (*counted, ("statement", len(graph.statements))) if graph.statements else counted


def _draw(
    graph: Graph, refs: References
) -> tuple[list[drawing.Dot], list[tuple[int, int]], dict[str, Any]]:
    """Place nodes and statements; return dots, lines, and the data of the script."""
    index = {node.id: i for i, node in enumerate(graph.nodes)}
    arms = [
        (len(index) + i, index[part.entity_id], part.role)
        for i, item in enumerate(graph.statements)
        for part in item.participants
        if part.entity_id in index
    ]
    edges = _merged(graph.edges, index)
    lines = sorted({(a, b) for a, b, _ in edges} | {(a, b) for a, b, _ in arms})
    dots = _dots(graph, refs, lines)
    return dots, lines, _data(graph, refs, dots, edges, arms)


def _merged(
    edges: Sequence[Edge], index: Mapping[str, int]
) -> dict[tuple[int, int, str], list[Edge]]:
    """Group the edges that join the same nodes in the same way: one line, all its quotes."""
    merged: dict[tuple[int, int, str], list[Edge]] = {}
    for edge in edges:
        merged.setdefault((index[edge.source], index[edge.target], edge.type), []).append(edge)
    return merged


def _dots(graph: Graph, refs: References, lines: Sequence[tuple[int, int]]) -> list[drawing.Dot]:
    sizes = layout.radii(graph.nodes)
    radius = [sizes[node.id] for node in graph.nodes] + [7.0] * len(graph.statements)
    # Names that sort by node id, whatever the order in which the report lists them.
    names = [f"n{node.id}" for node in graph.nodes]
    names += [f"s{i:06d}" for i in range(len(graph.statements))]
    places = layout.positions(
        dict(zip(names, radius, strict=True)), [(names[a], names[b]) for a, b in lines]
    )
    labels = [_short(node, refs) for node in graph.nodes] + [s.label for s in graph.statements]
    types = [node.type for node in graph.nodes] + ["statement"] * len(graph.statements)
    return [
        drawing.Dot(*places[name], size, type, label)
        for name, size, type, label in zip(names, radius, types, labels, strict=True)
    ]


def _short(node: Node, refs: References) -> str:
    """Return the words beside a node: a paper's key where there is one, else a short label."""
    key = refs(node.paper_id).key if node.paper_id else ""
    text = key if key and key != node.paper_id else node.label
    return text if len(text) <= SHORT else text[: SHORT - 1].rstrip() + "…"


def _data(
    graph: Graph,
    refs: References,
    dots: Sequence[drawing.Dot],
    edges: Mapping[tuple[int, int, str], Sequence[Edge]],
    arms: Sequence[tuple[int, int, str]],
) -> dict[str, Any]:
    """Return what the script draws; nodes are named by their index, papers by theirs."""
    papers: dict[str, int] = {}

    def said(item: Edge | Statement) -> dict[str, Any]:
        return {"quote": item.quote, "paper": papers.setdefault(item.paper_id, len(papers))}

    nodes = [
        {"label": node.label, "year": node.year, "weight": node.weight}
        | ({"paper": papers.setdefault(node.paper_id, len(papers))} if node.paper_id else {})
        for node in graph.nodes
    ]
    nodes += [{"label": item.label, **said(item)} for item in graph.statements]
    joined = [
        {"source": a, "target": b, "type": type, "said": [said(edge) for edge in group]}
        for (a, b, type), group in edges.items()
    ]
    size = drawing.label_size(dots)
    sides = {
        "side": drawing.labelled(dots, size),
        "narrow": drawing.labelled(dots, NARROW * size, margin=0.04),
    }
    return {
        "font": round(size, 1),
        "narrow": NARROW,
        "nodes": [
            _place(dot) | node | {name: side[i] for name, side in sides.items() if i in side}
            for i, (dot, node) in enumerate(zip(dots, nodes, strict=True))
        ],
        "edges": joined,
        "arms": [{"source": a, "target": b, "role": role} for a, b, role in arms],
        "papers": [vars_of(refs(paper_id)) for paper_id in papers],
    }


def _place(dot: drawing.Dot) -> dict[str, Any]:
    style = drawing.look(dot.type)
    size = round(2 * dot.radius, 1)
    return {
        "x": dot.x, "y": dot.y, "size": size, "type": dot.type, "short": dot.label,
        "shape": style.shape, "colour": style.colour,
    }  # fmt: skip


def vars_of(ref: Ref) -> dict[str, str]:
    """Return the reference as plain values."""
    return {"key": ref.key, "title": ref.title, "anchor": ref.anchor}


def as_json(data: Any) -> str:
    """Return JSON that is safe inside a script element: no markup can begin in it."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text
