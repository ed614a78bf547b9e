"""The measurement that a sentence states: "GT reaches 91.2% accuracy on the test set of Cora"."""

import re
from collections.abc import Sequence

from paperflow.extract.context import Mention, Sentence
from paperflow.extract.measured import direction_of, split_of

_NUMBER = re.compile(
    r"(?<![\w.@-])[-−]?\d+(?:\.\d+)?(?:\s?\\?%|\s(?:percentage\s+)?points?\b|×)?(?![\w@-])"
)
_CHANGE = re.compile(
    r"\b(?:improv\w*|increas\w*|reduc\w*|decreas\w*|gains?|outperform\w*|drops?|by|more|less|better"
    r"|points?|relative)\b",
    re.IGNORECASE,
)


def told_of(sentence: Sentence) -> dict[str, str]:
    """Return value, metric, method, data set, split and direction; {} where no metric is named.

    Of several metrics and values the nearest pair counts, of data sets the one nearest to the
    value, of methods the first before it. `change` tells that the value is a difference.
    """
    metrics = [m for m in sentence.mentions if m.entity.type == "metric"]
    values = [match.span() for match in _NUMBER.finditer(sentence.text)]
    pairs = [(_gap(metric, span, sentence), metric, span) for metric in metrics for span in values]
    if not pairs:
        return {}
    _, metric, (start, end) = min(pairs, key=lambda pair: (pair[0], pair[2]))
    value, at = sentence.text[start:end], sentence.start + start
    before = sentence.text[max(0, start - 40) : end]
    told = {
        "value": " ".join(value.split()),
        "metric": metric.entity.label,
        "method": _method(sentence.mentions, at),
        "dataset": _nearest(sentence.mentions, "dataset", at),
        "split": split_of(sentence.text),
        "better": direction_of(metric.entity.label),
        "change": "yes" if _CHANGE.search(before) else "",
    }
    return {name: text for name, text in told.items() if text}


def _gap(metric: Mention, span: tuple[int, int], sentence: Sentence) -> int:
    """Return how many characters lie between a metric and a value."""
    start, end = sentence.start + span[0], sentence.start + span[1]
    return max(metric.start - end, start - metric.end, 0)


def _method(mentions: Sequence[Mention], at: int) -> str:
    methods = [m for m in mentions if m.entity.type == "method" and m.start < at]
    return methods[0].entity.label if methods else ""


def _nearest(mentions: Sequence[Mention], type: str, at: int) -> str:
    options = [(abs(m.start - at), m.start, m) for m in mentions if m.entity.type == type]
    return min(options, key=lambda option: option[:2])[2].entity.label if options else ""
