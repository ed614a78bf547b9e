"""What a full text, or a source, says of each work that is cited, and how.

A citation's context is the sentence around its marker, or the one that a source tells. Trained
heads tell the intent (background, method, result), the function (uses, extends, compares, …)
and the sentiment of each; they are put together for each cited work.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from operator import attrgetter

from paperflow.documents import Reference
from paperflow.extract.context import paper_node
from paperflow.extract.gather import Gathering
from paperflow.extract.heads.load import linear_head
from paperflow.extract.passages import RECORD
from paperflow.extract.reading import Reading, whole
from paperflow.extract.sentences import sentence_around
from paperflow.extract.structure import find, paper_key, reference_key
from paperflow.records import Context, Entity, Evidence, Facts, Paper, Passage, quote
from paperflow.store.identity import canonical, normal, strong_keys

HEADS = ("intent", "function", "sentiment")
_NEUTRAL = "neutral"
_LEAST_TITLE = 12  # letters; a shorter title names too many works
_INTENTS = {"methodology": "method"}  # Semantic Scholar's word for ours
_FEWEST = 0.5  # probability of a class that is not the usual one


def extract(reading: Reading, facts: Facts) -> Facts:
    """Return each cited work as a paper, and an edge to it that quotes what is said of it."""
    gathering = Gathering()
    if (node := paper_node(facts, paper_key(reading.paper))) is not None:
        if reading.document is not None:
            _add_references(gathering, node, reading, reading.document.references)
        for record in (passage for passage in reading.passages if passage.section == RECORD):
            _add_stated(gathering, node, record, reading.paper.contexts)
    return gathering.facts()


def _add_references(
    gathering: Gathering, node: Entity, reading: Reading, references: Sequence[Reference]
) -> None:
    """Add the entries of the bibliography with the sentences that cite them."""
    blocks, contexts = reading.blocks, contexts_of(reading)
    for number, reference in enumerate(references):
        key = work_key(reference.work)
        if key and key != node.key and reference.block in blocks:
            entry = whole(blocks[reference.block])
            label = " ".join(reference.work.title.split()) or entry.quote[:100]
            year = {"year": str(reference.work.year)} if reference.work.year else {}
            target = gathering.entity("paper", key, label, [entry], year)
            said = contexts.get(number, [])
            gathering.relation("cites", node.id, target, [*said, entry], told(said))


def _add_stated(
    gathering: Gathering, node: Entity, record: Passage, contexts: Sequence[Context]
) -> None:
    """Add what a source tells of how works are cited; the intent is the source's own."""
    for work, group in groupby(contexts, key=attrgetter("work")):
        stated = list(group)
        said = [find(record, item.sentence) for item in stated if item.sentence]
        quotes = [item for item in said if item is not None]
        if (named := find(record, work)) is not None:
            target = gathering.entity("paper", reference_key(work), work, [named])
            intents = Counter(_INTENTS.get(i, i) for c in stated for i in c.intent.split(", ") if i)
            intent = {"intent": _commonest(intents)} if intents else {}
            gathering.relation(
                "cites", node.id, target, quotes or [named], {**told(quotes), **intent}
            )


def work_key(work: Paper) -> str:
    """Return the key of a cited work: its DOI or arXiv id, else its title; "" for neither."""
    known = next(iter(strong_keys(canonical(work))), "")
    title = normal(work.title)
    return known or (f"title:{title}" if len(title) >= _LEAST_TITLE else "")


def contexts_of(reading: Reading) -> dict[int, list[Evidence]]:
    """Return the sentences that cite each reference, by its number, in the order of the text."""
    found: defaultdict[int, dict[Evidence, None]] = defaultdict(dict)
    for passage, start, end, targets in _markers(reading):
        sentence = quote(passage, *sentence_around(passage, *_said_at(passage, start, end)))
        for target in targets:
            found[target][sentence] = None
    return {number: list(sentences) for number, sentences in found.items()}


def _said_at(passage: Passage, start: int, end: int) -> tuple[int, int]:
    """Return where a citation belongs: a number printed above the line follows the full stop."""
    before = passage.text[:start].rstrip()
    above = passage.text[start].isdigit() and before.endswith((".", "!", "?"))
    return (len(before) - 1, len(before)) if above else (start, end)


def _markers(reading: Reading) -> Iterator[tuple[Passage, int, int, Sequence[int]]]:
    blocks = reading.blocks
    for link in reading.document.citations() if reading.document else ():
        if link.block in blocks:
            yield blocks[link.block], link.start, link.end, link.targets


def told(contexts: Sequence[Evidence]) -> dict[str, str]:
    """Return what the contexts tell of a citation, each class with its number of contexts."""
    if not contexts:
        return {}
    texts = [context.quote for context in contexts]
    classes = {name: Counter(_classes(name, texts)) for name in HEADS}
    counted = {f"{name}s": _counted(counts) for name, counts in classes.items()}
    return {
        "mentions": str(len(texts)),
        "intent": _commonest(classes["intent"]),
        "function": _commonest(classes["function"]),
        "sentiment": overall(classes["sentiment"]),
        **counted,
    }


def _classes(name: str, texts: Sequence[str]) -> Iterator[str]:
    """Yield the class of each text; a rare one is believed only where it is likely."""
    head = linear_head(name)
    for label, probability in head.classify(texts):
        yield label if probability >= _FEWEST else head.labels[0]


def overall(sentiments: Mapping[str, int]) -> str:
    """Return the sentiment of many contexts: most are neutral, so others outweigh them."""
    opinions = sorted(name for name, count in sentiments.items() if count and name != _NEUTRAL)
    return "mixed" if len(opinions) > 1 else next(iter(opinions), _NEUTRAL)


def _commonest(counts: Mapping[str, int]) -> str:
    return min(counts, key=lambda name: (-counts[name], name))


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {counts[name]}" for name in sorted(counts))
