"""Compare what was read with what stands there."""

import re
from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field

from paperflow.documents import Document
from paperflow.store.identity import normal
from reading_bench.papers import Truth

_PRINTED = re.compile(
    r"^(?:Figure|Fig\.|Table|Tab\.)\s*[A-Z]?[\d.IVX]+\s*[.:—–-]?\s*", re.IGNORECASE
)


@dataclass
class Score:
    """Counts of what was right, found, and wanted; and examples of what went wrong."""

    right: int = 0
    found: int = 0
    wanted: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        return self.right / self.wanted if self.wanted else 0.0

    @property
    def f1(self) -> float:
        both = self.found + self.wanted
        return 2 * self.right / both if both else 1.0

    def add(self, found: Iterable[Hashable], wanted: Iterable[Hashable], where: str) -> None:
        """Count two bags; each difference is an example."""
        have, want = Counter(found), Counter(wanted)
        self.right += (have & want).total()
        self.found += have.total()
        self.wanted += want.total()
        self.wrong += [f"{where}: not found: {item}" for item in (want - have).elements()]
        self.wrong += [f"{where}: wrong: {item}" for item in (have - want).elements()]


Scores = dict[str, Score]
MEASURES = (
    "title", "authors", "headings", "levels", "captions", "references", "reference titles",
    "citation links", "table rows", "equation numbers", "paragraphs",
)  # fmt: skip


def new_scores() -> Scores:
    """Return empty scores."""
    return {name: Score() for name in MEASURES}


def compare(document: Document, truth: Truth, scores: Scores, where: str) -> None:
    """Add one paper to the scores."""
    blocks = document.blocks
    sections = [s for s in document.sections if s.title.lower() != "references"]
    captions = [blocks[f.block].text for f in document.figures]
    captions += [blocks[t.block].text for t in document.tables if t.block is not None]
    entries = [blocks[r.block].text for r in document.references]
    titles = [normal(r.work.title) for r in document.references]
    pairs: dict[str, tuple[Iterable[Hashable], Iterable[Hashable]]] = {
        "title": ([normal(document.paper.title)], [normal(truth.title)]),
        "authors": (map(normal, document.paper.authors), map(normal, truth.authors)),
        "headings": ([normal(s.title) for s in sections], [normal(t) for t, _ in truth.sections]),
        "levels": (
            [(normal(s.title), s.level) for s in sections],
            [(normal(t), level) for t, level in truth.sections],
        ),
        "captions": (
            [normal(_PRINTED.sub("", text)) for text in captions],
            map(normal, truth.captions),
        ),
        "references": ([_bare(text) for text in entries], map(_plain, truth.references)),
        "reference titles": (titles, map(normal, truth.reference_titles)),
        "citation links": (
            _citations(document, truth),
            [(opener, normal(title)) for opener, title in truth.citations],
        ),
        "table rows": (
            [tuple(map(normal, row)) for table in document.tables for row in table.rows],
            [tuple(map(normal, row)) for row in truth.rows],
        ),
        "equation numbers": (
            [e.label for e in document.equations if e.label],
            map(str, range(1, truth.equations + 1)),
        ),
        "paragraphs": (
            [b.text.split()[0] for b in blocks if b.kind == "paragraph"],
            truth.openers,
        ),
    }
    for name, (found, wanted) in pairs.items():
        scores[name].add(found, wanted, where)


def _citations(document: Document, truth: Truth) -> list[tuple[str, str]]:
    """Return (opening word of the paragraph, title cited) of every link's every target."""
    places = [
        (link.block, link.start, target) for link in document.citations() for target in link.targets
    ]
    openers = {opener.lower() for opener in truth.openers}
    found = []
    for block, start, target in sorted(places):
        before = " ".join(item.text for item in document.blocks[max(0, block - 6) : block])
        before += " " + document.blocks[block].text[:start]
        named = [word for word in re.findall(r"\w+", before) if word.lower() in openers]
        # A broken entry must not count as a wrong link too: the entry's text is searched.
        text = normal(document.blocks[document.references[target].block].text)
        cited = next((t for t in map(normal, truth.reference_titles) if t in text), "?")
        found.append((named[-1] if named else "?", cited))
    return found


def _bare(text: str) -> str:
    return normal(re.sub(r"^\s*(?:\[[^\[\]]{1,40}\]|\d{1,3}\.)\s*", "", text))


def _plain(latex: str) -> str:
    from paperflow.readers.latex import plain

    return normal(plain(latex))
