"""Joins of nodes as a union-find: applied when a topology is built, undone by building without."""

from collections.abc import Iterable

from paperflow.graphs.rows import Merge


def representatives(merges: Iterable[Merge]) -> dict[str, str]:
    """Return what each dropped id becomes in the end, whatever the order of the joins.

    Of a chain a → b → c all become c; of joins that contradict one another the first counts.
    """
    above: dict[str, str] = {}

    def root(id: str) -> str:
        while id in above:
            id = above[id]
        return id

    for merge in merges:
        kept, dropped = root(merge.kept), root(merge.dropped)
        if kept != dropped:
            above[dropped] = kept
    return {id: root(id) for id in above}
