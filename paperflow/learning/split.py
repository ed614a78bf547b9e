"""Links hidden to validate and to test on, and how well the hidden ones are found."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from paperflow.learning.evidence import Candidates, candidates
from paperflow.learning.graph import Floats, Ints, LinkGraph, Mask

SHARE = 0.1  # of the links, for validation and again for test
SOURCES = 1000  # that are judged, of more a sample
BINS = 10
BOUNDS = (0.003, 0.01, 0.03, 0.1, 0.3)  # of scores, between the bins that a card tells


@dataclass(frozen=True, eq=False)
class Judged:
    """Candidates [C], which of them are hidden links, and how many of these are none of them."""

    found: Candidates
    right: Mask
    missed: int

    def figures(self, scores: Floats) -> dict[str, float]:
        """Return the mean reciprocal rank and hits@10 of hidden links among a source's others.

        Ties count half; a hidden link that is no candidate is never found.
        """
        ranks = [np.full(self.missed, np.inf)]
        bounds = np.flatnonzero(np.diff(self.found.source, prepend=-1, append=-1))
        for start, end in pairwise(bounds):
            own, mark = scores[start:end], self.right[start:end]
            wrong = np.sort(own[~mark])
            above = len(wrong) - np.searchsorted(wrong, own[mark], side="right")
            equal = len(wrong) - np.searchsorted(wrong, own[mark], side="left") - above
            ranks.append(1 + above + equal / 2)
        every = np.concatenate(ranks)
        if not len(every):
            return {"mrr": 0.0, "hits@10": 0.0}
        return {"mrr": float((1 / every).mean()), "hits@10": float((every <= 10).mean())}


@dataclass(frozen=True, eq=False)
class Split:
    """The graph without its hidden links, and candidates [C], some of which are hidden links.

    `valid` and `test` [C] mark those; `missed` counts the hidden links of each that are no
    candidates.
    """

    graph: LinkGraph
    found: Candidates
    valid: Mask
    test: Mask
    missed: tuple[int, int]

    def validation(self) -> Judged:
        """Return the candidates to validate on."""
        kept = ~self.test
        return Judged(self.found.at(kept), self.valid[kept], self.missed[0])

    def testing(self) -> Judged:
        """Return the candidates to test on."""
        kept = ~self.valid
        return Judged(self.found.at(kept), self.test[kept], self.missed[1])


def hold_out(graph: LinkGraph, seed: int) -> Split:
    """Hide a tenth of the groups of links for validation and a tenth for test, drawn by seed.

    Candidates are those of sources with a link, hidden or not, so that the share of hidden links
    among them is as in life.
    """
    draw = np.random.default_rng(seed)
    groups = np.unique(graph.groups)
    drawn = draw.permutation(groups)
    count = max(1, round(SHARE * len(groups)))
    parts = [np.isin(graph.groups, drawn[start : start + count]) for start in (0, count)]
    rest = graph.without(parts[0] | parts[1])
    sources = draw.permutation(np.intersect1d(graph.links[0], graph.sources))[:SOURCES]
    asked = np.isin(graph.links[0], sources)
    hidden = [_new(graph, part & asked, rest) for part in parts]
    hidden[1] = np.setdiff1d(hidden[1], hidden[0])
    found = candidates(rest, np.sort(sources))
    keys = found.source * graph.num_nodes + found.target
    valid, test = (np.isin(keys, part) for part in hidden)
    missed = [len(part) - int(mark.sum()) for part, mark in zip(hidden, (valid, test), strict=True)]
    return Split(rest, found, valid, test, (missed[0], missed[1]))


def _new(graph: LinkGraph, part: Mask, rest: LinkGraph) -> Ints:
    """Return the keys of the links in `part` that the rest of the graph does not have."""
    keys, kept = (_keys(links, graph.num_nodes) for links in (graph.links[:, part], rest.links))
    return np.setdiff1d(keys, kept)


def _keys(links: Ints, size: int) -> Ints:
    return np.asarray(links[0] * size + links[1], dtype=np.int64)


def calibration(scores: Floats, right: Mask) -> list[tuple[float, float, int]]:
    """Return the mean score, the share that is right, and the number of cases, by score.

    Few candidates are links, so the bins are narrower where scores are low: see BOUNDS.
    """
    bins = np.digitize(scores, BOUNDS)
    parts = [np.flatnonzero(bins == bin) for bin in range(len(BOUNDS) + 1)]
    return [
        (round(float(scores[part].mean()), 6), round(float(right[part].mean()), 6), len(part))
        for part in parts
        if len(part)
    ]


def calibration_error(scores: Floats, right: Mask) -> float:
    """Return how far scores are from the share that is right, over ten bins of equal size."""
    order = np.argsort(scores, kind="stable")
    parts = [part for part in np.array_split(order, BINS) if len(part)]
    gaps = [abs(scores[part].mean() - right[part].mean()) * len(part) for part in parts]
    return float(sum(gaps) / max(1, len(scores)))
