"""What is learned from: papers that cite works, readers with their shelves, concepts side by side.

Every task sees the same form: nodes, and links from some of them, the sources, to others.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from paperflow.encoder import load_encoder, paper_text
from paperflow.graphs.citation import citation_graph
from paperflow.graphs.rows import NOT_STATED
from paperflow.workspace import Workspace

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Vectors = NDArray[np.float32]

READER = "reader"  # the id of the person whose library it is


@dataclass(frozen=True, eq=False)
class LinkGraph:
    """N nodes with `features` [N, D] (rows of length one, or zero) and links [2, E].

    `sources` lists the nodes that links may come from, `targets` [N] marks those they may go to.
    `known` [2, K] are links between nodes that help to predict, but are none to be predicted.
    """

    ids: tuple[str, ...]
    labels: tuple[str, ...]
    years: Ints
    features: Vectors
    links: Ints
    sources: Ints
    targets: NDArray[np.bool_]
    known: Ints

    @property
    def num_nodes(self) -> int:
        """Return the number of nodes, N."""
        return len(self.ids)

    @cached_property
    def rows(self) -> dict[str, int]:
        """Return the row of each id."""
        return {id: row for row, id in enumerate(self.ids)}

    @cached_property
    def out(self) -> csr_array:
        """Return the 0/1 matrix [N, N] of links from row to column, known ones too."""
        return matrix(np.concatenate([self.links, self.known], axis=1), self.num_nodes)

    @cached_property
    def around(self) -> csr_array:
        """Return the 0/1 matrix [N, N] of links either way."""
        both = csr_array(self.out + self.out.T)
        both.data[:] = 1
        return both

    def without(self, hidden: NDArray[np.bool_]) -> "LinkGraph":
        """Return the graph without the links that `hidden` [E] marks."""
        return replace(self, links=self.links[:, ~hidden])


def matrix(links: Ints, size: int) -> csr_array:
    """Return the 0/1 matrix [size, size] of links [2, E]."""
    found = csr_array((np.ones(links.shape[1]), (links[0], links[1])), shape=(size, size))
    found.sum_duplicates()
    found.data[:] = 1
    return found


def citation_links(workspace: Workspace) -> LinkGraph:
    """Return the library's papers and the works they cite; papers are the sources."""
    graph = citation_graph(workspace.store, evidence=False)
    keys = tuple(str(key) for key in graph.node_keys)
    names = {paper.id: paper.title for paper in workspace.store.papers.headings()}
    own = np.array([key in names for key in keys], dtype=np.bool_)
    labels = (str(label) for label in graph.node_labels)
    return LinkGraph(
        ids=keys,
        labels=tuple(names.get(key, label) for key, label in zip(keys, labels, strict=True)),
        years=graph.node_year.astype(np.int64),
        features=_paper_vectors(workspace, keys),
        links=np.unique(graph.edge_index, axis=1),
        sources=np.flatnonzero(own),
        targets=np.ones(len(keys), dtype=np.bool_),
        known=np.zeros((2, 0), dtype=np.int64),
    )  # fmt: skip


def reader_links(workspace: Workspace, shelf: Sequence[str]) -> LinkGraph:
    """Return the citation graph with the reader in it, as if a paper that cites the `shelf`.

    The reader is the last node; its vector is the mean of its papers'.
    """
    papers = citation_links(workspace)
    own = np.array([papers.rows[id] for id in shelf if id in papers.rows], dtype=np.int64)
    reader = papers.num_nodes
    mean = _unit(papers.features[own].sum(axis=0, keepdims=True))
    taken = np.stack([np.full(len(own), reader), own])
    return replace(
        papers,
        ids=(*papers.ids, READER),
        labels=(*papers.labels, "you"),
        years=np.append(papers.years, NOT_STATED),
        features=np.concatenate([papers.features, mean]),
        links=np.concatenate([papers.links, taken], axis=1),
        sources=np.append(papers.sources, reader),
        targets=np.append(papers.targets, False),
    )


def _paper_vectors(workspace: Workspace, keys: Sequence[str]) -> Vectors:
    """Return the vectors [N, D] of papers' texts, zero for a work outside of the library.

    Texts that nobody embedded yet are hashed by their words.
    """
    store = workspace.store
    hashes = store.papers.content_hashes()
    rows = {key: row for row, key in enumerate(keys) if key in hashes}
    if workspace.is_embedded and not workspace.unembedded:
        found = store.vectors.get(workspace.encoder_name, sorted({hashes[key] for key in rows}))
        vectors = [found[hashes[key]] for key in rows]
    else:
        texts = [paper_text(paper) for paper in store.papers.many(list(rows))]
        vectors = list(load_encoder("hash").encode(texts))
    result = np.zeros((len(keys), len(vectors[0]) if vectors else 1), dtype=np.float32)
    if vectors:
        result[list(rows.values())] = np.stack(vectors)
    return _unit(result)


def _unit(rows: Vectors) -> Vectors:
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: Vectors = (rows / np.where(length > 0, length, 1)).astype(np.float32)
    return unit
