"""How well signatures under papers are told to be of one person, beside name equality.

Usage: python benchmarks/authors.py [--quick] [--json FILE]

INSPIRE's hand-made truth: 15,424 signatures of 524 persons, nearly all named Wang. B-cubed and
pairwise precision, recall, and F. A signature has a name, an affiliation or none, and those
other names of the same data that stand on its paper; titles are not in the data. The two
thresholds are also chosen on each half of the initials and measured on the other, whose figure
is the one that counts.
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
from paperflow.store.authors import Signature, parse_name, resolve_authors
from paperflow.store.identity import normal

ONE_INITIAL = (0.15, 0.3, 0.45, 0.6, 0.8, 1.0)  # the thresholds that are tried
INITIALS = (0.01, 0.05, 0.15, 0.3)


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
            rows.append(Row(f"{measure} {name}", ours, "", theirs))
    rows.append(Row("B3 F, held out", held_out(signatures, truth, options.quick), "", goal=0.93))
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


def held_out(signatures: list[Signature], truth: list[str], quick: bool) -> float:
    """Return B-cubed F where each half's thresholds are those that are best on the other half."""
    half = halves(signatures)
    grid = [(one, more) for one in ONE_INITIAL[:: 1 + quick] for more in INITIALS[:: 1 + quick]]
    found = [resolve_authors(signatures, least) for least in grid]
    mixed: dict[int, tuple[int, int]] = {}
    for side in (0, 1):
        chosen = [place for place in range(len(truth)) if half[place] == side]
        scores = [b_cubed(*_at(chosen, persons, truth))[2] for persons in found]
        best = scores.index(max(scores))
        print(
            f"half {side}: {len(chosen):,} signatures, best {grid[best]} with F {max(scores):.4f}"
        )
        for place in set(range(len(truth))).difference(chosen):
            mixed[place] = (side, found[best][place])
    return b_cubed([mixed[place] for place in range(len(truth))], truth)[2]


def halves(signatures: list[Signature]) -> list[int]:
    """Return 0 or 1 for each signature: its family name and initial, by turns from the largest."""
    blocks = [(family, given[0][0] if given else "")
              for family, given in (parse_name(s.name) for s in signatures)]  # fmt: skip
    sizes = Counter(blocks)
    order = sorted(sizes, key=lambda block: (-sizes[block], block))
    return [order.index(block) % 2 for block in blocks]


def _at(places: list[int], *lists: Sequence[object]) -> list[list[object]]:
    return [[values[place] for place in places] for values in lists]


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
