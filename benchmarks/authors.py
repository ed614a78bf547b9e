"""How well signatures under papers are told to be of one person, beside name equality.

Usage: python benchmarks/authors.py [--quick] [--json FILE]

INSPIRE's hand-made truth: 15,424 signatures of 524 persons, nearly all named Wang. B-cubed and
pairwise precision, recall, and F. A signature has a name, an affiliation or none, those other
names of the same data that stand on its paper, and the paper's number in INSPIRE, which grows
with the years: 30,000 numbers stand for one. Titles are not in the data. Three limits are also
chosen on half of the initials and measured on the other, for several halvings; the mean of
these figures is the one that counts.
Then the author strings of the ACL Anthology, where there is no truth, for their number and time.
"""

import gzip
import io
import json
import random
import sys
import tarfile
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import permutations, product

from judged import data
from report import Row, arguments, show

from paperflow.readers import read
from paperflow.records import Paper
from paperflow.store.authors import Limits, Signature, parse_name, resolve_authors
from paperflow.store.identity import normal

YEAR = 30_000  # record numbers that stand for one year
HALVINGS = 11
GRID = {  # the limits that are tried
    "apart": (2.0, 3.0, 5.0, 7.0, 10.0),
    "established": (8, 12, 16, 24),
    "initial": (0.6, 0.8, 1.0),
}

Block = tuple[str, str]  # family name, initial
Shares = dict[Block, tuple[float, float]]  # sums of precision and recall over a block's signatures


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
    held = held_out(signatures, truth, options.quick)
    rows.append(Row("B3 F, held out", sum(held) / len(held), "", goal=0.93))
    rows += [Row("B3 F, worst halving", min(held), ""), Row("B3 F, best halving", max(held), "")]
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
        number, place = row["publication_id"], row["author_affiliation"] or ""
        name, year = row["author_name"], number // YEAR
        signatures.append(Signature(name, str(number), place, tuple(beside), year))
    return signatures, [owner[row["signature_id"]] for row in rows]


def held_out(signatures: list[Signature], truth: list[str], quick: bool) -> list[float]:
    """Return, for each halving, B-cubed F where the limits of each half are the other's best."""
    blocks = [block(signature) for signature in signatures]
    sizes = Counter(blocks)
    grid = [
        Limits(**dict(zip(GRID, values, strict=True)))
        for values in product(*(values[:: 1 + 2 * quick] for values in GRID.values()))
    ]
    tried = [shares(blocks, resolve_authors(signatures, limits), truth) for limits in grid]
    found = []
    for number in range(HALVINGS):
        mixed = {}
        for half, other in permutations(halves(sizes, number)):
            best = max(range(len(grid)), key=lambda place: f_of(tried[place], half, sizes))
            mixed.update({block: tried[best][block] for block in other})
            scores = (f_of(tried[best], side, sizes) for side in (half, other))
            print(f"halving {number}: {grid[best]}, F {next(scores):.4f}, other {next(scores):.4f}")
        found.append(f_of(mixed, list(sizes), sizes))
    return found


def block(signature: Signature) -> Block:
    """Return the family name and initial: signatures of two blocks are never one person's."""
    family, given = parse_name(signature.name)
    return family, given[0][0] if given else ""


def halves(sizes: Mapping[Block, int], number: int) -> tuple[list[Block], list[Block]]:
    """Return the blocks in two halves, by turns from the largest, or each two by a coin."""
    coins = random.Random(number)
    order = sorted(sizes, key=lambda block: (-sizes[block], block))
    sides: tuple[list[Block], list[Block]] = ([], [])
    for place in range(0, len(order), 2):
        turned = bool(number) and coins.random() < 0.5
        for side, one in enumerate(order[place : place + 2]):
            sides[side ^ turned].append(one)
    return sides


def shares(blocks: list[Block], found: Sequence[object], truth: Sequence[object]) -> Shares:
    """Return what each block adds to B-cubed precision and recall."""
    ours, theirs = Counter(found), Counter(truth)
    sums: dict[Block, tuple[float, float]] = defaultdict(lambda: (0.0, 0.0))
    for (of, one, other), n in Counter(zip(blocks, found, truth, strict=True)).items():
        precision, recall = sums[of]
        sums[of] = (precision + n * n / ours[one], recall + n * n / theirs[other])
    return sums


def f_of(of: Shares, blocks: Sequence[Block], sizes: Mapping[Block, int]) -> float:
    """Return B-cubed F over some blocks."""
    count = sum(sizes[block] for block in blocks)
    precision, recall = (sum(of[block][side] for block in blocks) / count for side in (0, 1))
    return 2 * precision * recall / (precision + recall)


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
