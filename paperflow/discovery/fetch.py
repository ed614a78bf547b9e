"""Open full texts into the workspace: PDFs and LaTeX sources, under safe names, and read."""

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from secrets import token_hex
from urllib.parse import quote

from paperflow.discovery.texts import TEXTS, read_each
from paperflow.documents import Document
from paperflow.engine import batched, cores
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
    read: int = 0  # texts that analysis has now, and had not before
    failures: list[Failure] = field(default_factory=list)


def fetch(
    workspace: Workspace,
    names: Sequence[str] = (),
    *,
    kind: str = PDF,
    web: Web | None = None,
    progress: Progress | None = None,
) -> Fetched:
    """Fetch the open full texts of the named papers, or of all, and read them.

    arXiv is asked for its own, then the address that the paper's record states, then
    Unpaywall. A file that is there is not fetched again, nor read when its paper has a text;
    what is no PDF (or no packed source) is not kept.
    """
    papers = workspace.store.papers
    wanted = papers.many([papers.find(name) for name in names]) if names else list(papers.all())
    known = workspace.store.documents.papers()
    done = Fetched()
    for some in batched(wanted, TEXTS):
        unread: list[tuple[Paper, Path]] = []
        for paper in some:
            path = _fetch_one(workspace, paper, kind, web or workspace.web, done)
            if path and (path in done.files or paper.id not in known):
                unread.append((paper, path))
            if progress:
                progress(1)
        _read(workspace, unread, done)
    return done


def _read(workspace: Workspace, texts: Sequence[tuple[Paper, Path]], done: Fetched) -> None:
    """Read texts into the library, each as its paper's, whatever title its first page shows."""
    workers = workspace.settings.workers or cores()
    items = [list(found) for found in read_each([path for _, path in texts], workers)]
    documents = []
    for (paper, _), found in zip(texts, items, strict=True):
        done.failures += [
            replace(item, item=paper.id) for item in found if isinstance(item, Failure)
        ]
        documents += [_of(paper, item) for item in found if isinstance(item, Document)]
    workspace.store.papers.add([document.paper for document in documents])
    workspace.store.documents.put_many(documents)
    done.read += len(documents)


def _of(paper: Paper, document: Document) -> Document:
    """Return the document with a record that says which paper it is, and what that cites."""
    stated = replace(
        Paper(title=paper.title, sources=document.paper.sources),
        authors=paper.authors[:1], year=paper.year, doi=paper.doi, arxiv_id=paper.arxiv_id,
        abstract="" if paper.abstract else document.paper.abstract,
        references=document.paper.references,
    )  # fmt: skip
    return replace(document, paper=stated)


def text_path(workspace: Workspace, paper: Paper, kind: str = PDF) -> Path:
    """Return where the full text of a paper lies: a name that can't leave its folder."""
    words = _UNSAFE.sub("-", paper.id).strip("-.")[:80] or "paper"
    name = f"{words}-{fingerprint(paper.id)[:8]}{_SUFFIX[kind]}"
    return workspace.home / FOLDER / name


def _fetch_one(
    workspace: Workspace, paper: Paper, kind: str, web: Web, done: Fetched
) -> Path | None:
    """Return where the text lies, now or since before; None, with the reason noted, if nowhere."""
    path = text_path(workspace, paper, kind)
    if path.exists():
        done.there.append(path)
        return path
    reasons: list[str] = []
    for call, address in _places(paper, kind, web, reasons):
        body = _body(call, address, kind, reasons)
        if body is not None:
            _write(path, body)
            done.files.append(path)
            return path
    reason = "; ".join(dict.fromkeys(reasons)) or "no open full text is known"
    done.failures.append(Failure(item=paper.id, reason=reason))
    return None


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
