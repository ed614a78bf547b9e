"""How well signatures under papers are told to be of one person, beside name equality.

Usage: python benchmarks/authors.py [--quick] [--json FILE]

INSPIRE's hand-made truth: 15,424 signatures of 524 persons, nearly all named Wang. B-cubed and
pairwise precision, recall, and F. A signature has a name, an affiliation or none, and those
other names of the same data that stand on its paper; titles are not in the data.
Then the author strings of the ACL Anthology, where there is no truth, for their number and time.
"""

import gzip
import io
import json
import sys
import tarfile
import time
from collections import Counter, defaultdict
from collections.abc import Sequence

from judged import data
from report import Row, arguments, show

from paperflow.readers import read
from paperflow.records import Paper
from paperflow.store.authors import Signature, resolve_authors
from paperflow.store.identity import normal


def main() -> None:
    """Resolve both collections and print the table."""
    options = arguments(__doc__)
    signatures, truth = inspire()
    found = resolve_authors(signatures)
    names = [normal(signature.name) for signature in signatures]
    rows = []
    for measure, of in (("B3", b_cubed), ("pairwise", pairwise)):
        for name, ours, theirs in zip(
            ("precision", "recall", "F"), of(found, truth), of(names, truth), strict=True
        ):
            goal = 0.93 if (measure, name) == ("B3", "F") else None
            rows.append(Row(f"{measure} {name}", ours, "", theirs, goal))
    rows.append(Row("persons found", len(set(found)), "", len(set(truth))))
    show(options, [*rows, *anthology(40 if options.quick else None)])
    sys.exit(any(row.holds is False for row in rows))


def inspire() -> tuple[list[Signature], list[str]]:
    """Return the signatures and the person of each."""
    rows = _json("wang_signatures")
    owner = {number: person for person, ones in _json("wang_clusters").items() for number in ones}
    on = defaultdict(list)
    for row in rows:
        on[row["publication_id"]].append(row["author_name"])
    signatures = []
    for row in rows:
        beside = list(on[row["publication_id"]])
        beside.remove(row["author_name"])
        work, place = str(row["publication_id"]), row["author_affiliation"] or ""
        signatures.append(Signature(row["author_name"], work, place, tuple(beside)))
    return signatures, [owner[row["signature_id"]] for row in rows]


def anthology(files: int | None) -> list[Row]:
    """Return how many author strings, persons, and seconds there are in the ACL Anthology."""
    signatures = []
    with tarfile.open(data("acl-anthology/acl-anthology-2021-xml.tar.gz")) as archive:
        members = sorted((m for m in archive if m.name.endswith(".xml")), key=lambda m: m.name)
        for member in members[:files]:
            content = archive.extractfile(member)
            for paper in read(io.BytesIO(content.read() if content else b""), name=member.name):
                if isinstance(paper, Paper):
                    signatures += _signed(paper)
    begin = time.process_time()
    persons = resolve_authors(signatures)
    seconds = time.process_time() - begin
    return [
        Row("Anthology: signatures", len(signatures), ""),
        Row("Anthology: author strings", len({s.name for s in signatures}), ""),
        Row("Anthology: persons", len(set(persons)), ""),
        Row("Anthology: CPU time", seconds, "s"),
    ]


def _signed(paper: Paper) -> list[Signature]:
    names = [_family_first(name) for name in paper.authors]
    return [
        Signature(name, paper.url, "", tuple(names[:place] + names[place + 1 :]))
        for place, name in enumerate(names)
    ]


def _family_first(name: str) -> str:
    given, _, family = name.partition(",")[0].rpartition(" ")
    return f"{family}, {given}"


def b_cubed(found: Sequence[object], truth: Sequence[object]) -> tuple[float, float, float]:
    """Return precision, recall, and F, averaged over signatures (Bagga and Baldwin, 1998)."""
    both, ours, theirs = Counter(zip(found, truth, strict=True)), Counter(found), Counter(truth)
    precision = sum(n * n / ours[one] for (one, _), n in both.items()) / len(truth)
    recall = sum(n * n / theirs[one] for (_, one), n in both.items()) / len(truth)
    return precision, recall, 2 * precision * recall / (precision + recall)


def pairwise(found: Sequence[object], truth: Sequence[object]) -> tuple[float, float, float]:
    """Return precision, recall, and F over pairs of signatures."""
    both = _pairs(Counter(zip(found, truth, strict=True)))
    precision, recall = both / _pairs(Counter(found)), both / _pairs(Counter(truth))
    return precision, recall, 2 * precision * recall / (precision + recall)


def _pairs(counts: "Counter[object]") -> int:
    return sum(number * (number - 1) // 2 for number in counts.values())


def _json(name: str):  # type: ignore[no-untyped-def]
    with gzip.open(data(f"author-disambiguation/{name}.json.gz"), "rt", encoding="utf-8") as file:
        return json.load(file)


if __name__ == "__main__":
    main()
