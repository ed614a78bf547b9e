"""Terms and their relations by the trained heads, where the setting `heads` asks for them."""

from collections import Counter, defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
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


class _Sentence(NamedTuple):
    """A sentence of a passage, and its terms: None where nothing is left of one."""

    passage: Passage
    found: "Found"
    mentions: list[_Mention | None]

    def pairs(self, kept: Container[str]) -> Iterator[tuple[int, int]]:
        """Yield the pairs of terms that are kept and near each other, by number."""
        for a, b in self.found.near():
            first, second = self.mentions[a], self.mentions[b]
            if first and second and first.key in kept and second.key in kept:
                yield a, b


def extract(reading: Reading, facts: Facts) -> Facts:
    """Return the terms that the entity head marks, and the edges that the relation head tells.

    A term of the full text alone counts only where it is marked twice.
    """
    from paperflow.encoder import paper_text
    from paperflow.extract.heads.reader import text_reader

    reader, gathering, passages = text_reader(), Gathering(), reading.prose
    lead = sum(passage.section in (TITLE, ABSTRACT) for passage in passages[:2])
    searched = paper_text(reading.paper) if lead else ""
    read = reader.read([passage.text for passage in passages], lead, searched)
    for name, vector in read.vector.items():
        reading.vectors[name, reading.paper.content_hash] = vector
    sentences = [
        _Sentence(passage, sentence, [_mention(passage, *item) for item in sentence.entities])
        for passage, found in zip(passages, read.found, strict=True)
        for sentence in found
    ]
    mentions = [mention for sentence in sentences for mention in sentence.mentions if mention]
    kept = _types(mentions, {p.id for p in passages if p.section in (TITLE, ABSTRACT)})
    for mention in mentions:
        if mention.key in kept:
            label = label_of(mention.evidence.quote, mention.key, starts_sentence=False)
            gathering.entity(kept[mention.key], mention.key, label, [mention.evidence])
    pairs = [(sentence, *pair) for sentence in sentences for pair in sentence.pairs(kept)]
    told = reader.relate([(sentence.found, a, b) for sentence, a, b in pairs])
    for (sentence, _, _), relation in zip(pairs, told, strict=True):
        if relation:
            _relate(gathering, sentence, relation, kept)
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


def _relate(
    gathering: Gathering, sentence: _Sentence, told: tuple[int, int, str], kept: Mapping[str, str]
) -> None:
    """Add the edge that the relation head tells between two terms of a sentence."""
    first, second, relation = told
    type, turned = _EDGES[relation]
    keys = [mention.key for at in (first, second) if (mention := sentence.mentions[at])]
    source, target = keys[::-1] if turned else keys
    ends = (entity_id(kept[source], source), entity_id(kept[target], target))
    evidence = quote(sentence.passage, sentence.found.start, sentence.found.end)
    gathering.relation(type, *ends, [evidence], {"relation": relation.lower()})
