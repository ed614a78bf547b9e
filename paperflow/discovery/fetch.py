"""Open full texts into the workspace: PDFs and LaTeX sources, under safe names."""

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex
from urllib.parse import quote

from paperflow.pipeline import Progress
from paperflow.records import Failure, Paper, fingerprint
from paperflow.reports.files import refusal
from paperflow.sources import SourceError, arxiv
from paperflow.sources.unpaywall import Unpaywall
from paperflow.sources.web import Call, Policy, Web
from paperflow.workspace import Workspace

FOLDER = "texts"
PDF, SOURCE = "pdf", "source"
_SUFFIX = {PDF: ".pdf", SOURCE: ".tar.gz"}
_MAGIC = {PDF: b"%PDF-", SOURCE: b"\x1f\x8b"}
_POLICY = Policy(interval=1.0, most=128 << 20)
_ARXIV_POLICY = Policy(interval=3.0, wait=10.0, busy=arxiv.POLICY.busy, most=128 << 20)
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_BUDGET = 4.0  # times the usual seconds, for a large file over a slow line


@dataclass(slots=True)
class Fetched:
    """What was brought, what was there before, and what is not to be had, with the reason."""

    files: list[Path] = field(default_factory=list)
    there: list[Path] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)


def fetch(
    workspace: Workspace,
    names: Sequence[str] = (),
    *,
    kind: str = PDF,
    web: Web | None = None,
    progress: Progress | None = None,
) -> Fetched:
    """Fetch the open full texts of the named papers, or of all, into the workspace.

    arXiv is asked for its own, then the address that the paper's record states, then
    Unpaywall. A file that is there is not fetched again; what is no PDF (or no packed
    source) is not kept.
    """
    papers = workspace.store.papers
    wanted = papers.many([papers.find(name) for name in names]) if names else papers.all()
    done = Fetched()
    for paper in wanted:
        _fetch_one(workspace, paper, kind, web or workspace.web, done)
        if progress:
            progress(1)
    return done


def text_path(workspace: Workspace, paper: Paper, kind: str = PDF) -> Path:
    """Return where the full text of a paper lies: a name that can't leave its folder."""
    words = _UNSAFE.sub("-", paper.id).strip("-.")[:80] or "paper"
    name = f"{words}-{fingerprint(paper.id)[:8]}{_SUFFIX[kind]}"
    return workspace.home / FOLDER / name


def _fetch_one(workspace: Workspace, paper: Paper, kind: str, web: Web, done: Fetched) -> None:
    path = text_path(workspace, paper, kind)
    if path.exists():
        done.there.append(path)
        return
    reasons: list[str] = []
    for call, address in _places(paper, kind, web, reasons):
        body = _body(call, address, kind, reasons)
        if body is not None:
            _write(path, body)
            done.files.append(path)
            return
    reason = "; ".join(dict.fromkeys(reasons)) or "no open full text is known"
    done.failures.append(Failure(item=paper.id, reason=reason))


def _places(paper: Paper, kind: str, web: Web, reasons: list[str]) -> Iterator[tuple[Call, str]]:
    """Yield where the text may be, the next only when the last one failed."""
    if paper.arxiv_id:
        site = web.site("arxiv", arxiv.BASE, _ARXIV_POLICY)
        path = "pdf" if kind == PDF else "e-print"
        yield site.call(_BUDGET), f"{site.base}/{path}/{quote(paper.arxiv_id)}"
    if kind == SOURCE:
        return
    site = web.site("full text", "", _POLICY)
    if paper.pdf_url and "arxiv.org/" not in paper.pdf_url:
        yield site.call(_BUDGET), paper.pdf_url
    if paper.doi:
        for address in _open_places(paper.doi, web, reasons):
            yield site.call(_BUDGET), address


def _open_places(doi: str, web: Web, reasons: list[str]) -> list[str]:
    try:
        return Unpaywall(web).locations(doi)
    except SourceError as error:
        reasons.append(f"unpaywall: {error.message}")
        return []


def _body(call: Call, address: str, kind: str, reasons: list[str]) -> bytes | None:
    """Return the file at an address, or None with the reason noted."""
    try:
        body = call.download(address).body
    except SourceError as error:
        reasons.append(error.message)
        return None
    if body.startswith(_MAGIC[kind]):
        return body
    reasons.append(f"what came is no {'PDF' if kind == PDF else 'packed source'}")
    return None


def _write(path: Path, body: bytes) -> None:
    """Put the whole file in its place, or none of it."""
    draft = path.with_name(f".{path.name}.{token_hex(4)}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(body)
        os.replace(draft, path)  # noqa: PTH105 - atomic also over a file that is there
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise refusal(path, error) from error
