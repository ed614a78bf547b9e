"""The published graph's figures, and sequences of sizes and degrees that have them.

Source: arXiv 2601.04878 and the outputs in its repository's notebook.
"""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

NODES, HYPEREDGES, INCIDENCES = 161_172, 320_201, 753_630
SIZES = {1: 98, 2: 246_468, 3: 48_559, 4: 16_967, 5: 4_817, 6: 1_871}
LARGE, LARGEST = 1_421, 32  # hyperedges of seven nodes and more; nodes of the largest
LEAVES = 95_575  # nodes of degree one
HUBS = (11_157, 5_329, 5_211, 4_148, 4_076, 3_713, 3_521, 3_369, 3_360, 3_317)
ABOVE = {100: 701, 50: 1_611, 20: 4_445, 10: 9_295}  # nodes of at least this degree
DEVIATION, GINI, TOP_SHARE = 52.57, 0.718, 0.432
DUPLICATES = 58_997
LARGEST_PAIR = 967
OVERLAPS = {1: 221_063_585, 2: 2_787_076, 3: 212_355}  # pairs that share at least so many
LARGEST_OVERLAP = 15

_BEND = 0.075  # how far the curve of hubs lies above a straight line; gives the deviation


def sizes(scale: float = 1.0) -> Ints:
    """Return the sizes of all hyperedges, ascending [E]."""
    counts = {size: round(scale * count) for size, count in SIZES.items()}
    small = np.repeat(list(counts), list(counts.values()))
    large = _large_sizes(round(scale * LARGE))
    return np.concatenate((small, large)).astype(np.int64)


def _large_sizes(count: int) -> Ints:
    """Return sizes from 7 to 32 with the published sum."""
    rest = INCIDENCES - sum(size * n for size, n in SIZES.items())
    total = round(count * rest / LARGE)
    ranks = np.arange(count) + 1.0

    def at(slope: float) -> Ints:
        found: Ints = np.floor(7.5 + (LARGEST - 7) * ranks**-slope).astype(np.int64)
        return found

    low, high = 0.01, 5.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if at(middle).sum() > total else (low, middle)
    found = np.minimum(at(high), LARGEST)
    found[1 : 1 + total - found.sum()] += 1
    return found[::-1]


def degrees(scale: float, total: int) -> Ints:
    """Return the degrees of all nodes, descending [N], of this sum."""
    count = round(scale * NODES)
    ranks: Floats = (np.arange(count, dtype=np.float64) + 0.5) / scale
    found = np.maximum(1, np.floor(_curve(ranks) + 1e-9)).astype(np.int64)
    leaves = round(scale * LEAVES)
    found[count - leaves :] = 1
    first = int(np.searchsorted(-found, -9))
    return _with_sum(found, first, count - leaves, total)


def _curve(ranks: Floats) -> Floats:
    """Return the degree at each rank: lines through the published points, both axes logarithmic."""
    places = [place + 0.5 for place in range(len(HUBS))] + [float(n) for n in ABOVE.values()]
    heights = [float(hub) for hub in HUBS] + [float(degree) for degree in ABOVE]
    places.append(NODES - LEAVES)
    heights.append(2.0)
    x, y = np.log(places), np.log(heights)
    along = np.clip((np.log(ranks) - x[9]) / (x[10] - x[9]), 0, 1)
    bent: Floats = np.exp(np.interp(np.log(ranks), x, y) + _BEND * 4 * along * (1 - along))
    return bent


def _with_sum(found: Ints, first: int, last: int, total: int) -> Ints:
    """Change degrees between 2 and 9, at ranks [first, last), until all add up to `total`."""
    ranks = np.linspace(0, 1, last - first, endpoint=False)

    def at(slope: float) -> Ints:
        body: Ints = np.floor(2 + 8 * (1 - ranks) ** slope * 0.999).astype(np.int64)
        return body

    rest = total - int(found[:first].sum() + found[last:].sum())
    low, high = 0.05, 500.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if at(middle).sum() > rest else (low, middle)
    body = at(high)
    missing = rest - int(body.sum())
    changed = np.flatnonzero(body < 9)[:missing] if missing > 0 else np.empty(0, dtype=np.int64)
    body[changed] += 1
    found[first:last] = -np.sort(-body)
    if found.sum() != total:
        raise ValueError("no such degrees")
    return found
