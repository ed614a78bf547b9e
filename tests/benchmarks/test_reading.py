"""Papers with a known structure, typeset and read back: nothing less than the goals."""

import io
import shutil
from pathlib import Path

import pytest
from reading_bench.papers import STYLES, Style, make
from reading_bench.score import compare, new_scores
from reading_bench.typeset import typeset

from paperflow.documents import Document, problems_of
from paperflow.readers import READERS, File
from paperflow.readers.file import HEAD

GOAL = 0.9
needs_tex = pytest.mark.skipif(
    shutil.which("pdflatex") is None, reason="pdflatex is not installed: make test-system"
)


def read_back(data: bytes, kind: str) -> Document:
    (found,) = READERS.load(kind).read(File(io.BytesIO(data), f"paper.{kind}", data[:HEAD]))
    assert isinstance(found, Document)
    assert problems_of(found) == []
    return found


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.name)
def test_latex_is_read_to_the_letter(style: Style) -> None:
    latex, truth = make(7, style)
    scores = new_scores()
    compare(read_back(latex.encode(), "tex"), truth, scores, style.name)
    assert {name: score.wrong for name, score in scores.items() if score.wrong} == {}


@needs_tex
@pytest.mark.slow
@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.name)
def test_its_pdf_is_read_as_well_as_wanted(style: Style, tmp_path: Path) -> None:
    latex, truth = make(7, style)
    found = read_back(typeset(latex, tmp_path, "paper").read_bytes(), "pdf")
    scores = new_scores()
    compare(found, truth, scores, style.name)
    for name in ("headings", "captions", "references", "citation links"):
        assert scores[name].f1 >= GOAL, scores[name].wrong
    assert all(block.page for block in found.blocks)
    assert all(block.region for block in found.blocks if block.kind == "paragraph")


def test_two_papers_of_one_seed_are_the_same() -> None:
    assert make(3, STYLES[0]) == make(3, STYLES[0])
