"""Which records speak of the same work, and what they say together.

Both are functions of a *set* of records, so the order of arrival can't matter:
`group` splits a set into works, `merge` makes one paper of each work's records.

Rules: an equal DOI or arXiv id means the same work. Otherwise the normalised
title must agree, and first author and year wherever both records have them, and
no two different DOIs or arXiv ids may meet. Where the first author agrees, the years
may be two apart, as a preprint's are. A title that ends in dots agrees with what it
begins, if it is long enough. A record that fits two works joins neither: what can't
be told apart is not mixed up.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import chain

from paperflow.records import Paper, fingerprint

_DOI = re.compile(r"10\.\d[\d.]*/\S+", re.IGNORECASE)
_ARXIV = re.compile(
    r"(?<![\d.])(\d{4}\.\d{4,5}|[a-z][a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?(?!\d)", re.IGNORECASE
)
_ARXIV_DOI = "10.48550/arxiv."
SHORTEST_CUT = 20  # letters of a title's beginning that tell it from others
_PREPRINT_YEARS = 2
_SHORT_TITLE = 12  # letters of "Introduction", which comes again each year
_SUFFIXES = {"jr", "sr", "ii", "iii", "iv"}


@dataclass(frozen=True, slots=True)
class Record:
    """What one source said of one work: `hash` names it, whatever paper it belongs to."""

    hash: str
    paper: Paper


@lru_cache(maxsize=1 << 16)
def normal(text: str) -> str:
    """Return `text` without case, accents, markup, and punctuation."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    kept = "".join(letter for letter in plain if letter.isalnum())
    return kept or text.strip()


def family_name(author: str) -> str:
    """Return the normalised last word of an author's family name."""
    family = author.partition(",")[0] if "," in author else author
    words = [word for word in map(normal, family.split()) if word not in _SUFFIXES]
    return words[-1] if words else normal(author)


def _name_words(author: str) -> frozenset[str]:
    """Return the words of a name in no order, without initials where it has more than these."""
    words = list(map(normal, author.replace(",", " ").split()))
    return frozenset([word for word in words if len(word) > 1] or words)


def bare_doi(text: str) -> str:
    """Return the DOI inside `text`, lower-case and without its resolver, or ""."""
    found = _DOI.search(text)
    return found.group().rstrip(".,;").lower() if found else ""


def bare_arxiv_id(text: str) -> str:
    """Return the arXiv id inside `text`, without its version, or ""."""
    found = _ARXIV.search(text)
    return found.group(1).lower() if found else ""


def canonical(paper: Paper) -> Paper:
    """Return `paper` with clean text, a bare DOI, and the arXiv id that its fields name."""
    doi = bare_doi(paper.doi) or paper.doi
    arxiv = bare_arxiv_id(paper.arxiv_id) or paper.arxiv_id
    if doi.startswith(_ARXIV_DOI):
        doi, arxiv = "", arxiv or doi.removeprefix(_ARXIV_DOI)
    if not arxiv and "arxiv.org/" in paper.url:
        arxiv = bare_arxiv_id(paper.url)
    return replace(paper, doi=doi, arxiv_id=arxiv, id="")


def keys(paper: Paper) -> tuple[str, ...]:
    """Return the keys under which records of the same work can meet."""
    cut = cut_title(paper.title)
    return (*strong_keys(paper), f"title:{normal(paper.title)}", *([f"cut:{cut}"] if cut else []))


def cut_title(title: str) -> str:
    """Return the normalised beginning that a title ending in dots states, or ""."""
    shown = title.rstrip()
    start = normal(shown) if shown.endswith(("...", "…")) else ""
    return start if len(start) >= SHORTEST_CUT else ""


def _goes_on(title: str, cut: str) -> bool:
    return title != cut and title.startswith(cut)


def strong_keys(paper: Paper) -> tuple[str, ...]:
    """Return the identifiers that settle which work this is."""
    named = (("doi", paper.doi), ("arxiv", paper.arxiv_id))
    return tuple(f"{scheme}:{value}" for scheme, value in named if value)


