"""Predictions for a report: by kind, with what is known of the model that made them."""

from typing import Any

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
    """Return the store's predictions by kind, at most MOST of each, with their models' quality."""
    cards = store.predictions.cards()
    found = {kind: store.predictions.all(kind)[:MOST] for kind in TITLES}
    return tuple(
        Expected(title=TITLES[kind], predictions=tuple(items), quality=_quality(items, cards))
        for kind, items in found.items()
        if items
    )


def _quality(items: list[Prediction], cards: dict[str, dict[str, Any]]) -> Named:
    """Return the figures in the card of the model that made these."""
    card = cards.get(items[0].model, {})
    told = card.get("metrics") or card.get("scores") or {}
    return tuple((name, f"{value:g}") for name, value in told.items())
