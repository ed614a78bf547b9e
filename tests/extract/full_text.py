"""A made-up full text with one of everything, put together block by block."""

from paperflow.documents import (
    Block,
    Document,
    Equation,
    Figure,
    Link,
    Reference,
    Section,
    Table,
)
from paperflow.records import Paper

ROWS = (
    ("Method", "Cora", "", "Citeseer"),
    ("", "Acc. ↑", "RMSE ↓", "Acc. ↑"),
    ("GCN [1]", "81.5", "0.42", "70.3"),
    ("FooFormer (ours)", "84.1 ± 0.2", "0.31", "–"),
)
PAPER = Paper(
    id="full",
    title="FooFormer: Attention for Graphs",
    abstract="We propose FooFormer, a graph transformer. It is evaluated on Cora.",
    authors=("Ada Lovelace",),
    venue="ICML 2024",
    year=2024,
)
_TEXTS = (
    ("heading", "1 Introduction", 0),
    ("paragraph", "Graph transformers are powerful. We propose FooFormer for graphs.", 0),
    ("heading", "2 Method", 1),
    ("heading", "2.1 Attention", 2),
    ("paragraph", "We use the graph convolutional network of Kipf [1], as Figure 1 shows.", 2),
    ("equation", "a = softmax(QK)", 2),
    ("caption", "Figure 1: The attention mechanism of FooFormer.", 2),
    ("heading", "3 Experiments", 3),
    ("paragraph", "FooFormer reaches 84.1% accuracy on Cora, better than the GCN [1].", 3),
    ("caption", "Table 1: Results on the test set.", 3),
    ("table", "\n".join("\t".join(row) for row in ROWS), 3),
    ("heading", "4 Limitations", 4),
    ("paragraph", "FooFormer requires much memory. We leave video for future work.", 4),
    ("heading", "References", 5),
    ("reference", "[1] T. Kipf and M. Welling. Semi-supervised classification. 2017.", 5),
    ("reference", "[2] Unreadable scribble", 5),
)


def place(block: int, words: str) -> dict[str, int]:
    """Return block, start and end of words, as a link names them."""
    start = _TEXTS[block][1].index(words)
    return {"block": block, "start": start, "end": start + len(words)}


DOCUMENT = Document(
    paper=PAPER,
    blocks=tuple(
        Block(kind=kind, text=text, section=section, page=1 + number // 8)
        for number, (kind, text, section) in enumerate(_TEXTS)
    ),
    sections=(
        Section(title="Introduction", level=1, block=0, number="1"),
        Section(title="Method", level=1, block=2, number="2"),
        Section(title="Attention", level=2, block=3, number="2.1", parent=1),
        Section(title="Experiments", level=1, block=7, number="3"),
        Section(title="Limitations", level=1, block=11, number="4"),
        Section(title="References", level=1, block=13),
    ),
    figures=(Figure(label="1", block=6, page=1),),
    tables=(Table(label="1", block=9, body=10, rows=ROWS, header_rows=2),),
    equations=(Equation(label="", block=5),),
    references=(
        Reference(
            label="1",
            block=14,
            work=Paper(title="Semi-supervised classification", year=2017, authors=("Kipf, T.",)),
        ),
        Reference(label="2", block=15, work=Paper(title="")),
    ),
    links=(
        Link(kind="reference", **place(4, "[1]"), targets=(0,)),
        Link(kind="figure", **place(4, "Figure 1"), targets=(0,)),
        Link(kind="reference", **place(8, "[1]"), targets=(0,)),
    ),
    pages=2,
)
