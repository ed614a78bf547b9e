"""How times grow with the graph, drawn with both axes logarithmic."""

import statistics
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hypergraph_bench.plan import GROWTH, Found

PEERS = {"with_scipy": "SciPy", "with_xgi": "XGI", "with_hypernetx": "HyperNetX"}
COLOURS = ("#1b9e77", "#d95f02", "#7570b3", "#e7298a", "#66a61e", "#a6761d")


def curves(found: Mapping[str, Found], library: str) -> dict[str, list[tuple[int, float]]]:
    """Return for each operation the points (hyperedges, seconds): CPU, or a path's median."""
    out: dict[str, list[tuple[int, float]]] = {name: [] for name in GROWTH}
    for piece, operations in found.items():
        name, size, *hub = piece.split("-", 2)
        if name == library and not hub:
            for operation, said in operations.items():
                if operation in out and "cpu" in said:
                    out[operation].append((int(size), _seconds(said)))
    return {name: sorted(points) for name, points in out.items() if points}


def _seconds(said: Mapping[str, Any]) -> float:
    return statistics.median(said["each"]) if said["each"] else float(said["cpu"])


def draw(found: Mapping[str, Found], path: Path) -> None:
    """Write the curves of ours, and the points of others, as SVG."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams.update({"svg.hashsalt": "growth", "svg.fonttype": "none"})
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(8, 5))
    for (name, points), colour in zip(curves(found, "ours").items(), COLOURS, strict=False):
        axes.loglog(*zip(*points, strict=True), "o-", color=colour, label=f"ours: {name}")
        for (library, told), mark in zip(PEERS.items(), "x+*", strict=True):
            others = curves(found, library).get(name, [])
            if others:
                label = f"{told}: {name}"
                axes.loglog(*zip(*others, strict=True), mark, color=colour, ms=9, label=label)
    axes.set(xlabel="hyperedges", ylabel="seconds (CPU; a path: median)")
    axes.grid(alpha=0.3)
    axes.legend(fontsize=7, ncols=2)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
