"""Figures and tables of LaTeX: captions, rows, cells."""

import re
from collections.abc import Callable

from paperflow.readers.tex.source import argument, group_end, option

_CAPTION = re.compile(r"\\(?:caption|captionof\s*\{[a-z]+\}|tablecaption)\*?(?=\s*[\[{])")
_INNER = re.compile(r"\\begin\s*\{(subfigure|subtable|minipage)\}(.*?)\\end\s*\{\1\}", re.DOTALL)
_CELLS = re.compile(
    r"\\begin\s*\{(tabular\*?|tabularx|tabulary|tabu|longtable|array|supertabular|deluxetable)\}"
    r"(.*?)\\end\s*\{\1\}",
    re.DOTALL,
)
_RULE = re.compile(
    r"\\(?:hline|toprule|midrule|bottomrule|endhead|endfirsthead|endfoot|endlastfoot|addlinespace|specialrule)\b(?:\s*\[[^\]]*\])?"
    r"|\\c(?:line|midrule)(?:\([^)]*\))?\s*(?:\[[^\]]*\])?\s*\{[^{}]*\}|\\(?:cmidrule)\([^)]*\)\{[^{}]*\}"
)
_ROW = re.compile(r"\\\\\*?(?:\s*\[[^\]]{0,20}\])?|\\tabularnewline\b")
_SPAN = re.compile(r"\\multicolumn\s*\{\s*(\d{1,2})\s*\}")
_MAX_ROWS = 2_000


def captions_of(content: str) -> list[str]:
    """Return a float's own captions; those of its parts only where it has none itself."""
    outer = _INNER.sub("", content)
    return _captions(outer) or _captions(content)


def _captions(content: str) -> list[str]:
    found = []
    for command in _CAPTION.finditer(content):
        at = command.end()
        while (more := option(content, at))[0] is not None:
            at = more[1]
        found.append(argument(content, at)[0])
    return [re.sub(r"\\label\s*\{[^{}]*\}", "", text) for text in found if text.strip()]


def rows_of(content: str, cell: Callable[[str], str]) -> list[list[str]]:
    """Return the cells of the first table in `content`, each as `cell` prints it."""
    found = _CELLS.search(content)
    if found:
        inside = _without_columns(found[1], found[2])
    elif content.lstrip().startswith(("{", "[")) and "&" in content:
        inside = without_options(content)
    else:
        return []
    rows = [_RULE.sub(" ", row) for row in split_rows(inside)[:_MAX_ROWS]]
    return [_cells(row, cell) for row in rows if row.strip() and not _CAPTION.search(row)]


def _cells(row: str, cell: Callable[[str], str]) -> list[str]:
    out: list[str] = []
    for part in split_cells(row):
        out.append(cell(part))
        if span := _SPAN.search(part):
            out += [""] * (min(int(span[1]), 50) - 1)
    return out


def header_rows(content: str) -> int:
    """Return how many rows stand above the first rule that has rows on both sides."""
    found = _CELLS.search(content)
    inside = found[2] if found else content
    before = re.split(r"\\(?:midrule|hline|endhead)\b", inside)
    counts = [len([row for row in split_rows(part) if "&" in row]) for part in before]
    return next((count for count in counts if count), 1) if len(counts) > 1 else 1


def _without_columns(name: str, inside: str) -> str:
    """Take the column specification off."""
    at = 0
    for _ in range(2 if name.rstrip("*") in {"tabularx", "tabulary"} or name == "tabular*" else 1):
        while (more := option(inside, at))[0] is not None:
            at = more[1]
        if inside[at:].lstrip()[:1] == "{":
            _, at = argument(inside, at)
    return inside[at:]


def without_options(content: str) -> str:
    """Take an environment's options and arguments off its content's front."""
    at = 0
    while (more := option(content, at))[0] is not None:
        at = more[1]
    while content[at : at + 1] == "{" and (end := group_end(content, at)):
        if end - at > 200:
            break
        at = end
    return content[at:]


def split_rows(text: str) -> list[str]:
    r"""Split at each \\ that is not inside braces or an inner environment."""
    return _split(text, _ROW)


def split_cells(text: str) -> list[str]:
    """Split at each & that is not inside braces."""
    return _split(text, re.compile(r"(?<!\\)&"))


def _split(text: str, at: re.Pattern[str]) -> list[str]:
    parts, start, depth, end = [], 0, 0, 0
    marks = re.compile(rf"(?P<cut>{at.pattern})|\\begin\s*\{{|\\end\s*\{{|\\[{{}}]|[{{}}]")
    for found in marks.finditer(text):
        if found.start() < end:
            continue
        end = found.end()
        if found["cut"]:
            if depth <= 0:
                parts.append(text[start : found.start()])
                start = found.end()
        elif found[0].startswith("\\begin"):
            depth += 2
        elif found[0].startswith("\\end"):
            depth += 0
        else:
            depth += {"{": 1, "}": -1}.get(found[0], 0)
    return [*parts, text[start:]]
