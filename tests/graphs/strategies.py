"""Graphs and hypergraphs of every awkward kind, small."""

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from paperflow.graphs.build import graph_from, hypergraph_from
from paperflow.graphs.data import GraphData, HypergraphData
from paperflow.graphs.rows import NO_EVIDENCE, Edge, Merge, Node, Statement
from paperflow.records import Evidence, Participant

FEW = settings(max_examples=40)  # each example is a whole graph

# What breaks files: control characters, markup, line ends, lookalike escapes, other scripts.
AWKWARD = "a\x00\x01\x0b\r\n\t\x7f\x85\u2028\ufffe\U0001f600é<>&\"'\\_x00D9 ἀ"
POOL = [
    *AWKWARD,
    "a\x00",
    "\r\n",
    " a ",
    "]]>",
    "_x0041_",
    "_x005F_",
    "a\u0301",
    "<!--",
    "é",
    "0",
    "00",
]
words = st.just("") | st.sampled_from(POOL) | st.text(AWKWARD, max_size=5) | st.text(max_size=3)
ids = st.sampled_from(POOL) | st.text(AWKWARD, min_size=1, max_size=3)
pandas_ids = ids.filter(lambda id: "\0" not in id)  # pandas ends a text at NUL
types = st.sampled_from(["paper", "concept", "méthode", "a b"])
years = st.sampled_from([0, 1999, 2024])
counts = st.integers(0, 9)
properties = st.dictionaries(words, words, max_size=2)
evidence = st.builds(
    Evidence,
    passage_id=words,
    paper_id=words,
    start=counts,
    end=counts,
    quote=ids,
)
quotes = st.lists(evidence, max_size=2).map(tuple)
merges = st.lists(st.builds(Merge, words, words, words), max_size=2)


@st.composite
def nodes(draw: st.DrawFn, ids: st.SearchStrategy[str] = ids, **others: Any) -> list[Node]:
    names = draw(st.lists(ids, unique=True, max_size=6))
    return [
        draw(st.builds(Node, id=st.just(id), type=types, label=words, key=words, **others))
        for id in names
    ]


@st.composite
def graph_rows(draw: st.DrawFn) -> tuple[list[Node], list[Edge]]:
    rows = draw(
        nodes(
            year=years,
            papers=counts,
            in_library=st.booleans(),
            properties=properties,
            evidence=quotes,
        )
    )
    ends = st.sampled_from([node.id for node in rows]) if rows else st.nothing()
    edge = st.builds(
        Edge, id=ids, type=types, source=ends, target=ends, year=years, papers=counts,
        properties=properties, evidence=quotes,
    )  # fmt: skip
    edges = draw(
        st.lists(edge, max_size=8, unique_by=lambda edge: edge.id) if rows else st.just([])
    )
    return rows, edges


@st.composite
def graphs(draw: st.DrawFn) -> GraphData:
    rows, edges = draw(graph_rows())
    return graph_from(rows, edges, draw(merges))


@st.composite
def statement_rows(
    draw: st.DrawFn, ids: st.SearchStrategy[str] = ids
) -> tuple[list[Node], list[Statement]]:
    rows = draw(nodes(ids))
    ends = st.sampled_from([node.id for node in rows]) if rows else st.nothing()
    role = st.sampled_from(["subject", "object", "context", ""])
    part = st.builds(Participant, entity_id=ends, role=role)
    parts = st.lists(part, max_size=5).map(tuple) if rows else st.just(())
    statement = st.builds(
        Statement, id=ids, relation=types, participants=parts, year=years,
        evidence=evidence | st.just(NO_EVIDENCE),
    )  # fmt: skip
    return rows, draw(st.lists(statement, max_size=6, unique_by=lambda item: item.id))


@st.composite
def hypergraphs(draw: st.DrawFn, ids: st.SearchStrategy[str] = ids) -> HypergraphData:
    rows, statements = draw(statement_rows(ids))
    return hypergraph_from(rows, statements, draw(merges))
