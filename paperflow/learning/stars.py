"""What the reader likes: stars on papers."""

from collections.abc import Sequence

from paperflow.records import Paper
from paperflow.workspace import Workspace


def star(workspace: Workspace, papers: Sequence[str], *, remove: bool = False) -> list[str]:
    """Give papers a star, or take it away; return their ids.

    A name that is no paper's raises UnknownName before anything is changed.
    """
    ids = [workspace.paper_id(name) for name in papers]
    for id in ids:
        (workspace.store.stars.remove if remove else workspace.store.stars.put)(id)
    return ids


def starred(workspace: Workspace) -> list[Paper]:
    """Return the papers with a star, sorted by id."""
    return workspace.store.papers.many(workspace.store.stars.all())
