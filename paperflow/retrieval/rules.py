"""Rules that read years, venues, authors and sources out of a wish in plain English."""

import re
from collections.abc import Callable
from functools import cache

from paperflow.extract.lexicon import venues

_YEAR = r"(?:19|20)\d\d"
_DATE = rf"{_YEAR}(?:-[01]\d(?:-[0-3]\d)?)?"
_NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "ten": 10}
_COUNT = rf"(\d{{1,2}}|{'|'.join(_NUMBERS)})"
# What may follow a venue or a name; "ACL reconstruction" is no venue.
_END = (
    r"(?=\s*(?:$|[,.;:?!)]|\b(?:about|on|for|since|from|by|between|after|before|until|in|at|over"
    r"|during|published|papers?|that|which|with|using|and|or|last|past)\b))"
)
_GIVEN = r"(?:[A-ZÀ-Þ][\w'’-]*\w|[A-ZÀ-Þ]\.?(?=[\s.])\.?)"
_PARTICLE = r"(?:van|von|der|den|de|del|di|da|la|le|el|bin|al)"
_NAME = rf"{_GIVEN}(?:\s+(?:{_PARTICLE}\s+)*{_GIVEN}){{0,3}}"
_NO_NAMES = frozenset(
    """
    transformer transformers attention encoder encoders decoder decoders network networks model
    models embedding embeddings convolution convolutions graph graphs autoencoder autoencoders
    diffusion learning bayesian gaussian fourier laplacian markov
    """.split()
)
SOURCES = {
    "arxiv": "arxiv",
    "openalex": "openalex",
    "semantic scholar": "semantic_scholar",
    "crossref": "crossref",
    "datacite": "datacite",
    "europe pmc": "europepmc",
    "acl anthology": "anthology",
    "openreview": "openreview",
    "hugging face": "huggingface",
    "huggingface": "huggingface",
}


def read(reader: "Reader") -> str:
    """Apply every rule to `reader` and return the topic that is left."""
    for rule in (_fields, _windows, _single_years, _sources, _venues, _authors, _last_year):
        rule(reader)
    return _topic(reader.text)


class Reader:
    """The text that is left to read, and what was read so far."""

    def __init__(self, text: str, as_of: str) -> None:
        self.text = text
        self.now = int(as_of[:4]) if re.match(_YEAR, as_of) else None
        self.since = self.until = ""
        self.venues: list[str] = []
        self.authors: list[str] = []
        self.sources: list[str] = []

    def take(self, pattern: str, use: Callable[[re.Match[str]], bool | None]) -> None:
        """Cut out each match that `use` does not refuse (with False)."""

        def cut(match: re.Match[str]) -> str:
            return match.group() if use(match) is False else " "

        self.text = re.sub(pattern, cut, self.text)

    def window(self, since: str, until: str = "") -> bool:
        """Narrow the window of dates; an end that was stated before stays."""
        self.since, self.until = self.since or since, self.until or until
        return True


def _fields(reader: Reader) -> None:
    def use(match: re.Match[str]) -> None:
        name, value = match[1].lower(), match[2].strip('"')
        if name in ("since", "until"):
            setattr(reader, name, value)
        else:
            getattr(reader, name + "s").append(value)

    reader.take(r'(?i)\b(venue|author|source|since|until):("[^"]+"|[^\s"]+)', use)


def _windows(reader: Reader) -> None:
    take, window = reader.take, reader.window
    take(
        rf"(?i)\b(?:between|from)\s+({_DATE})\s+(?:and|to|until|till|-|–)\s+({_DATE})\b",
        lambda found: window(found[1], found[2]),
    )
    take(
        rf"(?i)(?:\b(?:in|from|during)\s+)?\(?\b({_YEAR})\s*(?:-|–|—|\bto\b)\s*({_YEAR})\b\)?",
        lambda found: window(found[1], found[2]),
    )
    take(rf"(?i)\b(?:since|starting\s+(?:in|from))\s+({_DATE})\b", lambda m: window(m[1]))
    take(rf"(?i)\bfrom\s+({_DATE})\s+(?:on|onwards?)\b", lambda found: window(found[1]))
    take(rf"(?i)\b({_YEAR})\s*(?:and|or)\s+(?:later|newer)\b", lambda found: window(found[1]))
    take(rf"(?i)\bafter\s+({_YEAR})\b", lambda found: window(str(int(found[1]) + 1)))
    take(rf"(?i)\bbefore\s+({_YEAR})\b", lambda found: window("", str(int(found[1]) - 1)))
    take(rf"(?i)\b(?:until|till|up\s+to|through)\s+({_DATE})\b", lambda m: window("", m[1]))
    take(rf"(?i)\b({_YEAR})\s*(?:and|or)\s+(?:earlier|older)\b", lambda m: window("", m[1]))
    take(
        rf"(?i)\b(?:(?:in|over|during|within|from|of)\s+)?(?:the\s+)?(?:last|past|previous)\s+"
        rf"(?:{_COUNT}\s+)?(year|decade)s?\b",
        lambda found: _years_back(reader, found[1], found[2].lower()),
    )


