"""A person's name in the parts that bibliographies sort and abbreviate by, or a body's name."""

import re
from dataclasses import dataclass

from paperflow.readers import names as readers
from paperflow.readers.latex import plain
from paperflow.records import Paper
from paperflow.reports.text import one_line


@dataclass(frozen=True, slots=True)
class Name:
    """A name's parts; a corporate author has only a `literal`."""

    family: str = ""
    given: str = ""
    particle: str = ""
    suffix: str = ""
    literal: str = ""

    @property
    def surname(self) -> str:
        """Return what a citation shows: the family name with its particle."""
        return self.literal or f"{self.particle} {self.family}".strip()

    @property
    def inverted(self) -> str:
        """Return "von Last, Jr, First" with the empty parts left out."""
        parts = (self.surname, self.suffix, self.given)
        return ", ".join(part for part in parts if part)


def names_of(paper: Paper) -> list[Name]:
    """Return the authors' names, by the parts that the user's own file gave where it did."""
    return stated_names(paper) or [parse_name(name) for name in paper.authors if one_line(name)]


def first_name_of(paper: Paper) -> Name | None:
    """Return the first of `names_of` without splitting the others, None where there is none."""
    if stated := stated_names(paper):
        return stated[0]
    return next((parse_name(name) for name in paper.authors if one_line(name)), None)


def stated_names(paper: Paper) -> list[Name]:
    """Return the names as a reader kept them in BibTeX's form, if they are still the authors'."""
    parts = readers.split_authors(paper.extra.get("author", ""))
    exact = [_decoded(readers.parse(part)) for part in parts]
    if exact and exact[-1] == readers.Name(last="others"):
        exact.pop()
    if tuple(map(readers.display, exact)) != paper.authors:
        return []
    return [_from_reader(name) for name in exact]


def names_are_cut(paper: Paper) -> bool:
    """Return whether there are more authors than the paper names."""
    stated = readers.split_authors(paper.extra.get("author", ""))
    more = paper.author_count is not None and paper.author_count > len(paper.authors)
    return more or stated[-1:] == ["others"]


def _decoded(name: readers.Name) -> readers.Name:
    first, von, last, jr = (one_line(plain(part)) for part in name[:4])
    return readers.Name(first, von, last, jr, name.group)


def _from_reader(name: readers.Name) -> Name:
    if name.group:
        return Name(literal=name.last)
    return Name(name.last, name.first, name.von, name.jr)


def parse_name(text: str) -> Name:
    """Split "First von Last Jr", "von Last, First" or "von Last, Jr, First" into parts.

    As in BibTeX, the particle is what starts in lower case between first and last name;
    capitalised Dutch and Spanish particles ("Van Den Oord") belong to the family name.
    """
    text = one_line(text)
    if _is_corporate(text):
        return Name(literal=_unbraced(text))
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if len(parts) > 3 or not parts:
        return Name(literal=text)
    if len(parts) == 1:
        return _spoken(parts[0].split())
    return _inverted(parts)


_BODIES = re.compile(
    r"""(?ix) ^\{.*\}$ | ^the\s | (?:^|\s) (?:and|&|et\ al\.?) (?:\s|$) | \b (?:
    team | collaboration | consortium | group | incorporated | inc\. | ltd | llc | gmbh | corp\. |
    corporation | company | universit\w+ | institut\w* | committee | commission | council |
    organi[sz]ation | association | foundation | society | laborator\w+ | labs | department |
    ministry | initiative | network | project | agency | cent(?:er|re) | authors
    ) (?:\W|$)"""
)
_SUFFIX = re.compile(r"(?i)^(?:jr\.?|sr\.?|ii|iii|iv)$")  # Junior and Senior are surnames too
_CAPITALISED = re.compile(r"(?:V[ao]n|Vom|D[ae]r|De[nl]?|Della|Dos|Te[rn]|Bin|Ibn|[EA]l)$")
_LEADING = re.compile(r"(?:d[aeiu]|de[lr]|della|dos|l[ae]|v[ao]n)$")
_JOINING = re.compile(r"[eiy]$")  # "García y Vega" is one family name
_NUMBER = re.compile(r"^\d{4}$")  # how DBLP tells namesakes apart


def _is_corporate(text: str) -> bool:
    return bool(_BODIES.search(text)) or not any(char.isalpha() for char in text)


def _unbraced(text: str) -> str:
    inner = text[1:-1].strip() if text.startswith("{") and text.endswith("}") else ""
    return inner or text


def _inverted(parts: list[str]) -> Name:
    if len(parts) == 2 and _SUFFIX.match(parts[1]):
        spoken = _spoken(parts[0].split())
        return Name(spoken.family, spoken.given, spoken.particle, parts[1])
    middle, given = (parts[1], parts[2]) if len(parts) == 3 else ("", parts[1])
    if middle and not _SUFFIX.match(middle):
        middle, given = (given, middle) if _SUFFIX.match(given) else ("", f"{middle}, {given}")
    particle, family = _split_particle(parts[0].split())
    return Name(family, given, particle, middle)


def _split_particle(words: list[str]) -> tuple[str, str]:
    """Split "de la Vallée Poussin" after its leading lower-case words; one word always stays."""
    count = 0
    while count < len(words) - 1 and _is_lower(words[count]):
        count += 1
    return " ".join(words[:count]), " ".join(words[count:])


def _is_lower(word: str) -> bool:
    return next((char for char in word if char.isalpha()), "A").islower()


def _spoken(words: list[str]) -> Name:
    suffix = words.pop() if len(words) > 2 and _SUFFIX.match(words[-1]) else ""
    start = _family_start(words)
    particle, family = _split_particle(words[start:])
    return Name(family, " ".join(words[:start]), particle, suffix)


def _family_start(words: list[str]) -> int:
    """Return the index of the first word that is not a first name."""
    last = len(words) - 1
    if _LEADING.match(words[0]):
        return 0
    if last > 1 and _NUMBER.match(words[last]):
        last -= 1
    for index, word in enumerate(words[1:last], 1):
        if _JOINING.match(word) and index > 1:
            return index - 1
        if _is_lower(word) or _CAPITALISED.match(word):
            return index
    return last
