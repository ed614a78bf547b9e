"""HTML: pages that LaTeXML made (ar5iv, arXiv) and pages of publishers, by what they share.

Headings rule, `figure` and `table` are floats, a list whose items are cited is the
bibliography, an anchor to such an item is a citation, and `meta` tags name the paper.
"""

import re
from collections.abc import Iterator

from paperflow.documents import Document
from paperflow.errors import UnreadableFile
from paperflow.readers.builder import Builder, link
from paperflow.readers.file import File, Reader
from paperflow.readers.markup.tree import (
    Element,
    every,
    first,
    name_of,
    parse_html,
    table_rows,
    text_of,
)
from paperflow.readers.references import parse
from paperflow.records import Paper
from paperflow.store.identity import bare_arxiv_id, bare_doi

_START = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.{0,2000}?-->\s*)*<(?:!doctype html|html)[\s>]", re.I | re.S
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_SKIPPED = {
    *("script", "style", "nav", "header", "footer", "aside", "form", "button", "noscript", "svg"),
    *("head", "iframe", "select", "template"),
}
_SKIPPED_CLASS = re.compile(
    r"(?:^|[\s_-])(?:nav|menu|sidebar|breadcrumbs?|cookie|toc|ltx_toc|ltx_page_footer|ltx_authors|ltx_dates"
    r"|ltx_classification|ltx_keywords|ltx_tag_note|ltx_note_mark|advert\w*|share|social|related)(?:$|[\s_-])",
    re.I,
)
_REFERENCES = re.compile(
    r"^(?:\d+\.?\s*)?(?:references|bibliography|literature cited|works cited)\s*$", re.I
)
_ABSTRACT = re.compile(r"^\s*abstract\s*$|^\s*summary\s*$", re.I)
_LABEL = re.compile(r"^\s*(?:figure|fig\.?|table|tab\.?)\s*([A-Z]?\.?\d+(?:\.\d+)*)", re.I)
_NUMBERED = re.compile(r"^((?:\d+|[A-Z])(?:\.\d+)*)\.?\s+(?=\S)|^(?:Appendix)\s+([A-Z])[.:]?\s+")
_DISPLAY = re.compile(
    r"ltx_equation(?:group)?\b|MathJax_Display|disp-formula|display-?(?:math|equation|formula)"
)


def _looks_like(head: str) -> bool:
    return bool(_START.match(head))


def _read(file: File) -> Iterator[Document]:
    page = _Page(parse_html(file))
    yield page.document()


