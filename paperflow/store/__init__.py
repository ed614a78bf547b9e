"""The store: the only truth. Everything else is derived from it and can be made again.

A second engine gives the same attributes over its own database and joins the
contract suite in `tests/store/`.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from paperflow.errors import BadInput, WorkspaceError
from paperflow.store.check import Checks
from paperflow.store.database import Database
from paperflow.store.documents import Documents
from paperflow.store.facts import FactTables
from paperflow.store.merges import Merges
from paperflow.store.papers import Papers
from paperflow.store.predictions import Predictions
from paperflow.store.replies import Replies
from paperflow.store.search import Filter, Search
from paperflow.store.stars import Stars
from paperflow.store.statements import Statements
from paperflow.store.vectors import Vectors

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["Filter", "Store", "open_store"]


@dataclass(frozen=True)
class Store:
    """Papers, their text, facts, vectors, and what is learned. Safe to share between threads."""

    database: Database
    papers: Papers
    documents: Documents
    search: Search
    facts: FactTables
    statements: Statements
    merges: Merges
    replies: Replies
    vectors: Vectors
    stars: Stars
    predictions: Predictions
    checks: Checks

    @property
    def revision(self) -> int:
        """Return a number that grows with every change of papers or facts."""
        return self.database.revision()

    @property
    def read_only(self) -> bool:
        """Tell whether the store can only be read."""
        return self.database.read_only

    def close(self) -> None:
        """Close all connections."""
        self.database.close()

    def __enter__(self) -> "Store":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: "TracebackType | None",
    ) -> None:
        self.close()


def open_store(url: str | Path, *, create: bool = True) -> Store:
    """Open the store at a path or a "sqlite:///path" URL.

    Where there is none, it is made, or, without `create`, WorkspaceError is raised.
    """
    text = str(url)
    if "://" in text and not text.startswith("sqlite:///"):
        raise BadInput(f"no store engine for {text!r}", hint='use "sqlite:///path/to/store.sqlite"')
    path = Path(text.removeprefix("sqlite:///"))
    if not create and not path.exists():
        raise WorkspaceError(f"no store at {path}", hint="mend the setting `store`, or add papers")
    database = Database(path)
    return Store(
        database=database,
        papers=Papers(database),
        documents=Documents(database),
        search=Search(database),
        facts=FactTables(database),
        statements=Statements(database),
        merges=Merges(database),
        replies=Replies(database),
        vectors=Vectors(database),
        stars=Stars(database),
        predictions=Predictions(database),
        checks=Checks(database),
    )
