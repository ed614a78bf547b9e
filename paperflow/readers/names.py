"""Names of people, and their one form in records: "First von Last, Jr".

`parse` follows BibTeX: "First von Last", "von Last, First", and "von Last, Jr, First";
what stands in braces is one word. `display` gives the form of the records. Where that
form can't be split again into the same parts (two family names, a group's name),
`exact` gives the BibTeX form, which readers keep in `extra["author"]`.
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

_TOKEN = re.compile(r"(?:\\.|[^\s~,{}\\])+|[\s~]+|[,{}\\]")
_SPECIAL = re.compile(r"\{\\(?:([A-Za-z]+)\s*|[^A-Za-z])\{?([A-Za-z])?")
_SIGNS = ("textbackslash", "textasciitilde", "textasciicircum")  # letters of neither case
_AND = re.compile(r"\s+and\s+", re.IGNORECASE)
_SUFFIX = re.compile(r"(?:jr|sr|ph\.?d|m\.?d|esq|inc|ltd|llc|[iv]+)\.?", re.IGNORECASE)


class Name(NamedTuple):
    """The four parts of a name, as BibTeX has them; a group's name is all `last`."""

    first: str = ""
    von: str = ""
    last: str = ""
    jr: str = ""
    group: bool = False


def display(name: Name) -> str:
    """Return "First von Last, Jr"."""
    text = " ".join(part for part in (name.first, name.von, name.last) if part)
    return f"{text}, {name.jr}" if name.jr and text else text or name.jr


def exact(name: Name) -> str:
    """Return BibTeX's form with commas, which keeps the parts apart; a group in braces."""
    if name.group:
        return f"{{{name.last}}}"
    family = f"{name.von} {name.last}".strip()
    return ", ".join(part for part in (family, name.jr, name.first) if part)


def exact_list(names: Sequence[Name]) -> str:
    """Return all names in BibTeX's form where one would suffer from the display form, else ""."""
    if all(parse_display(display(name)) == name for name in names):
        return ""
    return " and ".join(map(exact, names))


def parse_display(text: str) -> Name:
    """Return the parts of a name in display form, by BibTeX's rules."""
    before, comma, after = text.rpartition(", ")
    return parse(before)._replace(jr=after) if comma else parse(text)


def from_text(text: str) -> str:
    """Return the display form of a name as people write it, with or without a comma."""
    if "," not in text:
        return text
    before, _, after = (part.strip() for part in text.partition(","))
    if _SUFFIX.fullmatch(after):
        return ", ".join(part for part in (before, after) if part)
    return display(from_family_first(text))


def from_family_first(text: str) -> Name:
    """Return the parts of RIS's "Last, First, Jr"; a name without a comma is "First Last"."""
    last, *rest = (part.strip() for part in text.split(",", 2))
    if not rest:
        return parse(last)
    parts = parse(f"{last},{rest[0]}")
    return parts._replace(jr=rest[1]) if len(rest) > 1 else parts


def people(text: str) -> tuple[str, ...]:
    """Return the display names in a list written in one cell: split at ";", else at "and"."""
    if ";" in text:
        parts: Iterable[str] = text.split(";")
    else:
        parts = [part for piece in _AND.split(text) for part in _full_names(piece)]
    return tuple(name for part in parts if (name := from_text(part.strip())))


def _full_names(text: str) -> list[str]:
    """Split "Ada Lovelace, Alan Turing", but not "Lovelace, Ada"."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    return parts if all(" " in part for part in parts) else [text]


def split_authors(text: str) -> list[str]:
    """Split a BibTeX author field at each "and" outside braces."""
    if "{" not in text:
        return [part.strip() for part in _AND.split(f" {text} ") if part.strip()]
    names, depth, start = [], 0, 0
    for found in re.finditer(r"\\.|[{}]|\s+and(?=\s)", text, re.IGNORECASE | re.DOTALL):
        depth += {"{": 1, "}": -1}.get(found.group(), 0)
        if depth <= 0 and found.group()[:1].isspace():
            names.append(text[start : found.start()])
            start = found.end()
    return [name.strip() for name in (*names, text[start:]) if name.strip()]


def parse(text: str) -> Name:
    """Return the parts of a name in one of BibTeX's three forms; braces stay in the words."""
    sections = [section for section in _sections(text) if section]
    if not sections:
        return Name()
    if len(sections) == 1:
        return _first_von_last(sections[0])
    family, first = sections[0], [word for section in sections[2:] for word in section]
    jr = sections[1] if len(sections) > 2 else []
    von, last = _von_last(family)
    return Name(" ".join(first or sections[1]), " ".join(von), " ".join(last), " ".join(jr))


def _first_von_last(words: list[str]) -> Name:
    if len(words) == 1 and words[0].startswith("{") and words[0].endswith("}"):
        return Name(last=words[0], group=True)
    lower = [number for number, word in enumerate(words[:-1]) if _is_lower(word)]
    if len(words) < 3 or not lower:
        return Name(first=" ".join(words[:-1]), last=words[-1])
    start, end = lower[0], lower[-1] + 1
    return Name(" ".join(words[:start]), " ".join(words[start:end]), " ".join(words[end:]))


def _von_last(words: list[str]) -> tuple[list[str], list[str]]:
    lower = [number for number, word in enumerate(words[:-1]) if _is_lower(word)]
    end = lower[-1] + 1 if lower else 0
    return words[:end], words[end:]


def _is_lower(word: str) -> bool:
    """Tell whether a word begins in lower case; braces hide their letters, except an accent's."""
    if found := _SPECIAL.match(word):
        spelled = "" if found[1] in _SIGNS else found[1]
        return (found[2] or spelled or "A")[0].islower()  # {\'e}mile, {\o}rsted
    bare = re.sub(r"\{[^{}]*\}", "", word)
    letter = next((letter for letter in bare if letter.isalpha()), "")
    return letter.islower()


def _sections(text: str) -> list[list[str]]:
    """Split at commas and blanks outside braces; at most three sections, as BibTeX has them."""
    if "{" not in text and "}" not in text:
        parts = re.sub(r"(?<!\\)~", " ", text).split(",", 2)
        return [part.replace(",", " ").split() for part in parts]
    sections: list[list[str]] = [[]]
    word, depth = "", 0
    for token in _TOKEN.findall(text):
        depth = max(0, depth + {"{": 1, "}": -1}.get(token, 0))
        if depth or token in "{}" or not (token == "," or token[0] in " ~\t\n\r"):
            word += token
            continue
        sections[-1] += [word] * bool(word)
        word = ""
        if token == "," and len(sections) < 3:
            sections.append([])
    sections[-1] += [word + "}" * depth] * bool(word)
    return sections
