"""Placeholder until the rules are written."""

from collections.abc import Sequence

from paperflow.records import Facts, Paper, Passage


def extract(paper: Paper, passages: Sequence[Passage], facts: Facts) -> Facts:
    """Return nothing."""
    return Facts()
