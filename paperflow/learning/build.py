"""From the library to what is learned from: citations, the reader's shelf, statements."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations

import numpy as np

from paperflow.encoder import encoder_name, load_encoder, paper_text
from paperflow.graphs.citation import citation_graph
from paperflow.graphs.hypergraph import hypergraph
from paperflow.graphs.rows import NOT_STATED
from paperflow.graphs.selection import CONCEPT_LIKE
from paperflow.learning.graph import READER, Ints, LinkGraph, Vectors
from paperflow.store import Store
from paperflow.workspace import Workspace

BESIDE = (*sorted(CONCEPT_LIKE), "author")  # what papers share besides citations
FEW_NEW = 50  # texts without a vector that are encoded when a prediction needs them
KINDS = 50  # verbs of statements that are types of their own
_LARGEST = 12  # participants; a longer statement is a list, and says little of any two


def citation_links(workspace: Workspace) -> LinkGraph:
    """Return papers, the works they cite, their concepts and authors; papers are the sources.

    Ids are those of papers, names of works outside of the library ("doi:…"), and of entities.
    """
    cited = citation_graph(workspace.store, evidence=False)
    names = {paper.id: paper.title for paper in workspace.store.papers.headings()}
    keys = [str(key) for key in cited.node_keys]
    others, known, kinds = _beside(workspace.store, keys)
    ids = (*keys, *others)
    links = np.unique(cited.edge_index, axis=1)
    return LinkGraph(
        ids=ids,
        labels=(*map(_label, keys, cited.node_labels, [names] * len(keys)), *others.values()),
        years=np.append(cited.node_year, np.full(len(others), NOT_STATED)).astype(np.int64),
        features=_paper_vectors(workspace, ids),
        links=links,
        kinds=np.zeros(links.shape[1], dtype=np.int64),
        groups=np.arange(links.shape[1]),
        sources=np.flatnonzero([key in names for key in keys]),
        targets=np.arange(len(ids)) < len(keys),
        encoder=_encoder_name(workspace),
        known=known,
        known_kinds=kinds,
    )


def _label(key: str, label: object, names: dict[str, str]) -> str:
    return names.get(key, str(label))


def _beside(store: Store, keys: Sequence[str]) -> tuple[dict[str, str], Ints, Ints]:
    """Return concepts and authors by id with labels, the pairs of papers and these, their types.

    Rows are those of the papers' `keys`, and behind them those of the concepts and authors.
    """
    papers = {key: row for row, key in enumerate(keys)}
    rows: dict[str, int] = {}
    labels: dict[str, str] = {}
    found = []
    for id, type, label, paper in store.facts.mentions():
        if type in BESIDE and paper in papers:
            row = rows.setdefault(id, len(keys) + len(rows))
            labels.setdefault(id, label)
            found.append((papers[paper], row, BESIDE.index(type)))
    first, second, kinds = np.array(found, dtype=np.int64).reshape(-1, 3).T
    return labels, np.stack([first, second]), kinds


def reader_links(workspace: Workspace, shelf: Sequence[str]) -> LinkGraph:
    """Return the citation graph with the reader in it, as if a paper that cites the `shelf`.

    The reader is the last node; its vector is the mean of its papers'.
    """
    papers = citation_links(workspace)
    own = np.array([papers.rows[id] for id in shelf if id in papers.rows], dtype=np.int64)
    taken = np.stack([np.full(len(own), papers.num_nodes), own])
    mean = _unit(papers.features[own].sum(axis=0, keepdims=True))
    return replace(
        papers,
        ids=(*papers.ids, READER),
        labels=(*papers.labels, "you"),
        years=np.append(papers.years, NOT_STATED),
        features=np.concatenate([papers.features, mean]),
        links=np.concatenate([papers.links, taken], axis=1),
        kinds=np.append(papers.kinds, np.zeros(len(own), dtype=np.int64)),
        groups=np.arange(papers.num_links + len(own)),
        sources=np.append(papers.sources, papers.num_nodes),
        targets=np.append(papers.targets, False),
    )


def concept_links(workspace: Workspace) -> LinkGraph:
    """Return the concepts, each two linked, either way, that one statement names.

    A link's type is the statement's relation, if that is a common one, its group the statement.
    """
    data = hypergraph(workspace.store)
    wanted = [row for row, name in enumerate(data.node_type_names) if name in CONCEPT_LIKE]
    concept = np.isin(data.node_type, wanted)
    found = [
        (first, second, edge)
        for edge in range(data.num_hyperedges)
        if len(members := data.incidence.members(edge)) <= _LARGEST
        for first, second in permutations(members[concept[members]].tolist(), 2)
    ]
    first, second, groups = np.array(found, dtype=np.int64).reshape(-1, 3).T
    nodes = np.unique(first)
    labels = tuple(str(label) for label in data.node_labels[nodes])
    return LinkGraph(
        ids=tuple(str(id) for id in data.node_ids[nodes]),
        labels=labels,
        years=np.full(len(nodes), NOT_STATED, dtype=np.int64),
        features=load_encoder("hash").encode(labels),
        links=np.searchsorted(nodes, np.stack([first, second])),
        kinds=_commonest(data.edge_relation[groups].astype(np.int64)),
        groups=groups,
        sources=np.arange(len(nodes)),
        targets=np.ones(len(nodes), dtype=np.bool_),
        encoder=encoder_name("hash"),
    )


def _commonest(kinds: Ints) -> Ints:
    """Return the KINDS most frequent types as 0, 1, …, and all others as one more."""
    found, counts = np.unique(kinds, return_counts=True)
    common = found[np.lexsort((found, -counts))][:KINDS]
    place = {kind: number for number, kind in enumerate(common.tolist())}
    return np.array([place.get(kind, KINDS) for kind in kinds.tolist()], dtype=np.int64)


def _paper_vectors(workspace: Workspace, ids: Sequence[str]) -> Vectors:
    """Return the vectors [N, D] of papers' texts, zero for what is no paper of the library."""
    hashes = workspace.store.papers.content_hashes()
    rows = {id: row for row, id in enumerate(ids) if id in hashes}
    name, own = _encoder_name(workspace), set(hashes.values())
    found = workspace.store.vectors.get(name, sorted(own))
    if lacking := [id for id in rows if hashes[id] not in found]:
        encoder = workspace.encoder if name == workspace.encoder_name else load_encoder("hash")
        texts = [paper_text(paper) for paper in workspace.store.papers.many(lacking)]
        made = encoder.encode(texts)
        found |= {hashes[id]: vector for id, vector in zip(lacking, made, strict=True)}
    vectors = np.stack([found[hashes[id]] for id in rows])
    result = np.zeros((len(ids), vectors.shape[1]), dtype=np.float32)
    result[list(rows.values())] = vectors
    return _unit(result)


def _encoder_name(workspace: Workspace) -> str:
    """Return what encodes the papers' texts: by their words where many have no vector yet.

    A few are encoded on the way, so that models still serve a library that has grown a little.
    """
    few = workspace.is_embedded and workspace.unembedded <= FEW_NEW
    return workspace.encoder_name if few else encoder_name("hash")


def _unit(rows: Vectors) -> Vectors:
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: Vectors = (rows / np.where(length > 0, length, 1)).astype(np.float32)
    return unit