def _years_back(reader: Reader, count: str | None, unit: str) -> bool:
    if reader.now is None:
        return False
    number = 1 if count is None else _NUMBERS.get(count.lower()) or int(count)
    return reader.window(str(reader.now - number * (10 if unit == "decade" else 1)))


def _single_years(reader: Reader) -> None:
    reader.take(
        rf"(?i)\b(?:published\s+)?(?:in|from|during|of)\s+(?:the\s+year\s+)?({_YEAR})\b(?!-)",
        lambda found: reader.window(found[1], found[1]),
    )


def _last_year(reader: Reader) -> None:
    """Take a year that ends the query, or is all of it, for a date."""
    reader.take(rf"(?:^|(?<=\s))({_YEAR})\s*$", lambda found: reader.window(found[1], found[1]))


def _sources(reader: Reader) -> None:
    names = "|".join(map(re.escape, SOURCES))
    one = rf"(?:the\s+)?(?:{names})"
    reader.take(
        rf"(?i)\b(?:published\s+)?(?:on|from|in|at)\s+({one}(?:\s*(?:,|and|or)\s*{one})*)\b{_END}",
        lambda found: reader.sources.extend(
            SOURCES[name.lower()] for name in re.findall(rf"(?i){names}", found[1])
        ),
    )


def _venues(reader: Reader) -> None:
    one = _venue_pattern()
    several = rf"{one}(?:\s*(?:,\s*(?:and|or)|,|and|or|/)\s*{one})*"
    year = rf"(?:\s*'?({_YEAR}))?"

    def use(match: re.Match[str]) -> bool:
        found = re.findall(rf"(?i)\b{one}\b", match[1])
        # In small letters, "log", "acl" or "rss" may be any word.
        if any(name.islower() and len(name) <= 3 for name in found):
            return False
        reader.venues += [venues()[name.lower()] for name in found]
        return reader.window(match[2] or "", match[2] or "")

    start = r"(?i)\b(?:published\s+)?(?:in|at|from)\s+(?:the\s+)?(?:proceedings\s+of\s+)?"
    reader.take(rf"{start}({several}){year}\b{_END}", use)
    reader.take(rf"(?i)\b({several})(?:\s*'?({_YEAR}))\b", use)
    reader.take(rf"(?i)\b({several}){year}(?=\s+(?:papers|articles|publications)\b)", use)


def _authors(reader: Reader) -> None:
    def use(match: re.Match[str]) -> bool:
        names = re.findall(_NAME, match[1])
        if any(_is_no_name(name) for name in names):
            return False
        reader.authors += names
        return True

    several = rf"{_NAME}(?:\s*(?:,\s*and|,|and|&)\s+{_NAME})*"
    start = r"\b(?:(?:authored|written|published)\s+)?[Bb]y\s+"
    reader.take(rf"{start}({several})(?:\s+et\s+al\b\.?)?{_END}", use)
    reader.take(rf"\b({_NAME})\s+et\s+al\b\.?", use)


def _is_no_name(name: str) -> bool:
    """Tell whether a capitalised phrase is a method: an acronym or a term of the field."""
    parts = name.split()
    return any(
        part.lower() in _NO_NAMES or sum(letter.isupper() for letter in part) > 2 for part in parts
    )


_ASKED = re.compile(
    r"""(?ix)^\s*(?:(?:please|can|could|would|you|i|we|am|are|is|was|'m|looking|for|find|show|give
    |list|search|me|recommend|suggest|provide|direct|point|tell|there|any|some|all|what|which|the
    |a|recent|new|relevant|to)\s+)*
    (?:papers?|articles?|stud(?:y|ies)|publications?|works?|research|literature)\s+
    (?:published\s+)?(?:on|about|regarding|concerning|that|which)\s+(?:the\s+)?
    | ^\s*(?:find|show|give)\s+(?:me\s+)?(?=\S) | ^\s*(?:i\s+am\s+|i'm\s+)?looking\s+for\s+"""
)


def _topic(text: str) -> str:
    """Return what is left as the topic, without the words of asking around it."""
    text = _ASKED.sub("", re.sub(r"\(\s*\)", " ", text))
    text = re.sub(r"\s+([,.;:?!])", r"\1", " ".join(text.split()))
    text = re.sub(r"(?:[\s,;:]+(?:papers|articles|published|and|in|at|by|from|on))+\s*$", "", text)
    return text.strip(" ,;:?!.")


@cache
def _venue_pattern() -> str:
    """Return a pattern for any known venue, longest names first; arXiv is a source."""
    names = sorted((n for n, short in venues().items() if short != "arXiv"), key=len, reverse=True)
    return f"(?:{'|'.join(re.escape(name) for name in names)})"
