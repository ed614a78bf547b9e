"""Pieces of which the rules' patterns are made."""

import re

_NO_FURTHER = (
    "for|to|of|that|which|with|in|on|using|by|based|via|from|where|when|and|as|into|over|than|is|are"
    "|at|first|under|before|after|during|about|within|without|between|against|across|per|while|through"
)
# Up to five words between a cue and the term that it governs, none of which opens a new phrase.
GAP = rf"(?:\s+(?!(?:{_NO_FURTHER})\b)[\w'’-]+){{0,5}}\s+[\"“'‘(]?$"
_COMMA_OR_AND = r"(?:,\s*(?:and|or)?|and|or|&|/|as\s+well\s+as)"
# What stands between two items of a list: "A (with its acronym), B and the C".
LISTED = re.compile(
    rf"\s*(?:\([^()]*\))?\s*{_COMMA_OR_AND}\s+(?:(?:the|an?|on|of|in)\s+)?(?:[\w-]+\s+)?"
)
# Sentences on what others do.
OTHERS = re.compile(
    r"\s*(?:(?:However|Although|While|Though|But|Yet|Currently|Unfortunately),?\s+)?(?:\w+\s+){0,2}?"
    r"(?:existing|previous|prior|current|traditional|conventional|earlier|most|many|recent|recently)\b",
    re.IGNORECASE,
)


def governed_by(cues: str) -> re.Pattern[str]:
    """Return the pattern of text before a term that one of the cues governs."""
    return re.compile(rf"\b(?:{cues}){GAP}", re.IGNORECASE)
