"""Vectors for the library's texts."""

from paperflow.pipeline import Progress
from paperflow.retrieval import embed as embedding
from paperflow.workspace import Workspace


def to_embed(workspace: Workspace) -> int:
    """Return how many texts have no vector yet."""
    return embedding.waiting(workspace.store, workspace.encoder_name)


def embed(workspace: Workspace, *, progress: Progress | None = None) -> int:
    """Give every title and abstract without one its vector; return how many were made."""
    workspace.require_papers()
    if not to_embed(workspace):
        return 0
    return embedding.embed(workspace.store, workspace.encoder, progress=progress).encoded


def embedding_time(workspace: Workspace) -> float:
    """Embed a first batch and return how many seconds the rest should take."""
    return embedding.estimate(workspace.store, workspace.encoder).seconds
