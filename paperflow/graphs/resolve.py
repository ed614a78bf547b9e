"""Which nodes are one and the same across the library. The store keeps all of them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from paperflow.extract.lexicon import verbs
from paperflow.graphs.rows import NOT_STATED, Merge
from paperflow.graphs.selection import CONCEPT_LIKE
from paperflow.records import Entity, Paper, entity_id
from paperflow.store.identity import normal
from paperflow.store.merges import Decision

SAME_WORK = "same work"
ACRONYM = "acronym"
SPELLING = "spelling"
INFLECTION = "inflection"
TYPE = "type"
_UNTYPED = "concept"
_SURE = 6  # letters; fewer make too many words by chance


@dataclass(frozen=True, slots=True)
class Library:
    """The papers that the store holds: `titles` and `years` by id, `ids` by every name."""

    titles: Mapping[str, str]
    years: Mapping[str, int]
    ids: Mapping[str, str]

    def paper_id(self, name: str) -> str:
        """Return the id of the paper that "doi:…", "arxiv:…" or an id names; "" outside."""
        return self.ids.get(name) or self.ids.get(name.casefold(), "")

    def year_of(self, papers: Iterable[str]) -> int:
        """Return the earliest year of these papers, NOT_STATED where none is known."""
        years = (self.years.get(paper, NOT_STATED) for paper in papers)
        return min((year for year in years if year != NOT_STATED), default=NOT_STATED)


def read_library(papers: Iterable[Paper]) -> Library:
    """Return what papers of the store are called and when they appeared."""
    titles: dict[str, str] = {}
    years: dict[str, int] = {}
    ids: dict[str, str] = {}
    for paper in papers:
        titles[paper.id] = " ".join(paper.title.split()) or paper.id
        years[paper.id] = paper.year or NOT_STATED
        for scheme, value in (("doi", paper.doi), ("arxiv", paper.arxiv_id)):
            if value:
                ids[f"{scheme}:{value.casefold()}"] = paper.id
        ids.setdefault(f"title:{normal(paper.title)}", paper.id)
    return Library(titles, years, ids | {id: id for id in titles})


class _Name(NamedTuple):
    """What resolution needs to know of an entity."""

    id: str
    type: str
    key: str
    label: str
    acronym: str
    papers: int

    @classmethod
    def of(cls, entity: Entity) -> "_Name":
        papers = len({item.paper_id for item in entity.evidence})
        short = entity.properties.get("acronym", "")
        return cls(entity.id, entity.type, entity.key, entity.label, short, papers)

    def stands_for(self, other: "_Name") -> bool:
        """Tell whether this short form is written as `other` declares it, and no better known.

        "mesh" is not MeSH, and one paper's graphical computing unit is not everyone's GPU.
        """
        same = self.type == other.type and self.label == other.acronym
        return same and self.papers <= other.papers


def find_merges(
    entities: Iterable[Entity],
    library: Library,
    *,
    concepts: bool = True,
    decisions: Sequence[Decision] = (),
) -> tuple[Merge, ...]:
    """Return every join of two nodes, sorted by the dropped one; `kept` is never dropped.

    A paper cited by another of its identifiers, or by its title, is joined to the paper.
    With `concepts`, terms are joined too: an acronym to the long form of its type that
    declares it (property "acronym"), if that is the only long form in the library that
    does, and at least as many papers name it; a term spelled with other spaces or endings;
    a term of no type to the one of a type. `decisions` add joins and take some back.
    """
    names = list(map(_Name.of, entities))
    found = _same_works(names, library)
    if concepts:
        found = {**_variants(names), **_acronyms(names), **found}
    for decision in decisions:
        if decision.undone:
            found.pop(decision.dropped, None)
    _add_decided(found, decisions if concepts else (), {name.id for name in names})
    return tuple(
        Merge(kept=root, dropped=dropped, reason=reason)
        for dropped, (kept, reason) in sorted(found.items())
        if (root := _root(kept, found)) != dropped
    )


def _add_decided(found: "_Joins", decisions: Sequence[Decision], present: set[str]) -> None:
    """Add the joins that were decided, where both nodes are there and no rule joins them."""
    for decision in decisions:
        if not decision.undone and {decision.dropped, decision.kept} <= present:
            found.setdefault(decision.dropped, (decision.kept, decision.reason))


def kept_ids(merges: Sequence[Merge]) -> dict[str, str]:
    """Return what each dropped id became."""
    return {merge.dropped: merge.kept for merge in merges}


_Joins = dict[str, tuple[str, str]]  # dropped id: (kept id, reason)


def _same_works(names: Sequence[_Name], library: Library) -> _Joins:
    found: _Joins = {}
    for name in names:
        paper = library.paper_id(name.key) if name.type == "paper" else ""
        kept = entity_id("paper", paper)
        if paper and kept != name.id:
            found[name.id] = (kept, SAME_WORK)
    return found


def _acronyms(names: Sequence[_Name]) -> _Joins:
    long_forms: defaultdict[str, list[_Name]] = defaultdict(list)
    for name in names:
        short = name.acronym.casefold()
        if short and short != name.key.casefold():
            long_forms[short].append(name)
    found: _Joins = {}
    for name in names:
        forms = long_forms.get(name.key.casefold(), [])
        if name.type in CONCEPT_LIKE and len(forms) == 1 and name.stands_for(forms[0]):
            found[name.id] = (forms[0].id, ACRONYM)
    return found


def _variants(names: Sequence[_Name]) -> _Joins:
    """Join terms that differ in spaces or endings, and terms of no type to those of one.

    The one that most papers name is kept; of equals, the first by id.
    """
    found: _Joins = {}
    for form, reason in ((_letters, SPELLING), (_lemmas, INFLECTION)):
        groups: defaultdict[str, list[_Name]] = defaultdict(list)
        for name in names:
            if name.type in CONCEPT_LIKE and name.id not in found and form(name.key):
                groups[form(name.key)].append(name)
        for group in groups.values():
            for dropped, kept in _pairs(group):
                found[dropped.id] = (kept.id, TYPE if dropped.key == kept.key else reason)
    return found


def _pairs(group: Sequence[_Name]) -> Iterator[tuple[_Name, _Name]]:
    """Yield which of several spellings is joined to which; types are never mixed.

    A term of no type ("concept") goes with the others where these have but one type.
    """
    types = sorted({name.type for name in group} - {_UNTYPED})
    untyped = [name for name in group if name.type == _UNTYPED]
    alone = types[0] if len(types) == 1 else _UNTYPED
    for type in types or [_UNTYPED]:
        members = [name for name in group if name.type == type]
        members += untyped if type == alone != _UNTYPED else []
        typed = [name for name in members if name.type == type]
        kept = min(typed, key=lambda name: (-name.papers, name.id))
        yield from ((name, kept) for name in members if name is not kept)


def _letters(key: str) -> str:
    """Return the key without its spaces, "" where that is too short to be sure."""
    joined = key.replace(" ", "")
    return joined if len(joined) >= _SURE else ""


@lru_cache(maxsize=1 << 16)
def _lemmas(key: str) -> str:
    """Return a key of several words with its participles as verbs: "passed", "passing": "pass".

    "" for one word: its ending may tell more. Stems join too much: "transformer", "transform".
    """
    known, parts = verbs(), key.split()
    lemmas = [known[part].lemma if part in known else part for part in parts]
    return " ".join(lemmas) if len(parts) > 1 else ""


def _root(id: str, found: _Joins) -> str:
    """Follow joins to the end; a ring of joins ends at its smallest id."""
    seen: list[str] = []
    while id in found and id not in seen:
        seen.append(id)
        id = found[id][0]
    return min(seen[seen.index(id) :]) if id in seen else id
