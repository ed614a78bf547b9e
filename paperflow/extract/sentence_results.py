"""The measurement that a sentence states: "GT reaches 91.2% accuracy on the test set of Cora"."""

import re
from collections.abc import Sequence

from paperflow.extract.context import Mention, Sentence
from paperflow.extract.measured import HIGHER, TARGET, direction_of, may_be, split_of

_NUMBER = re.compile(
    r"(?<![\w.@%×-])(?<!×\s)(?<!×_\s)[-−]?\d+(?:\.\d+)?(?:\s?\\?%|\s(?:percentage\s+)?points?\b|×)?"
    r"(?![\w@-]|\.\d|\s?[×_])"
    r"(?!\s(?:training\s)?(?:steps|epochs|iterations|episodes|layers|samples|runs|times|datasets|tasks"
    r"|parameters|FLOPs)\b)"
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_LABEL = re.compile(r"(?:\[|\b(?:Tab(?:le|\.)|Fig(?:ure|\.)|Sec(?:tion|\.)|Eq(?:uation|\.))s?\s)$")
_OF_TIME = re.compile(r"\s*(?:reduction|faster|speed)")  # and not of a score
_CHANGE = re.compile(
    r"\b(?:improv\w*|increas\w*|reduc\w*|decreas\w*|gains?|outperform\w*|drops?|by|more|less|better"
    r"|points?|relative)\b",
    re.IGNORECASE,
)
_NAME = 20  # characters after "steps to 99%" in which the metric of this target is named


def told_of(sentence: Sentence) -> dict[str, str]:
    """Return value, metric, method, data set, split and direction; {} where no metric is named.

    Of several metrics and values the nearest pair counts, of data sets the one nearest to the
    value, of methods the first before it. `change` tells that the value is a difference.
    """
    targets = [(m.start(), m.end() + _NAME) for m in TARGET.finditer(sentence.text)]
    metrics = [
        mention
        for mention in sentence.mentions
        if mention.entity.type == "metric" and not _within(mention.start - sentence.start, targets)
    ]
    values = [m.span() for m in _NUMBER.finditer(sentence.text) if not _within(m.start(), targets)]
    pairs = [
        (_gap(metric, span, sentence), metric, span)
        for metric in metrics
        for span in values
        if _fits(metric.entity.label, sentence.text, *span)
    ]
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


def _fits(metric: str, text: str, start: int, end: int) -> bool:
    """Tell whether a value can be the metric's: no "54% reduction" is one of accuracy."""
    value, spared = text[start:end], _OF_TIME.match(text, end)
    label = _YEAR.fullmatch(value) or _LABEL.search(text, max(0, start - 10), start)
    other = label or (spared and direction_of(metric) == HIGHER)
    return not other and may_be(metric, value)


def _within(at: int, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start <= at < end for start, end in spans)


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
