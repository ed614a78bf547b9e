"""How well records of one work are told from records of others, on perturbed real papers.

Usage: python benchmarks/dedupe.py [--quick] [--json FILE]

Each real conference record meets up to three others of the same work, perturbed as sources
perturb them: capitals, accents, a truncated title, the preprint's year, missing or initialled
authors, family names first, an identifier that only one of them has. Records of one work
are grouped by `store.identity.group`; precision and recall count pairs of records, beside the
sober rule that equal titles without case are one work. Real records that agree in title,
first author, and year are one work by our own rule and are left out of the truth.
"""

import gzip
import json
import sys
import time
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from random import Random

from judged import data
from report import Row, arguments, show

from paperflow.records import Paper
from paperflow.store.identity import Record, canonical, family_name, group, normal
from paperflow.store.papers import record_hash

SEED = 11
Perturb = Callable[[Paper, Random], Paper]


def main() -> None:
    """Build the records, group them, and count pairs."""
    options = arguments(__doc__)
    papers = list(distinct(2_000 if options.quick else 5_000))
    print(f"{len(papers):,} works; about {len(papers) // 200} s")
    records, truth = perturbed(papers)
    grouped = {r.hash: n for n, work in enumerate(group(records)) for r in work}
    if grouped.keys() != truth.keys():
        sys.exit("a record was lost: nothing to measure")
    sober = {record.hash: record.paper.title.casefold() for record in records}
    rows = [Row("records", len(records), ""), *times(records)]
    for kind, of in kinds(records, truth).items():
        ours, theirs = pairs(grouped, truth, of), pairs(sober, truth, of)
        goal = 0.99 if kind == "all" else None
        for name, value, baseline in zip(("precision", "recall"), ours, theirs, strict=True):
            rows.append(Row(f"{name}, {kind}", value, "", baseline, goal))
    show(options, rows)
    sys.exit(any(row.holds is False for row in rows))


