"""Citation markers and cross-references as prose prints them, and what they point at.

Which style a paper cites in is told by what its references are called: by number, by a short
key ("[KW14]"), or by authors and year. Only names and numbers of its own references count,
so that "(2020)" or "[0, 1]" is no citation by itself.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from paperflow.documents import Reference
from paperflow.store.identity import family_name, normal

Found = tuple[int, int, int, tuple[int, ...]]  # text, start, end, places of the references

_NUMBERS = re.compile(
    r"\[\s*(\d{1,3}(?:\s*[,;–—-]\s*\d{1,3})*)\s*(?:,\s*[^\[\]\d][^\[\]]{0,40})?\]"
)
_RANGE = re.compile(r"(\d+)(?:\s*[–—-]\s*(\d+))?")
_KEYED = re.compile(r"\[([^\[\]]{2,120})\]")
_YEAR = r"(?:1[5-9]|20)\d\d[a-z]?"
_UPPER = "A-Z\u00c0-\u00de\u0100-\u017f\u0386-\u03ab\u0400-\u042f"
_OTHERS = (
    rf"(?:\s*,?\s+et\s+al\b\.?"
    rf"|(?:\s*,\s*[{_UPPER}][\w’'.-]+(?:\s[{_UPPER}][\w’'.-]+)?){{0,3}}\s*,?\s+(?:and|&)\s+"
    rf"(?P<second>[^\W\d_][\w’'-]+(?:\s[\w’'-]+){{0,2}}?))"
)
_YEARS = rf"(?P<years>{_YEAR}(?:\s*[,;]\s*{_YEAR}|\s*,\s*[a-z]\b)*)"
_MENTION = re.compile(
    r"\b(?P<kind>fig(?:ure|s|ures)?|tab(?:le|s|les)?|eq(?:uation|n|s|ns|uations)?"
    r"|sec(?:tion|t|s|tions)?|appendix|appendices)\b\.?\s*"
    r"(?P<labels>\(?(?:\d+|[A-Z])(?:\.\d+)*\)?(?:[a-h]\b)?"
    r"(?:\s*(?:,|and|&|,\s*and|or)\s*\(?(?:\d+|[A-Z]\.\d+)(?:\.\d+)*\)?(?![\w.]*\d*%)(?=[\s,.;:)]))*)"
    r"|(?P<sign>§)\s*(?P<number>\d+(?:\.\d+)*)",
    re.IGNORECASE,
)
_LABEL = re.compile(r"(?:\d+|[A-Z])(?:\.\d+)*")
_LONGEST_RANGE = 40
_MENTIONED = {"f": "figure", "t": "table", "e": "equation", "s": "section", "a": "section"}


def find_citations(texts: Sequence[str], references: Sequence[Reference]) -> Iterator[Found]:
    """Yield the citations in `texts`, in order; each points at one reference or several."""
    labels = {item.label: place for place, item in enumerate(references) if item.label}
    numbered = sum(label.isdigit() for label in labels) * 2 > len(references)
    if numbered:
        yield from _numbers(texts, labels)
    elif keys := {label: place for label, place in labels.items() if not _is_sentence(label)}:
        yield from _keys(texts, keys)
    if not numbered:
        yield from _authors(texts, references)


def _is_sentence(label: str) -> bool:
    return len(label) > 16 or " " in label


def _numbers(texts: Sequence[str], labels: dict[str, int]) -> Iterator[Found]:
    for place, text in enumerate(texts):
        for found in _NUMBERS.finditer(text):
            numbers = numbers_in(found[1])
            targets = tuple(labels[number] for number in numbers if number in labels)
            if targets and len(targets) == len(numbers):
                yield place, found.start(), found.end(), targets


def numbers_in(text: str) -> list[str]:
    """Return the numbers of "1, 3-5" in full."""
    return [number for part in _RANGE.finditer(text) for number in _counted(part)]


def _counted(part: re.Match[str]) -> list[str]:
    first, last = int(part[1]), int(part[2] or part[1])
    return [str(number) for number in range(first, min(last, first + _LONGEST_RANGE) + 1)]


def _keys(texts: Sequence[str], labels: dict[str, int]) -> Iterator[Found]:
    for place, text in enumerate(texts):
        for found in _KEYED.finditer(text):
            parts = [part.strip() for part in re.split("[,;]", found[1])]
            if targets := tuple(labels[part] for part in parts if part in labels):
                yield place, found.start(), found.end(), targets


def _authors(texts: Sequence[str], references: Sequence[Reference]) -> Iterator[Found]:
    """Yield "Smith et al. (2020)", "Jones and Lee, 2019a, b" for the references' own names."""
    by_name = _by_family(references)
    if not by_name:
        return
    names = sorted((name for name, _ in by_name), key=lambda name: (-len(name), name))
    family = "|".join(re.escape(name).replace("\\ ", r"\s+") for name in dict.fromkeys(names))
    pattern = re.compile(
        rf"(?<!\w)(?P<family>{family})(?!\w){_OTHERS}?(?:['’]s?)?\s*,?\s*[(\[]?\s*{_YEARS}"
    )
    works: dict[str, list[int]] = {}
    for (name, _), place in by_name.items():
        works.setdefault(" ".join(name.split()), []).append(place)
    for number, text in enumerate(texts):
        for found in pattern.finditer(text):
            candidates = works[" ".join(found["family"].split())]
            targets = _of_years(found, [(place, references[place]) for place in candidates])
            if targets:
                yield number, found.start(), found.end(), targets


