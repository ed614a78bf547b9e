"""Closeness and betweenness of hyperedges in the s-graph, exact or sampled with a bound."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from paperflow.graphs.arrays import Int32
from paperflow.graphs.hypergraph.backend import backend
from paperflow.graphs.hypergraph.sharing import Sharing
from paperflow.graphs.hypergraph.topology import Hypergraph

Float64 = NDArray[np.float64]
DOUBT = 0.05  # the probability with which some sampled value may be off by more than the error


@dataclass(frozen=True, slots=True, eq=False)
class Centrality:
    """Values [E], nan for hyperedges of less than s nodes.

    All of them are off by at most `error`: for certain where it is 0, else with probability
    1 - DOUBT.
    """

    values: Float64
    error: float


def betweenness(
    h: Hypergraph, s: int = 1, *, samples: int | None = None, seed: int = 0
) -> Centrality:
    """Return the share of shortest paths between other hyperedges that lead through each.

    With `samples`, paths from so many sources are counted (Brandes and Pich, 2007); a source
    gives each value between 0 and 1, so Hoeffding's inequality bounds the error.
    """
    g = h.sharing(s)
    sources = _sources(g, samples, seed)
    size = len(g.edges)
    passed = backend().betweenness(g, sources)
    scale = size / (max(size - 1, 1) * max(size - 2, 1) * max(len(sources), 1))
    error = size / max(size - 1, 1) * _hoeffding(size, len(sources))
    return _centrality(g, passed * scale, error if len(sources) < size else 0.0)


def harmonic(h: Hypergraph, s: int = 1, *, samples: int | None = None, seed: int = 0) -> Centrality:
    """Return the mean of 1 / distance from all other hyperedges, 0 from those out of reach.

    With `samples`, distances from so many sources are averaged, bounded as for betweenness.
    """
    g = h.sharing(s)
    sources = _sources(g, samples, seed)
    size = len(g.edges)
    _, inverse, _, _ = backend().closeness(g, sources)
    scale = size / (max(size - 1, 1) * max(len(sources), 1))
    error = size / max(size - 1, 1) * _hoeffding(size, len(sources))
    return _centrality(g, inverse * scale, error if len(sources) < size else 0.0)


def closeness(
    h: Hypergraph, s: int = 1, *, samples: int | None = None, seed: int = 0
) -> Centrality:
    """Return 1 / mean distance from the others of the component, times its share of all others.

    That is the form of Wasserman and Faust. With `samples`, the mean is over the sources in the
    component (Eppstein and Wang, 2004), whose distances are at most twice the largest seen.
    """
    g = h.sharing(s)
    sources = _sources(g, samples, seed)
    size = len(g.edges)
    total, _, reached, farthest = backend().closeness(g, sources)
    members, widest = _of_component(g, farthest)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = total / reached * members / (members - 1)
        share = (members - 1) / max(size - 1, 1)
        values = np.where(total > 0, share / np.maximum(mean, 1), 0.0)
        if len(sources) == size:
            return _centrality(g, values, 0.0)
        off = 2 * widest * np.sqrt(np.log(2 * size / DOUBT) / (2 * reached))
        off *= members / (members - 1)
        bound = share * np.minimum(1, off / (mean * np.maximum(1, mean - off)))
    return _centrality(g, values, float(np.where(np.isnan(bound), share, bound)[g.edges].max()))


def _sources(g: Sharing, samples: int | None, seed: int) -> Int32:
    """Return the hyperedges to start from, ascending."""
    if samples is None or samples >= len(g.edges):
        return g.edges.astype(np.int32)
    chosen = np.random.default_rng(seed).choice(g.edges, samples, replace=False)
    return np.sort(chosen).astype(np.int32)


def _hoeffding(size: int, samples: int) -> float:
    """Return how far means of `samples` values in [0, 1] are off, for `size` means at once."""
    return float(np.sqrt(np.log(2 * max(size, 1) / DOUBT) / (2 * max(samples, 1))))


def _of_component(g: Sharing, farthest: Int32) -> tuple[Float64, Float64]:
    """Return the size of each one's component [E] and the largest distance seen in it [E]."""
    label = backend().components(g)
    widest = np.zeros(g.num_edges)
    np.maximum.at(widest, label[g.edges], farthest[g.edges])
    count = np.bincount(label[g.edges], minlength=g.num_edges).astype(np.float64)
    return count[label], widest[label]


def _centrality(g: Sharing, values: Float64, error: float) -> Centrality:
    out = np.full(g.num_edges, np.nan)
    out[g.edges] = values[g.edges]
    return Centrality(out, error)
