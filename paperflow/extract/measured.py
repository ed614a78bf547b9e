"""Measurements: what tells a value, a metric, a data set, a split, and which way is better."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from paperflow.extract.known import known_terms
from paperflow.extract.lexicon import Term
from paperflow.extract.words import phrase_key

_VALUE = re.compile(
    r"\s*[*†‡]*\s*(?P<value>[-−+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?|[-−+]?(?:\d+\.?\d*|\.\d+))"
    r"(?:e[-−+]?\d+)?\s*(?P<unit>%|k|K|M|B|s|ms)?\s*(?:(?:±|\+/-|\\pm)\s*[\d.]+|\([\d.±]+\))?\s*[*†‡]*\s*"
)
_SHORT_METRICS = {
    **{"acc": "accuracy", "prec": "precision", "rec": "recall", "p": "precision", "r": "recall"},
    **{"f": "F1", "f1": "F1", "ppl": "perplexity", "em": "exact match", "err": "error rate"},
    **{"auc": "area under the curve", "map": "mean average precision", "wer": "word error rate"},
    **{"top-1": "accuracy", "top1": "accuracy", "fid": "FID", "miou": "mIoU", "loss": "loss"},
    **{"error": "error rate", "hit": "hits", "mrr": "mean reciprocal rank", "bleu": "BLEU"},
}
_LOWER = re.compile(
    r"\b(?:errors?|loss|perplexity|ppl|rmse|mae|mse|mape|wer|cer|eer|fid|kid|latency|time|runtime"
    r"|seconds|memory|parameters|params|flops|distance|regret|divergence|nll|bits per \w+|entropy"
    r"|false positive rate|cost|lpips|steps|epochs|iterations|episodes)\b",
    re.IGNORECASE,
)
# "Steps to 99% accuracy" measures steps; 99% is no result.
TARGET = re.compile(
    r"\b(?P<effort>steps|epochs|iterations|episodes|time)\b[^.;,]{0,30}\b(?:to|until)\b"
    r"(?:\s+\w+){0,2}\s+[~≥>]?\d[\d.]*\s?\\?%?",
    re.IGNORECASE,
)
_SHARES = frozenset(("accuracy", "precision", "recall", "F1", "exact match", "mIoU"))
_SPLIT = re.compile(
    r"\b(?P<test>test(?:ing)?(?:[- ](?:set|split|std|dev))?)\b"
    r"|\b(?P<validation>(?:dev(?:elopment)?|val(?:id(?:ation)?)?)(?:[- ](?:set|split))?)\b"
    r"|\b(?P<train>train(?:ing)?(?:[- ](?:set|split)))\b",
    re.IGNORECASE,
)
HIGHER, LOWER = "higher", "lower"


class Named(NamedTuple):
    """A term that a text names: type, key, label, and its span."""

    type: str
    key: str
    label: str
    start: int
    end: int


def value_in(cell: str) -> str:
    """Return the number that a table's cell holds and nothing else, or ""."""
    match = _VALUE.fullmatch(cell)
    return (
        match["value"].replace(",", "").replace("−", "-") + (match["unit"] or "") if match else ""
    )


def split_of(*texts: str) -> str:
    """Return "test", "validation" or "train" as the first text says that names one, or ""."""
    found = (_SPLIT.search(text) for text in texts)
    return next((match.lastgroup or "" for match in found if match), "")


def direction_of(metric: str, *texts: str) -> str:
    """Return whether higher or lower is better: by an arrow in a text, else by the metric."""
    arrows = "".join(texts)
    if "↓" in arrows or "↑" in arrows:
        return LOWER if "↓" in arrows else HIGHER
    return LOWER if _LOWER.search(metric) else HIGHER


def named_in(text: str, own: Mapping[str, Named]) -> list[Named]:
    """Return the listed terms of a cell or sentence, and those of `own`, by key, that it is."""
    names: dict[tuple[str, ...], tuple[Term, ...]] = {
        tuple(key.split()): (Term(item.label, item.key, item.type),) for key, item in own.items()
    }
    return [
        Named(found.term.type, found.term.key, found.term.label, found.start, found.end)
        for found in known_terms(text, names)
        if found.term
    ]


@lru_cache(maxsize=1024)
def metric_in(text: str) -> str:
    """Return the label of the metric that a heading names, short forms included, or ""."""
    if target := TARGET.search(text):
        return target["effort"].lower()
    listed = next((n.label for n in named_in(text, {}) if n.type == "metric"), "")
    if listed:
        return listed
    bare = [part.strip(" .,:%()[]↑↓$\\").lower() for part in re.split(r"[\s/|(]+", text)]
    return next((_SHORT_METRICS[part] for part in bare if part in _SHORT_METRICS), "")


def may_be(metric: str, value: str) -> bool:
    """Tell whether a metric can have a value: no accuracy is above 100."""
    number = re.match(r"-?[\d.]+", value)
    return metric not in _SHARES or number is None or float(number[0].rstrip(".")) <= 100


def key_of(text: str) -> str:
    """Return the key of a heading without its citation, note, or "(ours)"."""
    return phrase_key(plain(text))


def plain(text: str) -> str:
    """Return a row's heading without citation marks, notes, and "(ours)"."""
    bare = re.sub(r"\[[\d,;\s–-]*\]|\((?:ours?|[^()]*\b(?:19|20)\d\d[a-z]?)\)|[*†‡↑↓§]", " ", text)
    return " ".join(bare.split()).strip(" ,;:-")
