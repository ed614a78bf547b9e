"""Predictions for a report: by kind, with what is known of the model that made them."""

from collections.abc import Iterable, Iterator
from typing import Any

from paperflow.extract.structure import reference_key
from paperflow.records import Prediction
from paperflow.reports.report import Expected, Named
from paperflow.store import Store

TITLES = {
    "citation": "Citations that are missing",
    "concepts": "Concepts likely to be stated together",
    "reading": "To read next",
    "sentiment": "How papers are cited",
}
MOST = 20  # of a kind


def expected(store: Store) -> tuple[Expected, ...]:
    """Return the store's predictions by kind, at most MOST of each, with their models' quality.

    What has become a fact since, or is of a paper that is not there any more, is left out.
    """
    cards = store.predictions.cards()
    found = {kind: store.predictions.all(kind) for kind in TITLES}
    found["citation"] = list(_missing(store, found["citation"]))
    found = {kind: items[:MOST] for kind, items in found.items()}
    return tuple(
        Expected(title=TITLES[kind], predictions=tuple(items), quality=_quality(items, cards))
        for kind, items in found.items()
        if items
    )


def _missing(store: Store, items: Iterable[Prediction]) -> Iterator[Prediction]:
    """Yield the citations that their papers, each still in the library, lack until now."""
    cited: dict[str, set[str] | None] = {}
    for item in items:
        if item.source not in cited:
            cited[item.source] = _cited(store, item.source)
        known = cited[item.source]
        if known is not None and item.target not in known:
            yield item


def _cited(store: Store, paper_id: str) -> set[str] | None:
    """Return all names of the works that a paper cites, None where there is no such paper."""
    paper = store.papers.get(paper_id)
    if paper is None:
        return None
    names = {reference_key(name) for name in paper.references}
    return names | {work.id for work in store.papers.named(sorted(names))}


def _quality(items: list[Prediction], cards: dict[str, dict[str, Any]]) -> Named:
    """Return the figures in the card of the model that made these: of what was used, and the rule.

    A card has those of other ways to score, too, and of validation.
    """
    card = cards.get(items[0].model, {})
    told = card.get("metrics") or card.get("scores") or {}
    if use := card.get("config", {}).get("use"):
        ways = [f"{way} {figure}" for way in (use, "rule") for figure in ("mrr", "hits@10")]
        told = {name: told[name] for name in (*ways, "calibration error", "hidden links")}
    return tuple((name, f"{value:g}") for name, value in told.items())