def times(records: Sequence[Record]) -> list[Row]:
    """Return how long grouping takes, and a record's share against a quarter of the records."""
    seconds = []
    for some in (records[: len(records) // 4], records):
        begin = time.process_time()
        group(some)
        seconds.append(time.process_time() - begin)
    growth = seconds[1] / (4 * seconds[0])
    return [
        Row("CPU time", seconds[1], "s"),
        Row("time a record, against a quarter", growth, "", goal=2, more_is_better=False),
    ]


def distinct(count: int) -> Iterator[Paper]:
    """Yield real papers, no two of which are one work by title, first author, and year."""
    seen = set()
    with gzip.open(data("conference/papers.jsonl.gz"), "rt", encoding="utf-8") as lines:
        rows = sorted(map(json.loads, lines), key=lambda row: record_hash(_paper(row)))
    for row in rows:
        paper = _paper(row)
        key = (normal(paper.title), family_name(paper.authors[0]) if paper.authors else "")
        if paper.authors and len(normal(paper.title)) > 10 and key not in seen and count:
            seen.add(key)
            count -= 1
            yield paper


def _paper(row: Mapping[str, object]) -> Paper:
    authors = row.get("authors") or []
    names = authors.split(";") if isinstance(authors, str) else authors
    year = row.get("year")
    return Paper(
        title=" ".join(str(row["title"]).split()),
        authors=tuple(name for item in names if (name := str(item).strip())),
        year=int(year) if str(year or "").isdigit() else None,
        venue=str(row.get("venue") or ""),
    )


def capitals(paper: Paper, random: Random) -> Paper:
    """Write the title in capitals, or in small letters."""
    return replace(paper, title=random.choice([paper.title.upper(), paper.title.lower()]))


def accents(paper: Paper, random: Random) -> Paper:
    """Lose the accents of title and names, and the kind of dashes and quotes."""
    return replace(
        paper, title=_ascii(paper.title).replace("-", " - "),
        authors=tuple(map(_ascii, paper.authors)),
    )  # fmt: skip


def truncated(paper: Paper, random: Random) -> Paper:
    """Cut the title at its colon, or after three quarters of its words, with dots."""
    words = paper.title.split()
    cut = " ".join(words[: max(4, 3 * len(words) // 4)])
    return replace(paper, title=f"{cut}..." if len(words) > 5 else paper.title)


def preprint(paper: Paper, random: Random) -> Paper:
    """State the year in which the preprint came out, and its venue."""
    year = None if paper.year is None else paper.year - random.choice([1, 1, 1, 2])
    return replace(paper, year=year, venue="arXiv")


def fewer_authors(paper: Paper, random: Random) -> Paper:
    """Leave out the authors, or all but the first."""
    return replace(paper, authors=random.choice([(), paper.authors[:1]]))


def initials(paper: Paper, random: Random) -> Paper:
    """Abbreviate the given names."""
    return replace(paper, authors=tuple(map(_initialled, paper.authors)))


def swapped(paper: Paper, random: Random) -> Paper:
    """Put family names first, with a comma or without."""
    comma = random.choice([",", ""])
    return replace(paper, authors=tuple(_family_first(name, comma) for name in paper.authors))


PERTURBATIONS: dict[str, Perturb] = {
    "capitals": capitals,
    "accents": accents,
    "truncated": truncated,
    "preprint": preprint,
    "fewer authors": fewer_authors,
    "initials": initials,
    "swapped": swapped,
}


def _ascii(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def _initialled(name: str) -> str:
    *given, family = name.split() or [name]
    return " ".join([*(f"{part[0]}." for part in given), family])


def _family_first(name: str, comma: str) -> str:
    *given, family = name.split() or [name]
    return f"{family}{comma} {' '.join(given)}" if given else family


def perturbed(papers: Sequence[Paper]) -> tuple[list[Record], dict[str, int]]:
    """Return records and the number of the work that each speaks of."""
    random = Random(SEED)
    records: dict[str, Record] = {}
    truth: dict[str, int] = {}
    for number, paper in enumerate(papers):
        doi = f"10.1000/{number}" if random.random() < 0.5 else ""
        arxiv = f"{2000 + number % 99:04}.{number:05}" if random.random() < 0.4 else ""
        for record in _versions(paper, doi, arxiv, random):
            if truth.setdefault(record.hash, number) != number:
                raise SystemExit("two works state the same")
            records[record.hash] = record
    return list(records.values()), truth


def _versions(paper: Paper, doi: str, arxiv: str, random: Random) -> Iterator[Record]:
    """Yield the paper, and up to three perturbed versions of one or two changes each."""
    yield _record(replace(paper, doi=doi, arxiv_id=arxiv if random.random() < 0.5 else ""), "as is")
    for number in range(random.randint(1, 3)):
        drawn = random.sample(sorted(PERTURBATIONS), random.choice([1, 1, 2]))
        chosen = [name for name in PERTURBATIONS if name in drawn]
        changed = paper
        for name in chosen:
            changed = PERTURBATIONS[name](changed, random)
        named = {"doi": doi} if random.random() < 0.3 else {}
        named |= {"arxiv_id": arxiv} if "preprint" in chosen else {}
        yield _record(replace(changed, **named), f"{' + '.join(sorted(chosen))} {number}")


def _record(paper: Paper, source: str) -> Record:
    stated = replace(paper, sources=(source,))
    return Record(record_hash(stated), canonical(stated))


def kinds(records: Sequence[Record], truth: Mapping[str, int]) -> dict[str, set[str]]:
    """Return the records of the works that have some perturbation, by its name, and all."""
    works: dict[str, set[int]] = defaultdict(set)
    for record in records:
        for name in PERTURBATIONS:
            if name in record.paper.sources[0]:
                works[name].add(truth[record.hash])
    found = {"all": set(truth)}
    for name, numbers in works.items():
        found[name] = {hash for hash, number in truth.items() if number in numbers}
    return found


def pairs(
    found: Mapping[str, object], truth: Mapping[str, int], of: set[str]
) -> tuple[float, float]:
    """Return precision and recall over pairs of these records."""
    both = _count((found[hash], truth[hash]) for hash in of)
    return both / _count(found[hash] for hash in of), both / _count(truth[hash] for hash in of)


def _count(values: Iterator[object]) -> int:
    return sum(number * (number - 1) // 2 for number in Counter(values).values()) or 1


if __name__ == "__main__":
    main()
