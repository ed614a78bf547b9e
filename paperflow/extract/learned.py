"""Terms and their relations by the trained heads, where the setting `heads` asks for them."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from paperflow.extract.gather import Gathering
from paperflow.extract.lexicon import generic, types_by_key
from paperflow.extract.passages import ABSTRACT, TITLE
from paperflow.extract.phrases import is_specific
from paperflow.extract.reading import Reading
from paperflow.extract.shapes import label_of
from paperflow.extract.words import Word, key_parts, words
from paperflow.records import Evidence, Facts, Passage, entity_id, quote

if TYPE_CHECKING:
    from paperflow.extract.heads.reader import Found

_TYPES = {
    "Task": "task",
    "Method": "method",
    "Metric": "metric",
    "Material": "dataset",
    "OtherScientificTerm": "concept",
}
# Relation of the head: our edge, and whether it goes from the second to the first.
_EDGES = {
    "USED-FOR": ("uses", True),
    "PART-OF": ("part_of", False),
    "COMPARE": ("compares_to", False),
    "FEATURE-OF": ("related_to", False),
    "HYPONYM-OF": ("related_to", False),
    "EVALUATE-FOR": ("related_to", False),
    "CONJUNCTION": ("related_to", False),
}
_LONGEST = 6  # words
_CUT = frozenset("a an the this that these those our their its his her".split())


class _Mention(NamedTuple):
    """A term at a place, with the type that the head told."""

    key: str
    type: str
    evidence: Evidence


_Pair = tuple[_Mention, _Mention, str, Evidence]


def extract(reading: Reading, facts: Facts) -> Facts:
    """Return the terms that the entity head marks, and the edges that the relation head tells.

    A term of the full text alone counts only where it is marked twice.
    """
    from paperflow.extract.heads.reader import text_reader

    gathering = Gathering()
    passages = reading.prose
    mentions: list[_Mention] = []
    pairs: list[_Pair] = []
    texts = [passage.text for passage in passages]
    for passage, found in zip(passages, text_reader().read(texts) if texts else [], strict=True):
        for sentence in found:
            marked = [_mention(passage, *entity) for entity in sentence.entities]
            mentions += [mention for mention in marked if mention]
            pairs += _pairs(marked, sentence, passage)
    kept = _types(mentions, {p.id for p in passages if p.section in (TITLE, ABSTRACT)})
    for mention in mentions:
        if mention.key in kept:
            label = label_of(mention.evidence.quote, mention.key, starts_sentence=False)
            gathering.entity(kept[mention.key], mention.key, label, [mention.evidence])
    _relate(gathering, pairs, kept)
    return gathering.facts()


def _mention(passage: Passage, start: int, end: int, type: str) -> _Mention | None:
    """Return the term at a place without words that name nothing, None where none is left."""
    inside = [word for word in words(passage.text) if start <= word.start and word.end <= end]
    kept = list(_without_first(inside))
    spelled = tuple(word.lower for word in kept)
    if type not in _TYPES or not 0 < len(kept) <= _LONGEST or not is_specific(spelled):
        return None
    evidence = quote(passage, kept[0].start, kept[-1].end)
    return _Mention(" ".join(key_parts(spelled)), _TYPES[type], evidence)


def _without_first(inside: Sequence[Word]) -> Iterator[Word]:
    begun = False
    for word in inside:
        begun = begun or word.lower not in _CUT | generic("leading")
        if begun:
            yield word


def _types(mentions: Sequence[_Mention], early: set[str]) -> dict[str, str]:
    """Return the type of each term that is kept: a listed one, else the one most often told."""
    told: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for mention in mentions:
        told[mention.key][mention.type] += 1
    first = {mention.key for mention in mentions if mention.evidence.passage_id in early}
    return {
        key: types_by_key().get(key, (_commonest(types), ""))[0]
        for key, types in told.items()
        if key and (key in first or types.total() > 1)
    }


def _commonest(counts: Mapping[str, int]) -> str:
    return min(counts, key=lambda name: (-counts[name], name))


def _pairs(
    marked: Sequence[_Mention | None], sentence: "Found", passage: Passage
) -> Iterator[_Pair]:
    evidence = quote(passage, sentence.start, sentence.end)
    for a, b, relation in sentence.pairs:
        first, second = marked[a], marked[b]
        if first and second:
            yield first, second, relation, evidence


def _relate(gathering: Gathering, pairs: Sequence[_Pair], kept: Mapping[str, str]) -> None:
    for first, second, relation, evidence in pairs:
        if first.key in kept and second.key in kept:
            type, turned = _EDGES[relation]
            ends = [entity_id(kept[m.key], m.key) for m in (first, second)]
            source, target = reversed(ends) if turned else ends
            properties = {"relation": relation.lower()}
            gathering.relation(type, source, target, [evidence], properties)
