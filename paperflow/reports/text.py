"""Text that every file format can hold: no lone surrogates, no control characters."""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache

_UNWRITABLE = re.compile("[\ud800-\udfff]")
_HIDDEN = re.compile("[\u202a-\u202e\u2066-\u2069\ufeff]")  # reorders a line, or marks a file
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")


def clean(text: str) -> str:
    """Return `text` without what UTF-8 can't encode, terminals obey, or eyes miss; lines stay."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    shown = _HIDDEN.sub("", _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", lines))
    return _CONTROL.sub(" ", shown)


def one_line(text: str) -> str:
    """Return `text` on one line, with single spaces."""
    return " ".join(clean(text).split())


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, which takes an s where it is not one."""
    return f"{number} {noun}" + ("s" if number != 1 else "")


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of `text`, each on one line."""
    parts = (one_line(part) for part in re.split(r"\n\s*\n", clean(text)))
    return [part for part in parts if part]


def join_keywords(keywords: Sequence[str]) -> str:
    """Join with commas, or with semicolons where a keyword has a comma of its own."""
    if any("," in keyword for keyword in keywords):
        return "".join(f"{keyword}; " for keyword in keywords).strip()
    return ", ".join(keywords)


def balanced(text: str) -> bool:
    """Return whether every brace in `text` is closed, counting as BibTeX does."""
    depth = 0
    for char in text:
        depth += (char == "{") - (char == "}")
        if depth < 0:
            return False
    return depth == 0


def to_ascii(text: str) -> str:
    """Return `text` in ASCII letters as far as a letter has a usual transcription.

    Latin letters lose their marks, Greek and Cyrillic follow ISO 843 and BGN/PCGN
    roughly, Hangul and kana their names in Unicode; ideographs and symbols vanish.
    """
    if text.isascii():
        return text
    return "".join(map(_ascii, unicodedata.normalize("NFC", text)))


@cache
def _ascii(char: str) -> str:
    if char.isascii():
        return char
    if found := _letters().get(char.lower()):
        return found if char == char.lower() else found.capitalize()
    if syllable := _SYLLABLE.match(unicodedata.name(char, "")):
        return syllable[1].lower()
    parts = unicodedata.normalize("NFKD", char)
    return "".join(map(_ascii, parts)) if parts != char else ""


_SYLLABLE = re.compile(r"(?:HANGUL SYLLABLE|(?:HIRAGANA|KATAKANA) LETTER) (?:SMALL )?(\w+)$")
_LATIN = "ß ss æ ae œ oe ø o ł l đ d ð d þ th ħ h ı i ȷ j ŋ n ŧ t ə e ƒ f ʼ ' ‐ - – - — - ’ ' ‘ '"
_GREEK = (
    "α a β b γ g δ d ε e ζ z η e θ th ι i κ k λ l μ m ν n ξ x ο o π p "
    "ρ r σ s ς s τ t υ y φ f χ ch ψ ps ω o ϕ f ϵ e ϑ th"
)
_CYRILLIC = (
    "а a б b в v г g д d е e ж zh з z и i й y к k л l м m н n о o п p р r с s т t у u ф f "
    "х kh ц ts ч ch ш sh щ shch ъ - ы y ь - э e ю yu я ya ё yo є ye і i ї yi ґ g ў u ђ dj ј j "
    "љ lj њ nj ћ c џ dz"
)


@cache
def _letters() -> dict[str, str]:
    words = f"{_LATIN} {_GREEK} {_CYRILLIC}".split()
    table = dict(zip(words[::2], words[1::2], strict=True))
    return {**table, "ъ": "", "ь": ""} | {"µ": "u"}
