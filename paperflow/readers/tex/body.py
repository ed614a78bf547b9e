"""The body of a LaTeX document, walked twice: first for its numbers, then for its text."""

import re
from collections import Counter
from dataclasses import dataclass, field, replace

from paperflow.documents import Document
from paperflow.errors import UnreadableFile
from paperflow.readers.builder import Builder, without_links
from paperflow.readers.fields import one_line
from paperflow.readers.tex import bibliography, floats
from paperflow.readers.tex.files import Source
from paperflow.readers.tex.inline import Names, inline, labels_of
from paperflow.readers.tex.metadata import paper_of
from paperflow.readers.tex.source import argument, joined, option

_TOKEN = re.compile(
    r"\\begin\s*\{(?P<begin>[^{}]{1,40})\}|\\end\s*\{(?P<end>[^{}]{1,40})\}"
    r"|\\(?P<section>part|chapter|section|subsection|subsubsection|paragraph|subparagraph)(?P<star>\*?)(?=\s*[\[{])"
    r"|(?P<display>\$\$|\\\[)|(?P<appendix>\\appendix(?:es)?\b)|(?P<item>\\item\b)"
    r"|(?P<bibliography>\\bibliography\s*\{[^{}]*\}|\\printbibliography\b(?:\[[^\]]*\])?)"
    r"|\\(?P<front>title|author|date|affiliation|address|email|keywords|institute|icmlauthor|thanks|abstract|affil)\b\*?(?=\s*[\[{])"
    r"|(?P<paragraph>\n[ \t]*\n\s*|\\par\b)"
)
_LEVELS = {"part": 0, "chapter": 0, "section": 1, "subsection": 2, "subsubsection": 3}
_RUN_IN = {"paragraph": 4, "subparagraph": 5}
_MATH = {
    *("equation", "align", "gather", "multline", "eqnarray", "displaymath", "flalign", "alignat"),
    *("math", "dmath", "subequations", "empheq"),
}
_FIGURES = {"figure", "wrapfigure", "SCfigure", "sidewaysfigure", "marginfigure", "teaserfigure"}
_TABLES = {
    "table",
    "wraptable",
    "longtable",
    "sidewaystable",
    "margintable",
    "deluxetable",
    "supertabular",
}
_CELLS = {"tabular", "tabularx", "tabulary", "tabu"}
_LISTS = {
    "itemize",
    "enumerate",
    "description",
    "compactitem",
    "compactenum",
    "inparaenum",
    "asparaenum",
}
_SKIPPED = {
    *(
        "verbatim",
        "lstlisting",
        "minted",
        "tikzpicture",
        "algorithmic",
        "filecontents",
        "CCSXML",
        "pgfpicture",
    ),
    *(
        "Verbatim",
        "algpseudocode",
        "tcblisting",
        "keywords",
        "IEEEkeywords",
        "keyword",
        "pspicture",
        "picture",
    ),
}
_MAX_DEPTH = 40
_BY_ROW = {"align", "eqnarray", "gather", "flalign", "alignat"}
_UNNUMBERED = re.compile(r"\\(?:nonumber|notag)\b")
_TAG = re.compile(r"\\tag\*?\s*\{([^{}]{1,40})\}")


def document_of(source: Source) -> Document:
    """Return the document of a LaTeX source; raise UnreadableFile where it has no body."""
    text = joined(source)
    start = text.find("\\begin{document}")
    if start < 0:
        raise UnreadableFile("its LaTeX has no \\begin{document}")
    body = text[start + 16 :]
    end = body.rfind("\\end{document}")
    body = body[:end] if end >= 0 else body
    names = Names()
    first = _Walk(names=names, source=source, whole=text)
    first.walk(body)
    first.finish()
    walk = _Walk(names=names, source=source, whole=text)
    walk.walk(body)
    walk.finish()
    if not walk.builder.blocks and not walk.abstract:
        raise UnreadableFile("its LaTeX has no text")
    paper = paper_of(text, source.file or source.name, walk.abstract)
    walk.builder.remarks += dict.fromkeys(source.remarks)
    return walk.builder.build(paper)


