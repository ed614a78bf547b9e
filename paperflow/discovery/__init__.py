"""What a user does to get papers: add, discover, follow citations, watch, fetch texts, embed."""

from paperflow.discovery.add import Added, add_files, add_named
from paperflow.discovery.embed import embed, embedding_time, to_embed
from paperflow.discovery.expand import Expanded, expand
from paperflow.discovery.fetch import Fetched, fetch
from paperflow.discovery.plan import Choices
from paperflow.discovery.run import Discovery, Ranking, discover, look_elsewhere, rank
from paperflow.discovery.watch import News, forget, watch

__all__ = [
    "Added",
    "Choices",
    "Discovery",
    "Expanded",
    "Fetched",
    "News",
    "Ranking",
    "add_files",
    "add_named",
    "discover",
    "embed",
    "embedding_time",
    "expand",
    "fetch",
    "forget",
    "look_elsewhere",
    "rank",
    "to_embed",
    "watch",
]
