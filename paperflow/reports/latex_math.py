"""Tell mathematics from a lone dollar sign, and let only harmless mathematics through.

A span `$…$` in a title is kept as mathematics when plain LaTeX can set it: known
commands, balanced braces, every script with its argument. All else is text, so that
a hostile title runs no TeX (`$\\input{…}$`) and a broken one stops no document.
"""

import re
from collections.abc import Iterator
from functools import cache

from paperflow.reports.latex_symbols import MATH_SIGNS, MATH_WORDS, math_symbols
from paperflow.reports.text import balanced

_SPAN = re.compile(r"\$(?=\S)((?:[^$\\]|\\[^$]){1,500})(?<=\S)\$(?!\d)")
_TOKEN = re.compile(r"\\[A-Za-z]+\s*|\\.|\s+|.", re.DOTALL)
_SPACING = frozenset(["\\,", "\\;", "\\:", "\\!", "\\ "])
_FENCES = frozenset(["\\{", "\\}", "\\|"])
_PLAIN = re.compile(r"[A-Za-z0-9+\-*/=<>()\[\]|.,:;!?@'\"`]")
_PLAIN_WORDS = re.compile(r"\{[A-Za-z0-9 .,-]*\}")
_DEPTH = 12

# Commands that take arguments: of mathematics, and of words.
_ONE = re.compile(
    r"(?:bar|boldsymbol|bm|breve|check|d?dot|(?:wide)?hat|overline|sqrt|(?:wide)?tilde"
    r"|underline|vec|math(?:bb|bf|cal|frak|it|rm|scr|sf|tt))$"
)
_TWO = re.compile(r"(?:binom|[dt]?frac)$")
_OF_WORDS = re.compile(r"(?:mbox|operatorname|text(?:bf|it|normal|rm|sc|sf|tt)?)$")

# What plain LaTeX lacks of the above, in its own terms.
PROVIDED = {
    "binom": (2, r"{#1\choose #2}"),
    "bm": (1, r"\mathbf{#1}"),
    "boldsymbol": (1, r"\mathbf{#1}"),
    "dfrac": (2, r"\frac{#1}{#2}"),
    "geqslant": (0, r"\geq"),
    "gtrsim": (0, r"\geq"),
    "leqslant": (0, r"\leq"),
    "lesssim": (0, r"\leq"),
    "mathbb": (1, r"\mathbf{#1}"),
    "mathfrak": (1, r"\mathbf{#1}"),
    "mathscr": (1, r"\mathcal{#1}"),
    "operatorname": (1, r"\mathrm{#1}"),
    "text": (1, r"\mbox{#1}"),
    "tfrac": (2, r"\frac{#1}{#2}"),
    "varnothing": (0, r"\emptyset"),
}


class _NotMath(Exception):
    """The span is not mathematics that plain LaTeX can set."""


def split_math(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the pieces of `text` in order, each with whether it is mathematics with its dollars."""
    start = position = 0
    while span := _SPAN.search(text, position):
        if not is_math(span[1]):
            position = span.start() + 1
            continue
        if span.start() > start:
            yield text[start : span.start()], False
        yield span[0], True
        start = position = span.end()
    if start < len(text):
        yield text[start:], False


@cache
def _signs() -> frozenset[str]:
    provided = {name for name, (count, _) in PROVIDED.items() if count == 0}
    return frozenset(MATH_SIGNS.split()) | provided


@cache
def _words() -> frozenset[str]:
    return frozenset(MATH_WORDS.split())


def is_math(body: str) -> bool:
    """Return whether plain LaTeX sets `$body$` without an error."""
    if not balanced(body):
        return False
    tokens = _TOKEN.findall(body)
    try:
        return _sequence(tokens, 0, 0) == len(tokens)
    except _NotMath:
        return False


def _sequence(tokens: list[str], index: int, depth: int) -> int:
    """Read atoms and scripts up to a closing brace; return the index behind them."""
    if depth > _DEPTH:
        raise _NotMath
    scripts: set[str] = set()
    while index < len(tokens) and tokens[index] != "}":
        token = tokens[index]
        if token in ("^", "_"):
            if token in scripts:
                raise _NotMath
            scripts.add(token)
            index = _argument(tokens, index + 1, depth)
        else:
            index = _atom(tokens, index, depth)
            # A prime is a superscript already.
            scripts = scripts | {"^"} if token == "'" else scripts if token.isspace() else set()
    return index


def _atom(tokens: list[str], index: int, depth: int) -> int:
    token = tokens[index]
    name = token[1:].strip() if token[0] == "\\" else ""
    if token == "{":
        return _closing(tokens, _sequence(tokens, index + 1, depth + 1))
    if _OF_WORDS.match(name):
        return _plain_words(tokens, index + 1)
    if _ONE.match(name):
        return _argument(tokens, index + 1, depth)
    if _TWO.match(name):
        return _argument(tokens, _argument(tokens, index + 1, depth), depth)
    return _symbol(tokens, index)


def _symbol(tokens: list[str], index: int) -> int:
    token = tokens[index]
    if token.isspace() or token in math_symbols() or token in _SPACING:
        return index + 1
    if token[0] == "\\" and token[1:].strip() in _words():
        return index + 1
    return _sign(tokens, index)


def _sign(tokens: list[str], index: int) -> int:
    token = tokens[index]
    if token[0] == "\\":
        known = token in _FENCES or token[1:].strip() in _signs()
    else:
        known = bool(_PLAIN.match(token))
    if not known:
        raise _NotMath
    return index + 1


def _argument(tokens: list[str], index: int, depth: int) -> int:
    """Read one argument: a group, or a single sign."""
    while index < len(tokens) and tokens[index].isspace():
        index += 1
    if index >= len(tokens) or tokens[index] in ("}", "^", "_", "'"):
        raise _NotMath
    if tokens[index] == "{":
        return _closing(tokens, _sequence(tokens, index + 1, depth + 1))
    return _sign(tokens, index)


def _closing(tokens: list[str], index: int) -> int:
    if index >= len(tokens) or tokens[index] != "}":
        raise _NotMath
    return index + 1


def _plain_words(tokens: list[str], index: int) -> int:
    """Read the plain words in braces that a command such as \\text takes."""
    end = index
    while end < len(tokens) and tokens[end] != "}":
        end += 1
    if not _PLAIN_WORDS.fullmatch("".join(tokens[index : end + 1])):
        raise _NotMath
    return end + 1