@dataclass
class _Walk:
    """One walk through the body: the builder fills, counters count, a paragraph gathers."""

    names: Names
    source: Source
    whole: str
    builder: Builder = field(default_factory=Builder)
    abstract: str = ""
    counters: Counter[str] = field(default_factory=Counter)
    in_appendix: bool = False
    kind: str = "paragraph"
    _words: list[str] = field(default_factory=list)
    _cited: bool = False

    def walk(self, text: str, depth: int = 0) -> None:
        """Add everything in `text`, in order."""
        at = 0
        while at < len(text):
            found = _TOKEN.search(text, at)
            self._words.append(text[at : found.start()] if found else text[at:])
            if not found:
                return
            at = self._token(found, text, depth)

    def _token(self, found: re.Match[str], text: str, depth: int) -> int:
        """Take one structural token in; return where to go on."""
        if found["begin"]:
            return self._environment(found["begin"], text, found.end(), depth)
        if found["section"]:
            return self._section(found["section"], bool(found["star"]), text, found.end())
        if found["display"]:
            close = text.find("$$" if found["display"] == "$$" else "\\]", found.end())
            close = close if 0 <= close < found.end() + 20_000 else found.end()
            self._equation("displaymath", text[found.end() : close])
            return close + 2
        if found["front"]:
            return self._front(found["front"], text, found.end())
        self.flush()
        if found["appendix"]:
            self.in_appendix = True
            self.counters["section"] = self.counters["subsection"] = 0
        elif found["bibliography"]:
            self._bibliography(found["bibliography"])
        return found.end()

    def flush(self) -> None:
        """End the paragraph: what was gathered becomes a block."""
        text = "".join(self._words)
        self._words = []
        if not text.strip():
            return
        notes: list[str] = []
        for label in labels_of(text):
            self._label(label, self._number())
        self.builder.text(inline(text, self.names, notes), self.kind)
        for note in notes:
            self.builder.text(inline(note, self.names), "footnote")

    def _label(self, label: str, number: str) -> None:
        self.names.numbers.setdefault(label, number)

    def _number(self) -> str:
        """Return the number of the section we are in, as it is printed."""
        first = self.counters["section"]
        top = chr(64 + min(first, 26)) if self.in_appendix and first else str(first)
        rest = [self.counters[name] for name in ("subsection", "subsubsection")]
        return ".".join([top, *(str(count) for count in rest if count)]) if first else ""

    def _front(self, name: str, text: str, at: int) -> int:
        """Pass over what belongs to the title page; it is read from the whole text."""
        while (more := option(text, at))[0] is not None:
            at = more[1]
        value, end = argument(text, at)
        if name == "abstract":
            self.abstract = self.abstract or self._plain(value)
        return end

    def _plain(self, text: str) -> str:
        return one_line(without_links(inline(text, self.names)))

    def _section(self, name: str, starred: bool, text: str, at: int) -> int:
        while (more := option(text, at))[0] is not None:
            at = more[1]
        title, end = argument(text, at)
        self.flush()
        if name in _RUN_IN:
            self._words.append(f"{title} ")  # it runs into its paragraph
            return end
        level = _LEVELS[name]
        number = "" if starred or not level else self._next(name)
        after = re.compile(r"\s*\\label\s*\{([^{}]{1,300})\}").match(text, end)
        labels = [*labels_of(title), *([after[1]] if after else [])]
        for label in labels:
            self._label(label, number)
        keys = [self.names.short(label) for label in labels]
        self.builder.section(self._plain(title), max(1, level), number, keys=keys)
        return after.end() if after else end

    def _next(self, name: str) -> str:
        self.counters[name] += 1
        below = {"section": ("subsection", "subsubsection"), "subsection": ("subsubsection",)}
        for lower in below.get(name, ()):
            self.counters[lower] = 0
        return self._number()

    def _environment(self, name: str, text: str, at: int, depth: int) -> int:
        """Take an environment in by its kind; unknown ones are as if they were not there."""
        bare = name.rstrip("*")
        if bare == "document" or depth > _MAX_DEPTH:
            return at
        content, end = _content(name, text, at)
        if bare in _SKIPPED:
            return end
        if bare in _MATH:
            self._equation(name, content)
            return end
        known = (bare in _FIGURES | _TABLES | _CELLS | _LISTS) or bare in {
            "abstract",
            "thebibliography",
        }
        self.flush()
        if not known:
            self.walk(floats.without_options(content), depth + 1)
            self.flush()
        elif bare == "abstract":
            self.abstract = self.abstract or self._plain(content)
        elif bare == "thebibliography":
            self._entries(bibliography.printed(content))
        elif bare in _LISTS:
            before, self.kind = self.kind, "item"
            self.walk(floats.without_options(content), depth + 1)
            self.flush()
            self.kind = before
        else:
            self._float(bare, content)
        return end

    def _float(self, name: str, content: str) -> None:
        """Add a figure or a table; a float with cells and no picture is a table."""
        rows = floats.rows_of(content, self._cell)
        is_table = name in _TABLES | _CELLS or (bool(rows) and "\\includegraphics" not in content)
        kind = "table" if is_table else "figure"
        captions = floats.captions_of(content)
        if not captions and not rows:
            return
        number = ""
        if captions:
            self.counters[kind] += 1
            number = str(self.counters[kind])
        labels = list(labels_of(content))
        for label in labels:
            self._label(label, number)
        keys = [self.names.short(label) for label in labels]
        shown = f"{kind.title()} {number}: " if number else ""
        caption = shown + inline(" ".join(captions), self.names) if captions else ""
        if is_table:
            header = floats.header_rows(content)
            self.builder.table(number, caption, rows, header_rows=header, keys=keys)
        else:
            self.builder.figure(number, caption, keys=keys)

    def _cell(self, text: str) -> str:
        return inline(text, self.names)

    def _equation(self, name: str, content: str) -> None:
        """Add a displayed equation, its rows together; the first number counts."""
        bare = name.rstrip("*")
        self.flush()
        rows = floats.split_rows(content) if bare in _BY_ROW else [content]
        numbered = not name.endswith("*") and bare not in {"displaymath", "math"}
        first = ""
        for row in rows:
            tag = _TAG.search(row)
            number = tag[1] if tag else ""
            if not tag and numbered and not _UNNUMBERED.search(row) and row.strip():
                self.counters["equation"] += 1
                number = str(self.counters["equation"])
            for label in labels_of(row):
                self._label(label, number)
            first = first or number
        keys = [self.names.short(label) for label in labels_of(content)]
        source = re.sub(r"\\label\s*\{[^{}]*\}", "", content).strip()
        plain = re.sub(
            r"\\(?:begin|end)\s*\{[^{}]*\}(?:\{[^{}]*\})?|\\(?:nonumber|notag)\b", " ", source
        )
        self.builder.equation(
            f"${one_line(plain)}$" if one_line(plain) else "", first, latex=source, keys=keys
        )

    def _bibliography(self, command: str) -> None:
        if not self._cited:
            self._entries(bibliography.entries(self.source, self.whole, command, self.names.asked))

    def finish(self) -> None:
        """End the last paragraph; a bibliography that is not called for is looked for."""
        self.flush()
        if not self._cited:
            self._entries(bibliography.entries(self.source, self.whole, "", self.names.asked))

    def _entries(self, entries: list[bibliography.Entry]) -> None:
        self._cited = self._cited or bool(entries)
        for number, entry in enumerate(entries, len(self.builder.references) + 1):
            label = self._plain(entry.label) if entry.label else str(number)
            self.names.cited.setdefault(entry.key, label)
            text = inline(entry.text, self.names)
            work = entry.work or bibliography.work_of(
                text, [inline(b, self.names) for b in entry.parts]
            )
            letter = re.search(r"(?:19|20)\d\d([a-z])$", label)
            if letter:
                work = replace(work, extra={**work.extra, "year_letter": letter[1]})
            self.builder.reference(label, text, work, keys=[self.names.short(entry.key)])


def _content(name: str, text: str, at: int) -> tuple[str, int]:
    """Return what an environment holds, up to its own end; all the rest where it has none."""
    depth = 1
    if text.find("\\end", at) < 0:  # many that never end must not be looked for many times
        return "", at
    for found in re.compile(rf"\\(begin|end)\s*\{{{re.escape(name)}\}}").finditer(text, at):
        depth += 1 if found[1] == "begin" else -1
        if depth == 0:
            return text[at : found.start()], found.end()
    return "", at
