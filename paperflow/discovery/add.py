"""Files, folders, and standard input into the library."""

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from paperflow.discovery.names import (
    daily_page,
    find_daily,
    find_papers,
    is_address,
    names_in,
    paper_name,
)
from paperflow.discovery.texts import batches, read_files
from paperflow.documents import Document
from paperflow.engine import cores
from paperflow.errors import BadInput
from paperflow.pipeline import Progress
from paperflow.records import Failure, Paper
from paperflow.workspace import Workspace

if TYPE_CHECKING:
    from paperflow.readers import Item
    from paperflow.sources.web import Web


@dataclass(slots=True)
class Added:
    """What became of the records that were read."""

    added: int = 0
    merged: int = 0
    unchanged: int = 0
    texts: int = 0  # how many came with their full text
    failures: list[Failure] = field(default_factory=list)

    @property
    def read(self) -> int:
        """Return how many records could be read."""
        return self.added + self.merged + self.unchanged

    def as_dict(self) -> dict[str, Any]:
        """Return everything, ready for JSON."""
        return {
            "added": self.added,
            "merged": self.merged,
            "unchanged": self.unchanged,
            "texts": self.texts,
            "failed": [{"item": f.item, "reason": f.reason} for f in self.failures],
        }


def add_files(
    workspace: Workspace,
    names: Sequence[str],
    *,
    kind: str | None = None,
    stdin: BinaryIO | None = None,
    web: "Web | None" = None,
    progress: Progress | None = None,
) -> Added:
    """Read files, folders, and patterns ("-": standard input) into the library.

    DOIs, arXiv ids, addresses with one, and files that list nothing else are looked up on
    the `web`; a file of the same name comes first. Records are committed batch by batch, so a
    kill loses nothing that was confirmed, and adding the rest again passes over what is there.
    """
    workers = workspace.settings.workers or cores()
    items = _read_all(names, kind, stdin, web or workspace.web, workers)
    return _kept(workspace, items, progress)


def add_named(workspace: Workspace, names: Sequence[str], *, web: "Web | None" = None) -> Added:
    """Look DOIs, arXiv ids, and addresses with one up on the web, and add what comes.

    No file is read, whatever its name. Raise BadInput for what names no paper.
    """
    asked = [paper_name(name) for name in names]
    if not all(asked):
        wrong = names[asked.index("")]
        raise BadInput(
            f"{wrong!r} is no DOI and no arXiv id", hint="such as 10.1145/3292500.3330701"
        )
    return _kept(workspace, find_papers(asked, web or workspace.web), None)


def _kept(workspace: Workspace, items: Iterable["Item"], progress: Progress | None) -> Added:
    """Commit what was read, batch by batch."""
    summary = Added()
    for batch in batches(items):
        _put(workspace, batch, summary)
        if progress:
            progress(len(batch))
    if summary.added or summary.merged:
        workspace.citation_keys()  # made now, so that no search has to wait for them
    return summary


def _put(workspace: Workspace, batch: Sequence["Item"], summary: Added) -> None:
    """Commit a batch: papers, then the full texts that some of them came with."""
    documents = [item for item in batch if isinstance(item, Document)]
    summary.failures += [item for item in batch if isinstance(item, Failure)]
    papers = [item.paper if isinstance(item, Document) else item for item in batch]
    outcomes = workspace.store.papers.add([item for item in papers if isinstance(item, Paper)])
    for outcome in outcomes:
        setattr(summary, outcome, getattr(summary, outcome) + 1)
    if documents:
        workspace.store.documents.put_many(documents)
        summary.texts += len(documents)
        remarks = [(item.paper.title, remark) for item in documents for remark in item.remarks]
        summary.failures += [Failure(item=title, reason=reason) for title, reason in remarks]


def _read_all(
    names: Sequence[str],
    kind: str | None,
    stdin: BinaryIO | None,
    web: "Web",
    workers: int,
) -> Iterator["Item"]:
    from paperflow.readers import expand, read

    asked, files = _sorted_out(names, kind)
    yield from read_files(expand(files), kind, workers)
    yield from _looked_up(asked, web)
    if "-" in names:
        yield from read(stdin or sys.stdin.buffer, kind=kind, name="standard input")


def _sorted_out(names: Sequence[str], kind: str | None) -> tuple[list[str], list[str]]:
    """Return what is looked up, and what is read from the disk."""
    asked: list[str] = []
    files: list[str] = []
    for name in names:
        if os.path.exists(name):  # noqa: PTH110 - true also for odd names that Path refuses
            listed = [] if kind else names_in(Path(name))
            asked += listed
            files += [] if listed else [name]
        elif paper_name(name) or is_address(name):
            asked.append(paper_name(name) or name)
        elif name != "-":
            files.append(name)
    return asked, files


def _looked_up(asked: Sequence[str], web: "Web") -> Iterator[Paper | Failure]:
    yield from find_papers([name for name in asked if not is_address(name)], web)
    for address in filter(is_address, asked):
        if when := daily_page(address):
            yield from find_daily(when, web)
        else:
            reason = "no DOI or arXiv id stands in this address; save the page and add the file"
            yield Failure(item=address, reason=reason)
