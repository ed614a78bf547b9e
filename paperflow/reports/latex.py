r"""Text as LaTeX: what it must escape is escaped, and what it can't set breaks no document.

Latin letters beyond ASCII become commands (`é` is `{\'e}`), because BibTeX cuts, sorts,
and abbreviates names by bytes (so a style that abbreviates, such as abbrv, needs biber or
bibtexu for a name that begins with a letter of another script). All other characters stay
as they are, in UTF-8, so that every reader gets them back; `preamble` tells LaTeX what to
set where its default fonts have no glyph: Greek and operators as mathematics, Cyrillic,
kana, and Hangul transcribed, the rest (ideographs, emoji) as "?". XeLaTeX, LuaLaTeX, and
a document that declares the characters itself set them properly.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

from paperflow.reports.latex_math import PROVIDED, split_math
from paperflow.reports.latex_symbols import (
    ABSENT,
    ABSENT_QUOTES,
    ACCENTS,
    LETTERS,
    fallback,
    needs_fallback,
)
from paperflow.reports.text import one_line

_ASCII = {
    "\\": r"{\textbackslash}",
    "{": r"{\textbraceleft}",  # \{ would unbalance the braces that BibTeX counts
    "}": r"{\textbraceright}",
    "<": r"{\textless}",
    ">": r"{\textgreater}",
    "|": r"{\textbar}",
    "~": r"{\textasciitilde}",
    "^": r"{\textasciicircum}",
    **{char: f"\\{char}" for char in "&%$#_"},
    **{char: f"{char}{{}}" for char in "-`',?!"},  # keeps --, ``, '', ,,, ?` from joining
}
_ESCAPED = re.compile(r"[\\{}<>|~^&%$#_]|-(?=-)|`(?=`)|'(?=')|,(?=,)|[?!](?=`)|[^\x00-\x7f]")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def escape(text: str) -> str:
    """Return `text` on one line, every character as text."""
    return _escape(unicodedata.normalize("NFC", one_line(text)))


def escape_text(text: str) -> str:
    """Return `text` on one line, with its mathematics as it is and all else as text."""
    text = unicodedata.normalize("NFC", one_line(text))
    return "".join(piece if math else _escape(piece) for piece, math in split_math(text))


def escape_title(text: str) -> str:
    """Return a title with braces around what a style must not set in lower case.

    That is mathematics, acronyms, and, where most words of the title are in lower
    case, every word with a capital: it is a proper name then.
    """
    text = unicodedata.normalize("NFC", one_line(text))
    pieces, start = [], True
    names, shouted = _is_sentence_case(text), _is_shouted(text)
    for piece, math in split_math(text):
        if math:
            pieces.append(f"{{{piece}}}")
        else:
            pieces.append(_escape(piece) if shouted else _protect(piece, names, start))
        start = False
    return "".join(pieces)


def escape_name(text: str) -> str:
    """Return one part of a name, in braces where BibTeX would split it."""
    part = escape(text)
    joins = re.search(r"(?i)(?:^|\s)(?:and|others)(?:\s|$)", part)
    cut = "," in part or joins or not any(map(str.isalnum, text))  # a lone hyphen ends a word
    return f"{{{part}}}" if part and cut else part


def verbatim(text: str) -> str:
    """Return an address, identifier, or path as it is, but for braces, which it quotes.

    A backslash goes with them where BibTeX would take it for the escape of a brace.
    """
    text = one_line(text)
    if re.search(r"[{}]|\\$", text):
        return text.replace("\\", "%5C").replace("{", "%7B").replace("}", "%7D")
    return text


def preamble(entries: Iterable[str]) -> list[str]:
    """Return the LaTeX definitions that `entries` need with LaTeX's default fonts."""
    chars: set[str] = set()
    commands: set[str] = set()
    for entry in entries:
        if not entry.isascii():
            chars.update(entry)
        commands.update(re.findall(r"\\([A-Za-z]+)", entry))
    commands |= {ABSENT_QUOTES[char] for char in chars & ABSENT_QUOTES.keys()}
    lines = [_provided(name) for name in sorted(commands & _PROVIDED.keys())]
    lines += [_absent(name) for name in sorted(commands & ABSENT.keys())]
    missing = [char for char in sorted(chars) if needs_fallback(char)]
    return lines + ([_DECLARE] if missing else []) + [_declared(char) for char in missing]