def _by_family(references: Sequence[Reference]) -> dict[tuple[str, int], int]:
    """Return places by how the first author is called, and the place itself."""
    names: dict[tuple[str, int], int] = {}
    for place, reference in enumerate(references):
        for name in _called(reference):
            names[name, place] = place
    return names


def _called(reference: Reference) -> set[str]:
    """Return the ways in which the text may call a reference's first author."""
    label = re.match(
        r"(.{2,60}?)(?:\s+et\s+al|\s+and\s|\s*&\s*|,?\s*\(?(?:1[5-9]|20)\d\d)", reference.label
    )
    names = {label[1].strip(" ,(")} if label else set()
    if reference.work.authors:
        first = reference.work.authors[0]
        words = first.partition(",")[0].split()
        kept = [n for n, word in enumerate(words) if n and word[:1].islower()]
        names.add(words[-1] if not kept else " ".join(words[kept[0] :]))
    return {name for name in names if len(name) > 1 and not name.isdigit()}


def _of_years(found: re.Match[str], candidates: Sequence[tuple[int, Reference]]) -> tuple[int, ...]:
    """Return the references of these years; where several fit, the second author decides."""
    targets: list[int] = []
    for year in _spelled(found["years"]):
        fitting = [item for item in candidates if _year_of(item[1]) == year]
        fitting = fitting or [item for item in candidates if _year_of(item[1])[:4] == year[:4]]
        second = normal(found["second"] or "")
        exact = (
            [item for item in fitting if _second(item[1]) == second]
            if second
            else [
                item
                for item in fitting
                if (len(item[1].work.authors) > 1) == ("et" in found[0].split())
            ]
        )
        targets += [place for place, _ in (exact or fitting)[:1]]
    return tuple(dict.fromkeys(targets))


def _spelled(years: str) -> list[str]:
    """Return the years of "2019a, b; 2020" in full."""
    parts = [part.strip() for part in re.split("[,;]", years)]
    full = [parts[0]]
    for _, part in pairwise(parts):
        full.append(part if part[0].isdigit() else full[-1][:4] + part)
    return full


def _year_of(reference: Reference) -> str:
    """Return the year with its letter, as the label or the printed entry has it."""
    letter = reference.work.extra.get("year_letter", "")
    return f"{reference.work.year or ''}{letter}"


def _second(reference: Reference) -> str:
    authors = reference.work.authors
    return family_name(authors[1]) if len(authors) > 1 else ""


def find_mentions(texts: Sequence[str]) -> Iterator[tuple[int, int, int, str, str]]:
    """Yield text, start, end, kind and label of each "Figure 3", "Eq. (2)", "§4.1"."""
    for place, text in enumerate(texts):
        for found in _MENTION.finditer(text):
            if found["sign"]:
                yield place, found.start(), found.end(), "section", found["number"]
                continue
            kind = _MENTIONED[found["kind"][0].lower()]
            labels = list(_LABEL.finditer(text, *found.span("labels")))
            for number, label in enumerate(labels):
                start = found.start() if number == 0 else label.start()
                if label[0].lower() not in {"a", "i"} or kind == "section":
                    yield place, start, label.end(), kind, label[0]
