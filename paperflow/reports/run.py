"""The files that one discovery leaves behind, all of the same list, in step.

The manifest is written last and names every file with its hash: a folder whose
manifest agrees is whole.
"""

import csv
import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import Any

from paperflow.errors import BadInput, UnknownName, WorkspaceError
from paperflow.reports import bibtex, html
from paperflow.reports.files import write_text_atomically
from paperflow.reports.markdown import escape, link
from paperflow.reports.records_json import record, writable
from paperflow.reports.report import PARTS, Report, ScoredPaper
from paperflow.reports.table import COLUMNS, guard, row

MANIFEST = "manifest.json"
TIMES = "times.json"


def write_run(folder: Path, report: Report, manifest: Mapping[str, Any]) -> None:
    """Write the list in every format, then the manifest."""
    make_folder(folder)
    write_papers(folder, report)
    write_manifest(folder, manifest, FILES)


def check_folder(folder: Path | None) -> None:
    """Refuse a folder with files of the user's: only what a run left may be written over."""
    if folder is None or not folder.exists() or not any(folder.iterdir()):
        return
    with suppress(OSError, ValueError, TypeError):
        if "paperflow" in json.loads((folder / MANIFEST).read_text(encoding="utf-8")):
            return
    raise BadInput(f"{folder} holds other files", hint="name an empty or a new folder: --out DIR")


def make_folder(folder: Path) -> Path:
    """Make the folder of a run where it is not there, and return it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WorkspaceError(
            f"can't make {folder}: {error.strerror or error}",
            hint="name a folder that can be written to: --out DIR",
        ) from error
    return folder


def write_papers(folder: Path, report: Report) -> None:
    """Write the list as JSON, CSV, BibTeX, Markdown, and HTML."""
    for name, render in _FORMATS.items():
        _write(folder / name, render(report))


def write_manifest(
    folder: Path, manifest: Mapping[str, Any], names: Iterable[str]
) -> dict[str, Any]:
    """Write the manifest with the hashes of those of the named files that are there."""
    there = [folder / name for name in sorted(names) if (folder / name).is_file()]
    hashes = {path.name: sha256(path.read_bytes()).hexdigest() for path in there}
    whole = {**manifest, "files": hashes}
    _write(folder / MANIFEST, _dumped(whole))
    return whole


def write_times(folder: Path, seconds: Mapping[str, float]) -> None:
    """Write how long each step took: a file of its own, the only one that differs each time."""
    _write(folder / TIMES, _dumped({name: round(value, 3) for name, value in seconds.items()}))


def list_runs(folder: Path) -> list[str]:
    """Return the names of the runs in a folder, sorted."""
    return sorted(path.parent.name for path in folder.glob(f"*/{MANIFEST}"))


def read_run(folder: Path, name: str, file: str) -> str:
    """Return the text of a file that a run left; raise UnknownName for any other path."""
    if name not in (known := list_runs(folder)):
        raise UnknownName(f"no report {name!r}", hint=f"known: {', '.join(known)}")
    files = {path.name: path for path in (folder / name).iterdir() if _is_plain(path)}
    if file not in files:
        raise UnknownName(f"no file {file!r} in it", hint=f"known: {', '.join(sorted(files))}")
    return files[file].read_text(encoding="utf-8", errors="replace")


def _is_plain(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def scored_record(item: ScoredPaper) -> dict[str, Any]:
    """Return a listed paper with its rank, key, total, and the parts of its score."""
    parts = {part.name: {"value": part.value, "share": part.share} for part in item.parts}
    return {
        "rank": item.rank,
        "citation_key": item.key,
        "total": item.total,
        "scores": parts,
        "marks": list(item.marks),
        "why": item.why,
        **record(item.paper),
    }


def _json(report: Report) -> str:
    return _dumped([scored_record(item) for item in report.papers])


def _csv(report: Report) -> str:
    """Return the table of all exports, with rank and scores before it."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["rank", "total", *PARTS, "marks", *COLUMNS])
    for item in report.papers:
        values = {part.name: f"{part.value:.6f}" for part in item.parts}
        scores = ["" if item.total is None else f"{item.total:.6f}"]
        scores += [values.get(name, "") for name in PARTS]
        marks = guard("; ".join(item.marks))
        writer.writerow([str(item.rank), *scores, marks, *row(item.paper, item.key)])
    return out.getvalue()


def _bibtex(report: Report) -> str:
    out = StringIO()
    pairs = ((item.key, item.paper) for item in report.papers)
    bibtex.write(sorted(pairs, key=lambda pair: pair[0]), out)
    return out.getvalue()


def _markdown(report: Report) -> str:
    lines = [f"# {escape(report.title)}", ""]
    lines += [f"- {escape(name)}: {escape(value)}" for name, value in report.reading]
    lines += ["", *(line for item in report.papers for line in _entry(item))]
    return "\n".join(lines) + "\n"


def _entry(item: ScoredPaper) -> list[str]:
    paper = item.paper
    address = f"https://doi.org/{paper.doi}" if paper.doi else paper.url
    total = "" if item.total is None else f" — {item.total:.3f}"
    facts = ["; ".join(paper.authors), paper.venue, paper.date]
    lines = [f"{item.rank}. {link(paper.title, address)} `[@{item.key}]`{total}"]
    if told := ", ".join(escape(fact) for fact in facts if fact):
        lines.append(f"   {told}")
    if item.why:
        lines.append(f"   {escape(item.why)}")
    return [*lines, ""]


def _dumped(value: Any) -> str:
    return json.dumps(writable(value), ensure_ascii=False, indent=2) + "\n"


def _write(path: Path, text: str) -> None:
    write_text_atomically(path, lambda out: out.write(text))


_FORMATS = {
    "papers.json": _json,
    "papers.csv": _csv,
    "papers.bib": _bibtex,
    "papers.md": _markdown,
    "report.html": html.render,
}
FILES = tuple(_FORMATS)