class _Page:
    """One page: its references are found first, so that anchors to them are known."""

    def __init__(self, root: Element) -> None:
        body = next((item for item in every(root, "article", "main")), None)
        self.root = root
        self.body = body if body is not None and len(text_of(body)) > 500 else root
        self.builder = Builder()
        self.abstract = ""
        self.title = ""
        self.entries = self._bibliography()
        self.cited = {id(item) for item in self.entries}
        self.keys = {key for item in self.entries for key in _ids(item)}
        self._in_abstract = False
        self._base = 0

    def document(self) -> Document:
        """Return the document of the page."""
        self._walk(self.body)
        if not self.builder.blocks and not self.abstract:
            raise UnreadableFile("the page holds no text")
        if self.entries:
            if not any(_REFERENCES.match(item.title) for item in self.builder.sections):
                self.builder.section("References", 1)
            for number, entry in enumerate(self.entries, 1):
                self._reference(entry, number)
        paper = self._paper()
        explicit = any(key for key in self.keys)
        return self.builder.build(paper, find=not explicit)

    def _bibliography(self) -> list[Element]:
        """Return the items of the bibliography: LaTeXML's own, else the list under its heading."""
        marked = [
            item
            for item in every(self.root, "li", "div", "p")
            if _has(item, r"ltx_bibitem\b|(?:^|\s)(?:ref-cit|citation-content|bib-?reference)\b")
        ]
        if marked:
            return marked
        for heading in every(self.body, *_HEADINGS):
            if not _REFERENCES.match(text_of(heading)):
                continue
            for item in heading.itersiblings():
                lists = [item] if name_of(item) in {"ol", "ul"} else list(every(item, "ol", "ul"))
                if lists:
                    return list(every(lists[0], "li"))
            parent = heading.getparent()
            if parent is not None and (lists := list(every(parent, "ol", "ul"))):
                return list(every(lists[0], "li"))
        return []

    def _walk(self, parent: Element) -> None:
        for child in parent:
            name = name_of(child)
            if not name or name in _SKIPPED or id(child) in self.cited or _hidden(child):
                continue
            if name in _HEADINGS:
                self._heading(child, _HEADINGS[name])
            elif name == "figure" or (_has(child, r"ltx_(?:figure|table)\b")):
                self._float(child)
            elif name == "table" and not _has(child, _DISPLAY.pattern):
                rows, header = table_rows(child, self._inline)
                caption = text_of(next(every(child, "caption"), None), self._inline)
                self._table(child, caption, rows, header)
            elif _has(child, _DISPLAY.pattern):
                self._equation(child)
            elif name in {"p", "blockquote", "pre"} or (
                name in {"div", "section", "span"} and self._is_leaf(child)
            ):
                self._text(child, "paragraph")
            elif name == "li" and not list(every(child, "ul", "ol", "p")):
                self._text(child, "item")
            else:
                self._walk(child)

    def _is_leaf(self, element: Element) -> bool:
        """Tell whether an element holds text, and no block that would hold it better."""
        blocks = (
            "p",
            "div",
            "section",
            "table",
            "ul",
            "ol",
            "figure",
            "article",
            "main",
            *_HEADINGS,
        )
        return next(every(element, *blocks), None) is None and bool(text_of(element))

    def _heading(self, heading: Element, level: int) -> None:
        text = text_of(heading, lambda item: "" if name_of(item) in {"button", "svg"} else None)
        if _ABSTRACT.match(text):
            self._in_abstract = True
            return
        self._in_abstract = False
        if (
            (level == 1 or _has(heading, "ltx_title_document"))
            and not self.title
            and not self.builder.blocks
        ):
            self.title = text
            return
        if _has(heading, "ltx_title_(?:theorem|proof)"):
            return
        self._base = self._base or level
        number = _NUMBERED.match(text)
        title = text[number.end() :] if number else text
        parent = heading.getparent()
        keys = [key for item in (heading, parent) if (key := item.get("id") or "")]
        shown = (number[1] or number[2]) if number else ""
        depth = shown.count(".") + 1 if shown else max(1, level - self._base + 1)
        self.builder.section(title, depth, shown, keys=keys)

    def _text(self, element: Element, kind: str) -> None:
        text = text_of(element, self._inline)
        if self._in_abstract:
            self.abstract = f"{self.abstract} {text_of(element)}".strip()
            return
        self.builder.text(text, kind)
        for formula in every(element, "table", "span", "div"):
            if _has(formula, _DISPLAY.pattern):
                self._equation(formula)

    def _inline(self, element: Element) -> str | None:
        name = name_of(element)
        if name in _SKIPPED or _has(element, r"ltx_note_(?:mark|outer)|ltx_role_footnote"):
            return ""
        if name == "math":
            return f" ${element.get('alttext')}$ " if element.get("alttext") else None
        if _has(element, _DISPLAY.pattern):
            return " "
        if name == "a":
            key = (element.get("href") or "").rpartition("#")[2]
            text = text_of(element)
            if key in self.keys and text:
                return link(text, [key], "reference")
            return (
                link(text, [key]) if key and text and "#" in (element.get("href") or "") else text
            )
        return None

    def _float(self, element: Element) -> None:
        caption = next(every(element, "figcaption", "caption"), None)
        text = text_of(caption, self._inline)
        table = next(
            (item for item in every(element, "table") if not _has(item, _DISPLAY.pattern)), None
        )
        kind = _LABEL.match(text_of(caption))
        if table is not None or (kind and kind[0].lower().startswith("tab")):
            rows, header = table_rows(table, self._inline) if table is not None else ([], 0)
            self._table(element, text, rows, header)
        elif text:
            self.builder.figure(kind[1] if kind else "", text, keys=_ids(element))

    def _table(self, element: Element, caption: str, rows: list[list[str]], header: int) -> None:
        label = _LABEL.match(caption)
        if caption or len(rows) > 1:
            number = label[1] if label else ""
            self.builder.table(number, caption, rows, header_rows=header, keys=_ids(element))

    def _equation(self, element: Element) -> None:
        formulas = [item.get("alttext") or text_of(item) for item in every(element, "math")]
        tag = next(
            (
                text_of(i).strip("() ")
                for i in every(element, "span", "td")
                if _has(i, "ltx_tag_equation|label")
            ),
            "",
        )
        latex = " ".join(formulas)
        keys = [
            key for item in (element, *every(element, "tr", "tbody", "td")) for key in _ids(item)
        ]
        self.builder.equation(
            f"${latex}$" if latex else text_of(element), tag, latex=latex, keys=keys
        )

    def _reference(self, entry: Element, number: int) -> None:
        tag = next(
            (item for item in every(entry, "span") if _has(item, "ltx_tag_bibitem|label")), None
        )
        label = text_of(tag).strip("[]() ") if tag is not None else ""
        label = re.sub(r"\s*\(((?:19|20)\d\d[a-z]?)\)$", r", \1", label)
        text = text_of(
            entry,
            lambda item: "" if item is tag or _has(item, "ltx_bib_cited|ltx_bib_links") else None,
        )
        self.builder.reference(label or str(number), text, parse(text), keys=_ids(entry))

    def _paper(self) -> Paper:
        """Return what meta tags say; the page itself fills in what they leave out."""
        meta: dict[str, list[str]] = {}
        for item in every(self.root, "meta"):
            name = (item.get("name") or item.get("property") or "").lower()
            meta.setdefault(name, []).append(" ".join((item.get("content") or "").split()))

        def one(*names: str) -> str:
            return next((meta[name][0] for name in names if meta.get(name) and meta[name][0]), "")

        page_title = text_of(first(self.root, "title"))
        date = one("citation_publication_date", "citation_date", "citation_online_date", "dc.date")
        year = re.search(r"(?:1[5-9]|20)\d\d", date)
        url = one("citation_abstract_html_url", "og:url")
        people = meta.get("citation_author") or meta.get("dc.creator") or self._authors()
        return Paper(
            title=one("citation_title", "dc.title") or self.title or page_title,
            abstract=self.abstract or one("citation_abstract", "dc.description"),
            authors=tuple(_display(name) for name in people if name),
            year=int(year[0]) if year else None,
            venue=one("citation_journal_title", "citation_conference_title"),
            doi=bare_doi(one("citation_doi", "dc.identifier")),
            arxiv_id=bare_arxiv_id(one("citation_arxiv_id") or page_title[:20]),
            url=url if url.startswith("http") else "",
            sources=("html",),
        )

    def _authors(self) -> list[str]:
        named = (item for item in every(self.root, "span") if _has(item, "ltx_personname"))
        texts = [
            text_of(item, lambda e: "" if name_of(e) in {"sup", "br"} else None) for item in named
        ]
        return [text for text in texts if 3 < len(text) < 60]


def _has(element: Element, pattern: str) -> bool:
    return bool(re.search(pattern, element.get("class") or ""))


def _hidden(element: Element) -> bool:
    return (
        bool(_SKIPPED_CLASS.search(element.get("class") or ""))
        or element.get("aria-hidden") == "true"
    )


def _ids(element: Element) -> list[str]:
    """Return the names by which an element can be pointed at."""
    inner = [item.get("id") or item.get("name") for item in every(element, "a", "span", "p", "div")]
    return [key for key in (element.get("id"), *inner[:5]) if key]


def _display(name: str) -> str:
    last, comma, given = name.partition(", ")
    return f"{given} {last}" if comma and "," not in given else name


READER = Reader(
    suffixes=(".html", ".htm", ".xhtml"), looks_like=_looks_like, read=_read, isolated=True
)
