"""One LaTeX text out of many files: comments off, inputs in, the author's own macros expanded.

TeX is a programming language, and its programs need not end. Here every step is bounded:
inputs nest to a depth, macros are expanded pass by pass, and the text may not grow for ever.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from paperflow.readers.builder import unmarked
from paperflow.readers.tex.files import Source

MAX_CHARS = 8_000_000  # of the joined and expanded text
_MAX_DEPTH = 12  # of inputs in inputs
_MAX_PASSES = 10  # of macros in macros
_MAX_GROUP = 200_000  # characters between two braces
_COMMENT = re.compile(r"(?<!\\)((?:\\\\)*)%[^\n]*(?:\n[ \t]*)?")
_HIDDEN = re.compile(r"\\begin\s*\{comment\}.*?\\end\s*\{comment\}|\\iffalse\b.*?\\fi\b", re.DOTALL)
_INPUT = re.compile(
    r"\\(?:input|include|subfile|subfileinclude)\s*\{([^{}]*)\}|\\input\s+([^\s{}\\]+)"
    r"|\\(?:sub)?import\*?\s*\{([^{}]*)\}\s*\{([^{}]*)\}"
)
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_DEFINED = re.compile(
    r"\\(?:(?:re)?newcommand|providecommand|DeclareRobustCommand)\*?\s*(?:\{\s*\\([A-Za-z@]+)\s*\}|\\([A-Za-z@]+))"
    r"\s*(?:\[(\d)\])?\s*(?:\[([^\[\]]*)\])?\s*(?=\{)"
    r"|\\(?:long\s*)?[egx]?def\s*\\([A-Za-z@]+)\s*((?:#\d)*)\s*(?=\{)"
    r"|\\DeclareMathOperator\*?\s*\{\s*\\([A-Za-z@]+)\s*\}\s*(?=\{)"
)
_COMMAND = re.compile(r"\\([A-Za-z@]+)")
# What the walk understands itself; a class may define it anew, a reader need not follow.
_OWN = {
    *("section", "subsection", "subsubsection", "paragraph", "subparagraph", "chapter", "part"),
    *("title", "author", "abstract", "cite", "citep", "citet", "ref", "label", "caption", "item"),
    *("begin", "end", "bibitem", "bibliography", "footnote", "maketitle", "appendix", "thanks"),
    *("emph", "textbf", "textit", "texttt", "url", "href", "newblock", "input", "include"),
    *("eqref", "autoref", "cref", "Cref", "and", "natexlab", "doi", "thefigure", "thetable"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Macro:
    """A command of the author's: how many arguments, what the first is by default, its body."""

    count: int
    default: str | None
    body: str


def group_end(text: str, start: int) -> int:
    """Return the place after the brace that closes the one at `start`; 0 where none does."""
    depth = 0
    for found in _BRACE.finditer(text, start, start + _MAX_GROUP):
        depth += {"{": 1, "}": -1}.get(found[0], 0)
        if depth == 0 and found[0] == "}":
            return found.end()
    return 0


def argument(text: str, start: int) -> tuple[str, int]:
    """Return the braced argument, or the one token, at `start`, and where it ends."""
    while start < len(text) and text[start].isspace():
        start += 1
    if text[start : start + 1] == "{":
        end = group_end(text, start)
        return (text[start + 1 : end - 1], end) if end else ("", start + 1)
    token = _COMMAND.match(text, start)
    end = token.end() if token else min(start + 1, len(text))
    return text[start:end], end


def option(text: str, start: int) -> tuple[str | None, int]:
    """Return the optional argument in brackets at `start`, and where it ends."""
    found = re.compile(r"\s*\[").match(text, start)
    if not found:
        return None, start
    depth = 0
    for mark in re.compile(r"\\.|[\[\]{}]", re.DOTALL).finditer(text, found.end(), start + 5_000):
        if mark[0] == "]" and depth <= 0:
            return text[found.end() : mark.start()], mark.end()
        depth += {"{": 1, "}": -1}.get(mark[0], 0)
    return None, start


def joined(source: Source) -> str:
    """Return the main file's text with its inputs, without comments, macros expanded."""
    text = _with_inputs(source, source.get("") or "", ("",))
    text, macros = _without_definitions(text)
    return _expanded(source, text, macros)