@dataclass
class _Work:
    """Records that belong together, and what they settle."""

    records: list[Record]
    titles: set[str] = field(default_factory=set)
    cuts: set[str] = field(default_factory=set)
    families: set[str] = field(default_factory=set)
    first_authors: set[frozenset[str]] = field(default_factory=set)
    years: set[int] = field(default_factory=set)
    dois: set[str] = field(default_factory=set)
    arxiv_ids: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        for record in self.records:
            paper = record.paper
            self.titles.add(normal(paper.title))
            self.cuts.update(cut for cut in [cut_title(paper.title)] if cut)
            self.families.update(family_name(name) for name in paper.authors[:1])
            self.first_authors.update(_name_words(name) for name in paper.authors[:1])
            self.years.update(year for year in [paper.year] if year is not None)
            self.dois.update(doi for doi in [paper.doi] if doi)
            self.arxiv_ids.update(arxiv for arxiv in [paper.arxiv_id] if arxiv)
        self.cuts = {cut for cut in self.cuts if not any(_goes_on(t, cut) for t in self.titles)}

    def fits(self, other: "_Work") -> bool:
        """Tell whether nothing speaks against both being one work."""
        if not self._titles_fit(other) or not self._years_fit(other):
            return False
        if self.families and other.families and not self._same_first_author(other):
            return False
        return all(
            not mine or not theirs or mine & theirs
            for mine, theirs in ((self.dois, other.dois), (self.arxiv_ids, other.arxiv_ids))
        )

    def _same_first_author(self, other: "_Work") -> bool:
        """Tell whether family names agree, or one name's words are among the other's."""
        return bool(self.families & other.families) or any(
            mine <= theirs or theirs <= mine
            for mine in self.first_authors
            for theirs in other.first_authors
        )

    def _titles_fit(self, other: "_Work") -> bool:
        if self.titles & other.titles:
            return True
        return any(
            title.startswith(cut)
            for one, two in ((self, other), (other, self))
            for cut in one.cuts
            for title in two.titles
        )

    def _years_fit(self, other: "_Work") -> bool:
        """Tell whether years agree; the same first author leaves room for a preprint.

        A short title, such as "Editorial", may come again each year.
        """
        if not self.years or not other.years or self.years & other.years:
            return True
        apart = min(abs(mine - theirs) for mine in self.years for theirs in other.years)
        telling = any(len(title) > _SHORT_TITLE for title in self.titles)
        return telling and apart <= _PREPRINT_YEARS and self._same_first_author(other)

    @property
    def order(self) -> tuple[bool, bool, bool, bool, str]:
        """Sort the better described works first, cut titles last; ties by what they hold."""
        first = min(record.hash for record in self.records)
        named = bool(self.dois or self.arxiv_ids)
        return (bool(self.cuts), not self.families, not self.years, not named, first)


def group(records: Iterable[Record]) -> list[list[Record]]:
    """Split `records` into works; the result depends on the set alone."""
    works = _Near()
    settled: list[_Work] = []
    for work in sorted(map(_Work, _certain(records)), key=lambda item: item.order):
        fitting = [item for item in works.near(work) if item.fits(work)]
        if len(fitting) == 1:
            fitting[0].records.extend(work.records)
            fitting[0].__post_init__()
            work = fitting[0]
        else:
            settled.append(work)
        works.add(work)
    return [sorted(work.records, key=lambda record: record.hash) for work in settled]


class _Near:
    """Works by their titles, and by how these begin."""

    def __init__(self) -> None:
        self._titles: dict[str, list[_Work]] = defaultdict(list)
        self._starts: dict[str, list[_Work]] = defaultdict(list)
        self._cuts: dict[str, list[_Work]] = defaultdict(list)

    def add(self, work: _Work) -> None:
        """Note a work, once more where it was noted under fewer titles."""
        for title in work.titles:
            self._titles[title].append(work)
            self._starts[title[:SHORTEST_CUT]].append(work)
        for cut in work.cuts:
            self._cuts[cut[:SHORTEST_CUT]].append(work)

    def near(self, work: _Work) -> list[_Work]:
        """Return the works whose titles may agree, each once."""
        found = [item for title in work.titles for item in self._titles[title]]
        found += [item for cut in work.cuts for item in self._starts[cut[:SHORTEST_CUT]]]
        found += [item for title in work.titles for item in self._cuts[title[:SHORTEST_CUT]]]
        return list({id(item): item for item in found}.values())


