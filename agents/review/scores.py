"""The summariser's scores by rule, and the rating by the regression that ships."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from statistics import fmean, median
from typing import Any

from paperflow.agents.review.checks import CHECKS
from paperflow.agents.review.material import Material
from paperflow.agents.review.rules import CLOSE, has_text
from paperflow.errors import MissingExtra
from paperflow.extract.rating.rater import Rating, rate
from paperflow.reports.review import Near, Score

_LONG = 30  # words: a text whose middle sentence is longer is hard to read
_UNREAD = "only title and abstract are in the library"


def rule_scores(
    material: Material, passed: frozenset[str], nearest: tuple[Near, ...]
) -> tuple[Score, ...]:
    """Return soundness, presentation, contribution, and confidence; no data was fitted to them."""
    if not has_text(material):
        names = (("soundness", 4), ("presentation", 4), ("contribution", 4))
        none = [Score(name=name, value=None, most=most, basis=_UNREAD) for name, most in names]
        return (*none, _confidence(1, _UNREAD))
    near = [near.key for near in nearest if near.similarity >= CLOSE and not near.cited]
    readable = median(len(s.text.split()) for s in material.sentences) <= _LONG
    linked = material.coverage.share if material.coverage else 0.0
    extra: dict[str, dict[str, float]] = {
        "soundness": {},
        "presentation": {"sentences of readable length": readable, "parts discussed": linked},
        "contribution": {"near works cited": not near} if nearest else {},
    }
    scores = [_score(name, passed, more) for name, more in extra.items()]
    return (*scores, _confidence(2, "rules read words, not meaning"))


def rating_score(material: Material) -> tuple[Score, Rating | None]:
    """Return the rating by the regression that ships, and what moved it."""
    try:
        found = rate(material.paper, material.document)
    except MissingExtra as error:
        return Score(name="rating", value=None, most=10, basis=error.message), None
    read = "full text" if found.from_text else "title and abstract"
    worth = (
        f"regression on {read}; on papers it had not seen its correlation with reviewers was "
        f"{found.scores['pearson']:.2f}, its mean error {found.scores['error']:.2f} points "
        f"({found.scores['constant_error']:.2f} for always saying the mean)"
    )
    return Score(name="rating", value=round(found.value, 1), most=10, basis=worth), found


def verdict_scores(verdict: Mapping[str, Any], by_rule: Sequence[Score]) -> tuple[Score, ...]:
    """Return a model's scores with the regression's rating beside its own; none, the rules'."""
    if not verdict:
        return tuple(by_rule)
    said = [
        replace(score, value=verdict[score.name], basis=_reason(verdict, score.name))
        for score in by_rule
    ]
    beside = next(score for score in by_rule if score.name == "rating")
    return (*said, replace(beside, name="rating by regression"))


def _reason(verdict: Mapping[str, Any], name: str) -> str:
    return f"the model: {verdict['reasons'][name] or 'no reason given'}"


def _confidence(value: int, basis: str) -> Score:
    return Score(name="confidence", value=value, most=5, basis=basis)


def _score(name: str, passed: frozenset[str], more: dict[str, float]) -> Score:
    """Return 1 for no check that held up to 4 for all."""
    counted = [c.name for c in CHECKS if c.score == name and (c.absent or c.name in passed)]
    held: dict[str, float] = {**{check: check in passed for check in counted}, **more}
    share = fmean(map(float, held.values()))
    missing = ", ".join(check for check, value in held.items() if not value)
    basis = f"by rule, {share:.0%} of {len(held)} checks" + (f"; not: {missing}" if missing else "")
    return Score(name=name, value=int(1 + 3 * share + 0.5), most=4, basis=basis)