def _bare(text: str) -> str:
    text = unmarked(text.replace("\r\n", "\n").replace("\r", "\n"))
    return _HIDDEN.sub("", _COMMENT.sub(r"\1", text))


def _with_inputs(source: Source, text: str, open_files: tuple[str, ...]) -> str:
    size = 0

    def put(found: re.Match[str]) -> str:
        nonlocal size
        name = (found[1] or found[2] or f"{found[3] or ''}/{found[4] or ''}").strip().strip('"')
        content = _content(source, name, open_files) if size < MAX_CHARS else ""
        size += len(content)
        return content

    return _INPUT.sub(put, _bare(text))


def _content(source: Source, name: str, open_files: tuple[str, ...]) -> str:
    """Return an input's text; a remark where it is not there, or includes itself."""
    path = str(PurePosixPath(name)) if name else ""
    found = source.first(f"{path}.tex", path) if path else None
    if found is None:
        source.remarks.append(f"the input {name[:80]!r} is not in the source")
        return ""
    if path in open_files or len(open_files) > _MAX_DEPTH:
        source.remarks.append(f"the input {name[:80]!r} includes itself")
        return ""
    return _with_inputs(source, found[1], (*open_files, path))


def _without_definitions(text: str) -> tuple[str, dict[str, _Macro]]:
    """Take the definitions out of a text and return both."""
    macros: dict[str, _Macro] = {}
    kept, end = [], 0
    for found in _DEFINED.finditer(text):
        if found.start() < end:
            continue  # inside another one
        close = group_end(text, found.end())
        if not close:
            continue
        kept.append(text[end : found.start()])
        body = text[found.end() + 1 : close - 1]
        end = close
        name, macro = _macro(found, body)
        if name not in _OWN:
            macros[name] = macro
    return "".join(kept) + text[end:], macros


def _macro(found: re.Match[str], body: str) -> tuple[str, _Macro]:
    new, defined, operator = found[1] or found[2], found[5], found[7]
    if new:
        return new, _Macro(int(found[3] or 0), found[4], body)
    if defined:
        return defined, _Macro(found[6].count("#"), None, body)
    return operator, _Macro(0, None, f"\\operatorname{{{body}}}")


def _expanded(source: Source, text: str, macros: dict[str, _Macro]) -> str:
    """Expand macros pass by pass until none is left, or it goes on for too long."""
    if not macros:
        return text
    for _ in range(_MAX_PASSES):
        before, text = text, "".join(_pass(text, macros))
        if text == before:
            return text
        if len(text) > MAX_CHARS:
            source.remarks.append("its macros grow without end; they were expanded in part")
            return text[:MAX_CHARS]
    if any(found[1] in macros for found in _COMMAND.finditer(text)):
        source.remarks.append("some macros call themselves; they were expanded in part")
    return text


def _pass(text: str, macros: dict[str, _Macro]) -> Iterator[str]:
    end = size = 0
    for found in _COMMAND.finditer(text):
        macro = macros.get(found[1])
        if macro is None or found.start() < end or size > MAX_CHARS:
            continue
        yield text[end : found.start()]
        body, end = _applied(macro, text, found.end())
        size += len(body)
        yield body
    yield text[end:]


def _applied(macro: _Macro, text: str, end: int) -> tuple[str, int]:
    """Return a macro's body with its arguments, and where they end in the text."""
    if not macro.count:
        # The blank after a command's name belongs to it.
        tail = re.compile(r"\{\}|(?=\\)|[ \t]*(?=[A-Za-z])").match(text, end)
        body = macro.body
        gap = " " if body[-1:].isalpha() and "\\" in body.rsplit(" ", 1)[-1] else ""
        return body + gap, tail.end() if tail else end
    values: list[str] = []
    if macro.default is not None:
        given, end = option(text, end)
        values.append(macro.default if given is None else given)
    while len(values) < macro.count:
        value, end = argument(text, end)
        values.append(value)

    def pick(found: re.Match[str]) -> str:
        number = int(found[1])
        return values[number - 1] if 0 < number <= len(values) else ""

    return re.sub(r"#(\d)", pick, macro.body), end