def _certain(records: Iterable[Record]) -> list[list[Record]]:
    """Join records that share an identifier, or, having none, agree in all they state."""
    ordered = sorted(records, key=lambda item: item.hash)
    parents = list(range(len(ordered)))
    owner: dict[object, int] = {}
    for number, record in enumerate(ordered):
        for key in _certain_keys(record.paper):
            one, other = _root(parents, number), _root(parents, owner.setdefault(key, number))
            parents[max(one, other)] = min(one, other)
    groups: dict[int, list[Record]] = defaultdict(list)
    for number, record in enumerate(ordered):
        groups[_root(parents, number)].append(record)
    return list(groups.values())


def _root(parents: list[int], number: int) -> int:
    """Return the first of those that `number` is joined with, and shorten the way there."""
    while parents[number] != number:
        parents[number] = number = parents[parents[number]]
    return number


def _certain_keys(paper: Paper) -> tuple[object, ...]:
    if named := strong_keys(paper):
        return named
    family = family_name(paper.authors[0]) if paper.authors else ""
    return ((normal(paper.title), family, paper.year),)


def identity(paper: Paper) -> str:
    """Return the id of a merged paper: its DOI, else its arXiv id, else a hash of its title."""
    if named := strong_keys(paper):
        return named[0]
    family = family_name(paper.authors[0]) if paper.authors else ""
    return f"title:{fingerprint(normal(paper.title), family, str(paper.year or ''))[:16]}"


def merge(records: Sequence[Record]) -> Paper:
    """Return one paper that says what `records` say together, keeping the richer field.

    Titles and abstracts: the longest. Authors: the longest list, then the fuller
    names. Lists are joined. Other fields: from the record that states most. Two
    different values of the same extra field are both kept, "; " between them.
    """
    papers = [item.paper for item in sorted(records, key=_richest_first)]
    year = next((paper.year for paper in papers if paper.year is not None), None)
    merged = replace(
        papers[0],
        title=max((paper.title for paper in papers), key=_longest),
        abstract=max((paper.abstract for paper in papers), key=_longest),
        authors=max((paper.authors for paper in papers), key=lambda names: (len(names), *names)),
        author_count=max((p.author_count for p in papers if p.author_count), default=None),
        citation_count=max(
            (p.citation_count for p in papers if p.citation_count is not None), default=None
        ),
        year=year,
        date=_date(papers, year),
        keywords=_joined(paper.keywords for paper in papers),
        references=tuple(sorted(set(chain.from_iterable(paper.references for paper in papers)))),
        contexts=tuple(sorted(set(chain.from_iterable(paper.contexts for paper in papers)))),
        sources=tuple(sorted(set(chain.from_iterable(paper.sources for paper in papers)))),
        extra=_extra(papers),
        **{name: _first(papers, name) for name in _SCALARS},
    )
    return replace(merged, id=identity(merged))


_SCALARS = (
    *("venue", "kind", "doi", "arxiv_id", "primary_class", "url", "pdf_url"),
    *("volume", "issue", "pages", "publisher", "language"),
)


def _richest_first(record: Record) -> tuple[int, str]:
    return (-len(record.paper.as_dict()), record.hash)


def _longest(text: str) -> tuple[int, str]:
    return (len(text), text)


def _first(papers: Sequence[Paper], name: str) -> str:
    return next((value for paper in papers if (value := getattr(paper, name))), "")


def _date(papers: Sequence[Paper], year: int | None) -> str:
    """Return the most exact date that agrees with the year."""
    dates = {paper.date for paper in papers if paper.date}
    agreeing = {date for date in dates if year is None or date.startswith(str(year))}
    return max(agreeing or ({str(year)} if year is not None else {""}), key=_longest)


def _joined(lists: Iterable[Iterable[str]]) -> tuple[str, ...]:
    """Return the distinct words of all lists, without regard to case, in order of arrival."""
    seen: dict[str, str] = {}
    for word in chain.from_iterable(lists):
        seen.setdefault(word.casefold(), word)
    return tuple(seen.values())


def _extra(papers: Sequence[Paper]) -> dict[str, str]:
    values: dict[str, set[str]] = defaultdict(set)
    for paper in papers:
        for name, value in paper.extra.items():
            values[name].add(value)
    return {name: _told(values[name]) for name in sorted(values)}


def _told(values: set[str]) -> str:
    """Return all values, "; " between them; what one repeats of another stands once."""
    if len(values) == 1:
        return min(values)
    return "; ".join(dict.fromkeys(part for value in sorted(values) for part in value.split("; ")))
