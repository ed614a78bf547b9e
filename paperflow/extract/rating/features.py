"""What can be counted in a paper: length, wording, citations, figures, tables, equations.

Of a full text the first WINDOW characters before the references count, as rates: so a longer
version of a paper, or a longer appendix, looks the same. Authors, acknowledgements, addresses
and publication years are not looked at, because they tell whether a paper was accepted.
"""

import re
from collections.abc import Iterator
from itertools import accumulate, takewhile
from statistics import fmean, median

from paperflow.documents import Block, Document
from paperflow.records import Paper

WINDOW = 28_000  # characters of main text: nearly every conference paper has as many
LONGEST = 34_000  # characters of main text that are told apart: nine pages
_BEGINNING = 6_000  # characters: about the introduction
_FEWEST = 300  # words of main text that make a full text
_END = re.compile(
    r"references|bibliography|acknowledge?ments?|author contributions|appendix|appendices"
    r"|supplement(?:ary|al)?\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[A-Za-z][A-Za-z'-]*")
_CITATION = re.compile(
    r"[A-Z][\w-]+(?: et al\.?| (?:&|and) [A-Z][\w-]+)?,? \(?(?:19|20)\d\d[a-z]?\b"
)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")

# Words of an abstract, each counted.
_ABSTRACT = {
    "numbers": r"\d+(?:\.\d+)?",
    "percentages": r"%",
    "state of the art": r"state[- ]of[- ]the[- ]art",
    "theory": r"\b(?:prov(?:e|es|ed|ably)|theor\w+|bounds?|converge\w*|guarantee\w*)\b",
    "novel": r"\bnovel\w*\b",
    "we": r"\bwe\b",
    "shows": r"\b(?:show|demonstrat)\w*",
    "simple": r"\bsimpl[ey]\w*",
    "extensive": r"\bextensive\w*",
    "empirical": r"\bempiric\w+",
    "however": r"\bhowever\b",
    "improves": r"\b(?:improv|outperform)\w*",
}
# Words of the main text, each as a rate of a thousand words.
_TEXT = {
    "decimals": r"\d\.\d",
    "deviations": r"±",
    "mathematics": r"[=∈≤≥∑∇αβγθλσ∥→]",
    "theorems": r"\b(?:theorem|lemma|proposition|corollary)",
    "proofs": r"\bproofs?\b",
    "ablation": r"\bablat\w+",
    "baselines": r"\bbaselines?\b",
    "limitations": r"\blimitations?\b|\bfuture work\b",
    "uncertainty": r"\bseeds?\b|standard (?:deviation|error)|confidence interval|error bar",
    "hyperparameters": r"\bhyper-?param\w+",
    "appendix": r"\bappendi\w+|\bsupplement\w+",
    "code": r"\bcode\b",
    "data sets": r"\bdata ?sets?\b",
    "superlatives": r"\boutperform\w*|\bstate[- ]of[- ]the[- ]art\b|\bsota\b",
    "we": r"\bwe\b",
    "our": r"\bour\b",
    "novel": r"\bnovel\w*\b",
    "however": r"\bhowever\b",
    "hedges": r"\b(?:may|might|could|possibl[ey]|suggest\w*)\b",
    "reasons": r"\b(?:because|since|therefore|thus|hence)\b",
    "insight": r"\b(?:intuit|motivat|insight|observ)\w+",
    "assumptions": r"\bassum\w+",
    "comparisons": r"\bcompar\w+",
    "significance": r"\bsignifican\w+",
    "assertions": r"\bvery\b|\bobvious\w*|\bclearly\b",
    "examples": r"\bfor (?:example|instance)\b|\be\.g\.",
    "figures": r"\bfig(?:ure|\.)",
    "tables": r"\btable\b",
    "equations": r"\beq(?:uation|n)?s?\b",
    "sections": r"\bsection\b",
}
_ABSTRACT_PATTERNS = {name: re.compile(text) for name, text in _ABSTRACT.items()}
_TEXT_PATTERNS = {name: re.compile(text) for name, text in _TEXT.items()}


def abstract_features(paper: Paper) -> dict[str, float]:
    """Return what can be counted in a title and an abstract."""
    text, words = paper.abstract, _WORD.findall(paper.abstract)
    return {
        "title: words": len(paper.title.split()),
        "title: colon": float(":" in paper.title),
        "abstract: words": len(words),
        "abstract: sentences": len(_SENTENCE_END.split(text)),
        "abstract: letters a word": _mean_length(words),
        **{
            f"abstract: {name}": len(pattern.findall(text.lower()))
            for name, pattern in _ABSTRACT_PATTERNS.items()
        },
    }


def text_features(document: Document) -> dict[str, float] | None:
    """Return what can be counted in a full text, None where it has no main text to speak of."""
    blocks = main_text(document)
    text = "\n".join(block.text for block in blocks.values())
    window = text[:WINDOW]
    words = [word.lower() for word in _WORD.findall(window)]
    if len(words) < _FEWEST:
        return None
    thousands = len(words) / 1000
    return {
        "text: characters": min(len(text), LONGEST),
        "text: different words of 3000": len(set(words[:3000])) / min(3000, len(words)),
        "text: letters a word": _mean_length(words),
        "text: words a sentence": median(len(s.split()) for s in _SENTENCE_END.split(window)),
        **_citations(document, blocks, thousands),
        **{
            f"text: {name}": len(pattern.findall(window.lower())) / thousands
            for name, pattern in _TEXT_PATTERNS.items()
        },
    }


def main_text(document: Document) -> dict[int, Block]:
    """Return the blocks before the references, acknowledgements, or appendix; no headings."""
    before = takewhile(lambda item: not _ends(item[1]), enumerate(document.blocks))
    return {number: block for number, block in before if block.kind != "heading"}


def _ends(block: Block) -> bool:
    heading = block.kind == "heading" and _END.match(block.text.lstrip("0123456789.# "))
    return block.kind == "reference" or bool(heading)


def _citations(document: Document, blocks: dict[int, Block], thousands: float) -> dict[str, float]:
    """Return how many works the window cites, how often, and how often its beginning does."""
    ends = accumulate(len(block.text) + 1 for block in blocks.values())
    starts = dict(zip(blocks, (0, *ends), strict=False))
    links = [(link.block, link.start, link.end) for link in document.citations()]
    cited = [
        (starts[number] + start, document.blocks[number].text[start:end])
        for number, start, end in links or _by_author_and_year(blocks)
        if number in starts
    ]
    works = {" ".join(re.findall(r"\w+", text)) for at, text in cited if at < WINDOW}
    return {
        "text: works cited": len(works),
        "text: citations": sum(at < WINDOW for at, _ in cited) / thousands,
        "text: citations at the beginning": sum(at < _BEGINNING for at, _ in cited),
    }


def _by_author_and_year(blocks: dict[int, Block]) -> Iterator[tuple[int, int, int]]:
    """Yield the places that look like citations, for a text whose references were not found."""
    for number, block in blocks.items():
        for found in _CITATION.finditer(block.text):
            yield number, *found.span()


def _mean_length(words: list[str]) -> float:
    return fmean(map(len, words)) if words else 0.0
