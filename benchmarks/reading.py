"""How well full texts are read: made-up papers typeset in nine styles, damaged PDFs, real papers.

    python benchmarks/reading.py [--quick] [--json FILE]

The made-up papers' structure is known to the letter; the held-out seeds were not looked at while
the rules for whole papers were written. Real papers come from `PAPERFLOW_TEST_DATA`. What went
wrong is listed, the first dozen of each kind. Needs pdflatex (`make test-system`).
"""

import io
import os
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from judged import ROOT
from reading_bench.papers import STYLES, Truth, make
from reading_bench.real import acl_rows, jats_rows, latex_pdf_rows, reference_rows, unarxive_rows
from reading_bench.score import MEASURES, Scores, compare, new_scores
from reading_bench.typeset import AGAIN, DAMAGE, TEX, typeset
from report import Row, arguments, show

from paperflow.documents import Document, problems_of
from paperflow.readers import READERS, File
from paperflow.readers.file import HEAD
from paperflow.readers.isolation import Pool
from paperflow.records import Failure

DATA = Path(os.environ.get("PAPERFLOW_TEST_DATA", ROOT.parent / "shared" / "data"))
SEEN, HELD_OUT = (1, 2), (101, 102, 103, 104)
GOALS = {"headings": 0.9, "references": 0.9, "captions": 0.9, "citation links": 0.9}
LISTED = 12  # failures shown of each measure


@dataclass(frozen=True)
class Made:
    """A made-up paper: its truth, its LaTeX, its PDF."""

    name: str
    truth: Truth
    latex: str
    pdf: Path


def made_papers(folder: Path, seeds: tuple[int, ...]) -> Iterator[Made]:
    """Yield a typeset paper for each style and seed."""
    for style in STYLES:
        for seed in seeds:
            latex, truth = make(seed, style)
            name = f"{style.name}-{seed}"
            yield Made(name, truth, latex, typeset(latex, folder, name))


def read_here(data: bytes, kind: str, name: str) -> Document:
    """Return the document in `data`; nothing in it may dangle."""
    (found,) = READERS.load(kind).read(File(io.BytesIO(data), name, data[:HEAD]))
    assert isinstance(found, Document)
    assert not problems_of(found), problems_of(found)[:3]
    return found


def list_failures(name: str, scores: Scores) -> None:
    """Print what went wrong, measure by measure."""
    for measure, score in scores.items():
        for wrong in score.wrong[:LISTED]:
            print(f"  {name}, {measure}: {wrong[:160]}")
        if len(score.wrong) > LISTED:
            print(f"  {name}, {measure}: and {len(score.wrong) - LISTED} more")


def generated_rows(papers: list[Made], held: str) -> list[Row]:
    """Score the PDFs, and the LaTeX they were made from."""
    rows = []
    for kind in ("pdf", "tex"):
        scores = new_scores()
        for paper in papers:
            data = paper.pdf.read_bytes() if kind == "pdf" else paper.latex.encode()
            compare(read_here(data, kind, f"{paper.name}.{kind}"), paper.truth, scores, paper.name)
        for measure in MEASURES:
            score = scores[measure]
            note = f"precision {score.precision:.3f}, recall {score.recall:.3f} of {score.wanted}"
            goal = GOALS.get(measure)
            rows.append(Row(f"{kind}, {held}: {measure}", score.f1, "F1", goal=goal, note=note))
        list_failures(f"{kind}, {held}", scores)
    return rows


def damaged_rows(papers: list[Made], folder: Path) -> list[Row]:
    """Damage PDFs in every way, and set them again in odd ways; score what is read."""
    scores, pool = new_scores(), Pool()
    read = refused = crashed = 0
    cases = list(_damaged(papers, folder))
    for name, data, truth in cases:
        path = folder / "damaged.pdf"
        path.write_bytes(data)
        (item,) = pool.read(path, "pdf", name)
        if isinstance(item, Failure):
            crash = "crash" in item.reason or "gave up" in item.reason or "report it" in item.reason
            refused, crashed = refused + (not crash), crashed + crash
            print(f"  damaged, {name}: refused: {item.reason}")
        elif isinstance(item, Document):
            read += 1
            one = new_scores()
            compare(item, truth, one, name)
            compare(item, truth, scores, name)
            told = ", ".join(f"{m} {one[m].f1:.2f}" for m in GOALS)
            print(f"  damaged, {name}: {told}")
    pool.close()
    rows = [
        Row("damaged PDFs", len(cases), "files", goal=15),
        Row("damaged: read", read, "files"),
        Row("damaged: refused with a reason", refused, "files"),
        Row("damaged: crashed or hung", crashed, "files", goal=0, more_is_better=False),
    ]
    return rows + [Row(f"damaged, read: {m}", scores[m].f1, "F1") for m in GOALS]


def _damaged(papers: list[Made], folder: Path) -> Iterator[tuple[str, bytes, Truth]]:
    for n, (how, damage) in enumerate(DAMAGE.items()):
        paper = papers[n % len(papers)]
        yield f"{paper.name}, {how}", damage(paper.pdf.read_bytes()), paper.truth
    for n, (how, (old, new)) in enumerate(AGAIN.items()):
        paper = papers[n % len(papers)]
        again = typeset(paper.latex.replace(old, new, 1), folder, f"again-{n}")
        yield f"{paper.name}, {how}", again.read_bytes(), paper.truth


def speed_rows(papers: list[Made]) -> list[Row]:
    """Time the readers alone: pages and papers per second of computing."""
    pages, spent, tex_spent = 0, 0.0, 0.0
    for paper in papers:
        data = paper.pdf.read_bytes()
        start = time.process_time()
        pages += read_here(data, "pdf", paper.name).pages
        spent += time.process_time() - start
        start = time.process_time()
        read_here(paper.latex.encode(), "tex", paper.name)
        tex_spent += time.process_time() - start
    return [
        Row("pdf: pages per CPU second", pages / spent, "1/s"),
        Row("tex: papers per CPU second", len(papers) / tex_spent, "1/s"),
    ]


def tarball(latex: str) -> bytes:
    """Return a source as arXiv packs it."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        info = tarfile.TarInfo("main.tex")
        info.size = len(latex.encode())
        archive.addfile(info, io.BytesIO(latex.encode()))
    return out.getvalue()


def main() -> None:
    """Read everything, list the failures, then show the table."""
    options = arguments(__doc__)
    if not TEX:
        sys.exit("pdflatex is missing; hint: make test-system")
    print("typesets and reads; about 1 minute with --quick, 3 without")
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        seen = list(made_papers(folder, SEEN[: 1 if options.quick else None]))
        held_out = list(made_papers(folder, HELD_OUT[: 1 if options.quick else None]))
        rows += generated_rows(seen, "seen")
        rows += generated_rows(held_out, "held out")
        rows += damaged_rows(held_out, folder)
        rows += speed_rows(held_out)
    for read_real in (latex_pdf_rows, acl_rows, jats_rows, reference_rows, unarxive_rows):
        rows += read_real(DATA, quick=options.quick)
    show(options, rows)


if __name__ == "__main__":
    main()
