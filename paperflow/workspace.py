"""One folder that holds a library: its store, its indexes, its runs."""

import json
import os
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from paperflow.config import Settings, load_settings
from paperflow.errors import NotReady, UnknownName, WorkspaceError
from paperflow.store import Store, open_store
from paperflow.store.identity import bare_arxiv_id, bare_doi

if TYPE_CHECKING:
    from paperflow.encoder import Encoder
    from paperflow.retrieval.index import DenseIndex
    from paperflow.sources.web import Web

FOLDER = ".paperflow"


@dataclass(frozen=True)
class Workspace:
    """A library in `folder`; everything is opened on first use."""

    folder: Path
    create: bool = False  # may a store be made where the settings name one that is not there?

    @property
    def home(self) -> Path:
        """Return the hidden folder with everything that paperflow keeps."""
        return self.folder / FOLDER

    @property
    def runs(self) -> Path:
        """Return the folder in which each discovery leaves its files."""
        return self.home / "runs"

    @property
    def index(self) -> Path:
        """Return the folder of what is derived from the store and can be made again."""
        return self.home / "index"

    @property
    def models(self) -> Path:
        """Return the folder of the models that were trained on this library, with their cards."""
        return self.home / "models"

    @property
    def hypergraph_files(self) -> Path:
        """Return the folder of the statements as arrays."""
        return self.index / "hypergraph"

    @cached_property
    def settings(self) -> Settings:
        """Return the settings of this workspace."""
        return load_settings(self.home)

    @cached_property
    def store(self) -> Store:
        """Return the opened store."""
        named = self.settings.store
        return open_store(named or self.home / "store.sqlite", create=self.create or not named)

    @cached_property
    def web(self) -> "Web":
        """Return the way to the web, with this workspace's cache, manners, and contact."""
        from paperflow.sources.web import Web
        from paperflow.sources.web.mirrors import parse_mirrors
        from paperflow.store.web import WebState

        return Web(
            state=WebState(self.home / "web.sqlite"),
            contact=self.settings.contact,
            mirrors=parse_mirrors(self.settings.mirrors),
            offline=self.settings.offline,
        )

    @cached_property
    def encoder(self) -> "Encoder":
        """Return the text encoder that the settings name."""
        from paperflow.encoder import load_encoder

        return load_encoder(self.settings.encoder)

    @cached_property
    def encoder_name(self) -> str:
        """Return the name under which the encoder's vectors are kept, without loading it."""
        from paperflow.encoder import encoder_name

        return encoder_name(self.settings.encoder)

    @cached_property
    def dense_index(self) -> "DenseIndex":
        """Return the vector index, brought up to date."""
        from paperflow.retrieval.index import open_index

        return open_index(self.store, self.encoder.name, self.encoder.dimension, self.index)

    @property
    def unembedded(self) -> int:
        """Return how many texts have no vector of the encoder yet."""
        hashes = set(self.store.papers.content_hashes().values())
        return len(hashes - self.store.vectors.known(self.encoder_name))

    @property
    def is_embedded(self) -> bool:
        """Tell whether any text has a vector of the encoder."""
        return self.store.vectors.any(self.encoder_name)

    def citation_keys(self) -> dict[str, str]:
        """Return the citation key of every paper, by id; kept while no paper changes."""
        from paperflow.reports.files import write_text_atomically
        from paperflow.reports.keys import citation_keys

        state = self.store.papers.state()
        kept = self.index / "citation_keys.json"
        with suppress(OSError, ValueError, KeyError, TypeError):
            found = json.loads(kept.read_text(encoding="utf-8"))
            if found["state"] == state:
                return dict(found["keys"])
        keys = citation_keys(list(self.store.papers.headings()))
        with suppress(
            WorkspaceError, OSError
        ):  # a library that can only be read has keys all the same
            self.index.mkdir(parents=True, exist_ok=True)
            write_text_atomically(kept, lambda out: json.dump({"state": state, "keys": keys}, out))
        return keys

    def paper_id(self, name: str) -> str:
        """Return the id of the paper with this id, citation key, DOI, arXiv id, or title."""
        keys = self.citation_keys()
        if name in keys:
            return name
        try:
            return next((id for id, key in keys.items() if key == name), "") or (
                self.store.papers.find(name)
            )
        except UnknownName as error:
            if bare_doi(name) or bare_arxiv_id(name):
                hint = f"get it: `paperflow add {name}`"
                raise UnknownName(error.message, hint=hint) from error
            if near := get_close_matches(name, [*keys, *keys.values()], n=1):
                raise UnknownName(error.message, hint=f"did you mean {near[0]!r}?") from error
            raise

    def require_papers(self) -> None:
        """Raise NotReady while the library is empty."""
        if not self.store.papers.count():
            raise NotReady("the library is empty", hint="add papers: `paperflow add FILES`")


def find_workspace(folder: Path | None = None, *, create: bool = False) -> Workspace:
    """Return the workspace in `folder`, else of PAPERFLOW_WORKSPACE, else found upwards.

    With `create`, a missing one is made there, or in the current folder.
    """
    named = folder or (Path(text) if (text := os.environ.get("PAPERFLOW_WORKSPACE")) else None)
    start = Path.cwd() if named is None else named
    places = [start] if named else [start, *start.absolute().parents]
    found = next((place for place in places if (place / FOLDER).is_dir()), None)
    if found is None and not create:
        raise WorkspaceError(
            f"no workspace in {start}",
            hint="make one with `paperflow add FILES`, or name it: -w DIR",
        )
    return Workspace(found or _made(start), create)


def _made(folder: Path) -> Path:
    try:
        (folder / FOLDER).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WorkspaceError(
            f"can't make a workspace in {folder}: {error.strerror or error}",
            hint="name a folder that can be written to: -w DIR",
        ) from error
    return folder
