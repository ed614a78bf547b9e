"""Names of people out of the lines under a title, among affiliations and addresses."""

import re
from collections.abc import Iterable

_NAME = re.compile(r"(?:[^\W\d_][\w.'’-]*\s){1,4}[^\W\d_][\w.'’-]+(?:,?\s(?:Jr|Sr|II|III)\.?)?")
_PLACE = re.compile(
    r"universit|institut|department|laborator|school|college|faculty|research|@|\binc\b|corp"
    r"|google|microsoft|center"
    r"|centre|academy|hospital|\d|street|submission|anonymous|equal|author|deepmind|facebook"
    r"|openai|group|\bteam\b"
    r"|\bUSA?\b|china|germany|canada|united|france|japan|india|italy|spain|netherlands|division"
    r"|science|technolog"
    r"|engineering|mathematics|\bof\b|\bthe\b|abstract|conference|proceedings|preprint|january"
    r"|february|march|april"
    r"|\bmay\b|june|july|august|september|october|november|december|under review|published"
    r"|arxiv|corresponding",
    re.IGNORECASE,
)
_INSTITUTION = re.compile(
    r"universit|institut|department|laborator|college|faculty|academy|hospital|school of|@",
    re.IGNORECASE,
)
_MARKS = re.compile(
    r"[\d*†‡§¶∗⋆⋄♦♣♠#]+|(?<=[a-z.])[a-e](?=,|\s|$)(?<=\s[a-e])|\{[^{}]*\}|\([^()]*\)"
)
_BETWEEN = re.compile(r"\s*[,;&·•|]\s*(?:and\s+)?|\s+and\s+|\s{3,}", re.IGNORECASE)


def names_in(lines: Iterable[str]) -> tuple[str, ...]:
    """Return what reads like names of people, in order, each once."""
    found = (_MARKS.sub(",", line) for line in lines if not _INSTITUTION.search(line))
    parts = (part.strip(" .,;") for line in found for part in _BETWEEN.split(line))
    return tuple(dict.fromkeys(part for part in parts if is_name(part)))


def is_name(text: str) -> bool:
    """Tell whether a text reads like a person's name: two to five words with capitals."""
    words = text.split()
    capital = sum(word[:1].isupper() for word in words)
    return bool(_NAME.fullmatch(text)) and not _PLACE.search(text) and capital >= 2
