"""Files, folders, and standard input into the library."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from paperflow.engine import batched
from paperflow.pipeline import Progress
from paperflow.records import Failure, Paper
from paperflow.workspace import Workspace

_BATCH = 1000  # records committed at once: what a kill can cost, at most


@dataclass(slots=True)
class Added:
    """What became of the records that were read."""

    added: int = 0
    merged: int = 0
    unchanged: int = 0
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
            "failed": [{"item": f.item, "reason": f.reason} for f in self.failures],
        }


def add_files(
    workspace: Workspace,
    names: Sequence[str],
    *,
    kind: str | None = None,
    stdin: BinaryIO | None = None,
    progress: Progress | None = None,
) -> Added:
    """Read files, folders, and patterns ("-": standard input) into the library.

    Records are committed batch by batch, so a kill loses nothing that was confirmed, and
    adding the rest again passes over what is there.
    """
    summary = Added()
    for batch in batched(_read_all(names, kind, stdin), _BATCH):
        papers = [item for item in batch if isinstance(item, Paper)]
        summary.failures += [item for item in batch if isinstance(item, Failure)]
        for outcome in workspace.store.papers.add(papers):
            setattr(summary, outcome, getattr(summary, outcome) + 1)
        if progress:
            progress(len(batch))
    if summary.added or summary.merged:
        workspace.citation_keys()  # made now, so that no search has to wait for them
    return summary


def _read_all(
    names: Sequence[str], kind: str | None, stdin: BinaryIO | None
) -> Iterator[Paper | Failure]:
    from paperflow.readers import expand, read

    for item in expand([name for name in names if name != "-"]):
        if isinstance(item, Failure):
            yield item
        else:
            yield from read(item, kind=kind)
    if "-" in names:
        yield from read(stdin or sys.stdin.buffer, kind=kind, name="standard input")