# LaTeX keeps what a character of UTF-8 stands for under this name; what is there, stays.
_DECLARE = (
    r"\providecommand{\paperflowchar}[2]{\ifcsname u8:\detokenize{#1}\endcsname\else"
    r"\expandafter\gdef\csname u8:\detokenize{#1}\endcsname{#2}\fi}"
)


# What a user's own field may hold that plain LaTeX lacks.
_PROVIDED = {
    **PROVIDED,
    "href": (2, "#2"),
    "url": (1, r"\texttt{\detokenize{#1}}"),
}


def _declared(char: str) -> str:
    return rf"\paperflowchar{{{char}}}{{{fallback(char)}}}"


def _provided(name: str) -> str:
    count, body = _PROVIDED[name]
    arguments = f"[{count}]" if count else ""
    return rf"\providecommand{{\{name}}}{arguments}{{{body}}}"


def _absent(name: str) -> str:
    """Define a text command's default, which LaTeX uses where an encoding lacks the command."""
    arguments, body = ABSENT[name]
    return rf"\expandafter\providecommand\csname?\string\{name}\endcsname{arguments}{{{body}}}"


def _escape(text: str) -> str:
    return _ESCAPED.sub(lambda found: _command(found[0]), text)


@cache
def _command(char: str) -> str:
    if char.isascii():
        return _ASCII[char]
    if char in LETTERS:
        return rf"{{\{LETTERS[char]}}}"
    decomposed = unicodedata.normalize("NFD", char)
    if len(decomposed) != 2 or decomposed[1] not in ACCENTS:
        return char  # readers disagree on two accents on one letter
    letter, accent = decomposed[0], ACCENTS[decomposed[1]]
    # Under other accents these two lose their dots, by commands that readers disagree on.
    if not (letter.isascii() and letter.isalpha()) or (letter in "ij" and accent not in _ON_I):
        return char
    return rf"{{\{accent} {letter}}}" if accent.isalpha() else rf"{{\{accent}{letter}}}"


_ON_I = "`'^\""


def _protect(text: str, names: bool, start: bool) -> str:
    """Escape a piece of a title with braces around the words that keep their capitals."""
    pieces, position = [], 0
    for word in _WORD.finditer(text):
        before = text[position : word.start()]
        begins = (start and not position and not before.strip()) or before.endswith(": ")
        pieces += [_escape(before), _braced(word[0], names, begins)]
        position = word.end()
    return "".join([*pieces, _escape(text[position:])])


def _braced(word: str, names: bool, begins: bool) -> str:
    first, rest = word[0], word[1:]
    capitals = any(char.isupper() for char in rest)
    numbered = first.isupper() and any(char.isdigit() for char in rest)
    letter = first.isupper() and not rest and word != "A"
    named = names and first.isupper()
    kept = capitals or numbered or ((letter or named) and not begins)
    return f"{{{_escape(word)}}}" if kept else _escape(word)


def _is_sentence_case(title: str) -> bool:
    """Return whether most of the longer words after the first are in lower case."""
    text = " ".join(piece for piece, math in split_math(title) if not math)
    words = [found[0] for found in _WORD.finditer(text)]
    longer = [word for word in words[1:] if len(word) > 3 and word[1:].islower()]
    lower = sum(word[0].islower() for word in longer)
    return 2 * lower > len(longer)


def _is_shouted(title: str) -> bool:
    return title.isupper() and len(title.split()) > 3
