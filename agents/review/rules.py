"""The roles of a review by rule: each says what it found in the text, and quotes it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from paperflow.agents.review.checks import CHECKS, CRITIC, REPRODUCIBILITY, Check
from paperflow.agents.review.material import Material, Sentence
from paperflow.extract.claims import is_result
from paperflow.extract.sections import section_kind
from paperflow.reports.review import Near, Point

READER, LITERATURE, SUMMARISER = "reader", "literature", "summariser"
ROLES = (READER, CRITIC, LITERATURE, REPRODUCIBILITY, SUMMARISER)
CLOSE = 0.6  # cosine above which a work that is not cited is asked about
_SUMMED = 3  # quotes for each part of the summary
_QUOTED = 2  # quotes of a point
_BEFORE = ("related", "introduction")  # sections that speak of others first


@dataclass(frozen=True)
class Said:
    """What a role says; `passed` are the names of the checks that held."""

    summary: tuple[Point, ...] = ()
    strengths: tuple[Point, ...] = ()
    weaknesses: tuple[Point, ...] = ()
    questions: tuple[Point, ...] = ()
    passed: frozenset[str] = field(default_factory=frozenset)


def reader(material: Material) -> Said:
    """Return what the paper is about, contributes, and finds, in its own words."""
    contributed = [e for e in material.of_type("claim") if e.properties.get("kind")]
    parts = (
        ("It is about:", [material.quote(s) for s in material.sentences[:1]]),
        ("It contributes:", [material.quote_of(e.evidence[0]) for e in contributed]),
        ("It finds:", [material.quote(s) for s in _results(material)]),
    )
    points = (
        Point(role=READER, text=text, quotes=tuple(quotes[:_SUMMED])) for text, quotes in parts
    )
    return Said(summary=tuple(point for point in points if point.quotes))


def critic(material: Material) -> Said:
    """Return what speaks for and against the paper's arguments and its presentation."""
    said = _checked(material, CRITIC)
    weak = (*said.weaknesses, *_unmeasured(material), *_loose_ends(material))
    return Said(strengths=said.strengths, weaknesses=weak, passed=said.passed)


def reproducibility(material: Material) -> Said:
    """Return what one would need to do the same again, and asks for what is missing."""
    said = _checked(material, REPRODUCIBILITY)
    return Said(strengths=said.strengths, questions=said.questions, passed=said.passed)


def literature(material: Material, nearest: Iterable[Near]) -> Said:
    """Return which of the nearest earlier works are cited, and asks about those that are not."""
    known, missing = [], []
    for near in nearest:
        quotes = (near.quote,) if near.quote else ()
        basis = f"similarity {near.similarity:.2f}"
        if near.cited:
            text = f"It cites the near work {near.key} ({near.title})."
            known.append(Point(role=LITERATURE, text=text, quotes=quotes, basis=basis))
        elif near.similarity >= CLOSE:
            text = f"How does it differ from {near.key} ({near.title}), which it does not cite?"
            missing.append(Point(role=LITERATURE, text=text, quotes=quotes, basis=basis))
    return Said(strengths=tuple(known), questions=tuple(missing))


def has_text(material: Material) -> bool:
    """Tell whether more than title and abstract can be read."""
    return material.document is not None


def _checked(material: Material, role: str) -> Said:
    """Return what a role's checks find; without a full text nothing can be missing."""
    passed: set[str] = set()
    strengths: list[Point] = []
    weaknesses: list[Point] = []
    questions: list[Point] = []
    for check in (check for check in CHECKS if check.role == role):
        found = _held(material, check)[:_QUOTED]
        if found:
            passed.add(check.name)
            quotes = tuple(map(material.quote, found))
            strengths.append(Point(role=role, text=check.present, quotes=quotes))
        elif check.absent and has_text(material):
            basis = f"none of {len(material.sentences)} sentences"
            missing = questions if check.asks else weaknesses
            missing.append(Point(role=role, text=check.absent, basis=basis))
    return Said((), tuple(strengths), tuple(weaknesses), tuple(questions), frozenset(passed))


def _held(material: Material, check: Check) -> list[Sentence]:
    """Return the sentences that a check looks for; torn ones and those on other work come last."""
    found = {s.text: s for s in material.sentences if check.pattern.search(s.text)}
    return sorted(found.values(), key=_unfit)


def _unfit(sentence: Sentence) -> tuple[bool, bool]:
    return not sentence.is_plain, section_kind(sentence.passage.section) in _BEFORE


def _results(material: Material) -> list[Sentence]:
    """Return the sentences that tell what was achieved, those with a figure first."""
    found = {item.text: item for item in material.sentences if is_result(item.text)}
    return sorted(found.values(), key=lambda item: (*_unfit(item), not _has_figure(item)))


def _has_figure(sentence: Sentence) -> bool:
    return any(map(str.isdigit, sentence.text))


def _unmeasured(material: Material) -> Iterator[Point]:
    """Yield a point on sentences that claim to be better without a figure, where all do."""
    results = _results(material)
    bare = [item for item in results if not _has_figure(item)]
    if results and len(bare) == len(results) and has_text(material):
        quotes = tuple(map(material.quote, bare[:_QUOTED]))
        text = "It claims to be better in words only: no sentence on results has a figure."
        yield Point(role=CRITIC, text=text, quotes=quotes)


def _loose_ends(material: Material) -> Iterator[Point]:
    """Yield a point on the figures, and one on the tables, that the text never points at."""
    document = material.document
    if document is None:
        return
    for kind in ("figure", "table"):
        parts = getattr(document, f"{kind}s")
        shown = {target for link in document.links if link.kind == kind for target in link.targets}
        loose = [p for number, p in enumerate(parts) if p.label and number not in shown]
        if loose:
            named = ", ".join(part.label for part in loose)
            text = f"The text never points at {len(loose)} of its {len(parts)} {kind}s."
            yield Point(role=CRITIC, text=text, basis=f"{kind} {named}")
