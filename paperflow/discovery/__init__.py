"""What a user does to get papers: add files, embed them, discover."""

from paperflow.discovery.add import Added, add_files
from paperflow.discovery.embed import embed, embedding_time, to_embed
from paperflow.discovery.plan import Choices
from paperflow.discovery.run import Discovery, discover

__all__ = [
    "Added",
    "Choices",
    "Discovery",
    "add_files",
    "discover",
    "embed",
    "embedding_time",
    "to_embed",
]
