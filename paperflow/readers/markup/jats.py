"""JATS and the older NLM format, as PubMed Central and publishers give full texts."""

import re
from collections.abc import Iterator

from paperflow.documents import Document
from paperflow.errors import UnreadableFile
from paperflow.readers.builder import Builder, link
from paperflow.readers.file import File, Reader
from paperflow.readers.markup.tree import (
    Element,
    broken,
    children,
    every,
    first,
    name_of,
    parse_xml,
    table_rows,
    text_of,
)
from paperflow.readers.references import parse
from paperflow.records import Failure, Paper
from paperflow.store.identity import bare_arxiv_id, bare_doi

_ROOT = re.compile(r"<(?:article|pmc-articleset|PubmedArticle(?:Set)?)[\s>]")
_KINDS = {
    "bibr": "reference",
    "fig": "figure",
    "table": "table",
    "disp-formula": "equation",
    "sec": "section",
}
_FLOATS = {"fig", "table-wrap", "fig-group", "table-wrap-group"}
_LISTS = {"list", "def-list"}
_SKIPPED = {"label", "title", "sec-meta", "object-id", "graphic", "media", "supplementary-material"}
_NUMBER = re.compile(r"([A-Z]?\d+(?:\.\d+)*)")


def _looks_like(head: str) -> bool:
    return bool(_ROOT.search(head[:4000])) and "<html" not in head[:2000].lower()


def _read(file: File) -> Iterator[Document | Failure]:
    root = parse_xml(file)
    articles = [root]
    if name_of(root) not in {"article", "pubmedarticle"}:
        articles = list(every(root, "pubmedarticle")) or list(every(root, "article"))
    if not articles:
        raise UnreadableFile("it is XML, but neither JATS nor TEI")
    for article in articles:
        yield _document(article, broken(root))


def _document(article: Element, remarks: list[str]) -> Document:
    builder = Builder(remarks=remarks)
    body = next(children(article, "body"), None)
    if body is not None:
        _content(builder, body, 0)
    back = next(children(article, "back"), None)
    if back is not None:
        _back(builder, back)
    for group in children(article, "floats-group", "floats-wrap"):
        _content(builder, group, 0)
    paper = _paper(article)
    if not paper.title and not builder.blocks:
        raise UnreadableFile("it holds neither a title nor text")
    return builder.build(paper)


def _back(builder: Builder, back: Element) -> None:
    """Add acknowledgements and appendices, then the references."""
    for part in children(back, "ack", "app-group", "app", "sec", "notes", "glossary"):
        _section(builder, part, 1, "Acknowledgements" if name_of(part) == "ack" else "")
    for references in children(back, "ref-list"):
        builder.section(text_of(next(children(references, "title"), None)) or "References", 1)
        for number, item in enumerate(every(references, "ref"), 1):
            _reference(builder, item, number)


def _content(builder: Builder, parent: Element, level: int) -> None:
    for child in parent:
        name = name_of(child)
        if name == "sec":
            _section(builder, child, level + 1)
        elif name == "p":
            _paragraph(builder, child)
        elif name in _LISTS:
            for item in every(child, "list-item", "def-item"):
                builder.text(text_of(item, _inline), "item")
        elif name in _FLOATS:
            _float(builder, child)
        elif name == "disp-formula":
            _formula(builder, child)
        elif name and name not in _SKIPPED:
            _content(builder, child, level)


def _section(builder: Builder, section: Element, level: int, title: str = "") -> None:
    heading = next(children(section, "title"), None)
    label = text_of(next(children(section, "label"), None)).rstrip(".")
    text = text_of(heading) or title
    if text:
        keys = [section.get("id") or ""]
        builder.section(text, level, label, keys=keys)
    _content(builder, section, level if text else level - 1)


def _paragraph(builder: Builder, paragraph: Element) -> None:
    """Add a paragraph; floats and formulas inside it follow it."""
    builder.text(text_of(paragraph, _inline))
    for item in every(paragraph, *_FLOATS, "disp-formula", *_LISTS):
        if name_of(item) in _FLOATS and name_of(item.getparent()) not in _FLOATS:
            _float(builder, item)
        elif name_of(item) == "disp-formula":
            _formula(builder, item)
        elif name_of(item) in _LISTS:
            for entry in every(item, "list-item", "def-item"):
                builder.text(text_of(entry, _inline), "item")


def _inline(element: Element) -> str | None:
    """Print cross-references as links; leave out what becomes a block of its own."""
    name = name_of(element)
    if name == "xref":
        kind = _KINDS.get(element.get("ref-type") or "")
        keys = (element.get("rid") or "").split()
        text = text_of(element)
        return link(text, keys, kind) if kind and text else text
    if name in _FLOATS or name in _LISTS or name == "disp-formula":
        return " "
    if name in {"tex-math", "annotation"} and name_of(element.getparent()) == "alternatives":
        return ""
    return None


def _float(builder: Builder, item: Element) -> None:
    if name_of(item).endswith("-group"):
        for part in children(item, "fig", "table-wrap"):
            _float(builder, part)
        return
    label = text_of(next(children(item, "label"), None))
    caption = text_of(next(children(item, "caption"), None), _inline)
    number = _NUMBER.search(label)
    shown = f"{label.rstrip('.:')}: {caption}" if label and caption else label or caption
    keys = [item.get("id") or ""]
    if name_of(item) == "fig":
        builder.figure(number[1] if number else "", shown, keys=keys)
        return
    table = first(item, "table")
    rows, header = table_rows(table, _inline) if table is not None else ([], 0)
    builder.table(number[1] if number else "", shown, rows, header_rows=header, keys=keys)


def _formula(builder: Builder, item: Element) -> None:
    tex = text_of(first(item, "tex-math"))
    label = text_of(next(children(item, "label"), None)).strip("()")
    plain = text_of(item, lambda e: "" if name_of(e) in {"label", "tex-math"} else None)
    builder.equation(plain or tex, label, latex=tex, keys=[item.get("id") or ""])


def _reference(builder: Builder, item: Element, number: int) -> None:
    label = text_of(next(children(item, "label"), None)).strip("[]().") or str(number)
    cited = next(
        every(item, "mixed-citation", "element-citation", "citation", "nlm-citation"), None
    )
    if cited is None:
        return
    text = text_of(cited)
    structured = _work(cited)
    work = structured if structured.title else parse(text)
    if structured.title and name_of(cited) != "mixed-citation":
        text = _sentence(structured) or text
    builder.reference(label, text, work, keys=[item.get("id") or "", cited.get("id") or ""])


def _work(cited: Element) -> Paper:
    """Return what a tagged reference says."""
    names = [_person(item) for item in every(cited, "name", "string-name", "collab")]
    title = text_of(
        first(cited, "article-title")
        if first(cited, "article-title") is not None
        else first(cited, "chapter-title")
    )
    source = text_of(first(cited, "source"))
    year = re.search(r"(?:1[5-9]|20)\d\d", text_of(first(cited, "year")))
    start, end = text_of(first(cited, "fpage")), text_of(first(cited, "lpage"))
    ids = {item.get("pub-id-type"): text_of(item) for item in every(cited, "pub-id")}
    return Paper(
        title=(title or source).rstrip("."),
        venue=source if title else "",
        authors=tuple(filter(None, names)),
        year=int(year[0]) if year else None,
        volume=text_of(first(cited, "volume")),
        issue=text_of(first(cited, "issue")),
        pages="-".join(filter(None, (start, end))),
        doi=bare_doi(ids.get("doi", "")),
        arxiv_id=bare_arxiv_id(ids.get("arxiv", "")),
        sources=("reference",),
    )


def _sentence(work: Paper) -> str:
    where = " ".join(filter(None, (work.venue, work.volume, work.pages and f": {work.pages}")))
    parts = [", ".join(work.authors), work.title, where, str(work.year or "")]
    return ". ".join(part.strip(" .") for part in parts if part.strip(" .")) + "."


def _person(item: Element) -> str:
    given, family = text_of(first(item, "given-names")), text_of(first(item, "surname"))
    return f"{given} {family}".strip() or text_of(item)


def _paper(article: Element) -> Paper:
    if name_of(article) == "pubmedarticle":
        return _pubmed(article)
    front = next(children(article, "front", "front-stub"), article)
    meta = first(front, "article-meta")
    meta = front if meta is None else meta
    ids = {item.get("pub-id-type"): text_of(item) for item in children(meta, "article-id")}
    abstracts = [item for item in every(meta, "abstract") if not item.get("abstract-type")]
    years = [
        text_of(item) for date in children(meta, "pub-date") for item in children(date, "year")
    ]
    groups = children(meta, "contrib-group")
    people = [
        p
        for g in groups
        for p in children(g, "contrib")
        if p.get("contrib-type") in {None, "author"}
    ]
    journal = first(front, "journal-title")
    year = min((text for text in years if text.isdigit() and len(text) == 4), default="")
    return Paper(
        title=text_of(
            first(meta, "article-title"), lambda e: "" if name_of(e) in {"xref", "fn"} else None
        ),
        abstract=" ".join(_without_title(item) for item in abstracts),
        authors=tuple(filter(None, (_contributor(item) for item in people))),
        year=int(year) if year else None,
        venue=text_of(journal),
        volume=text_of(next(children(meta, "volume"), None)),
        issue=text_of(next(children(meta, "issue"), None)),
        pages="-".join(
            filter(None, (text_of(next(children(meta, n), None)) for n in ("fpage", "lpage")))
        ),
        doi=bare_doi(ids.get("doi", "")),
        keywords=tuple(filter(None, (text_of(item) for item in every(meta, "kwd")))),
        sources=("jats",),
        extra={"pmid": ids["pmid"]} if ids.get("pmid") else {},
    )


def _contributor(item: Element) -> str:
    named = next(every(item, "name", "string-name", "collab"), None)
    return "" if named is None else _person(named)


def _without_title(abstract: Element) -> str:
    return re.sub(r"^(?:abstract|summary)\s*", "", text_of(abstract), flags=re.IGNORECASE)


def _pubmed(article: Element) -> Paper:
    """Return a record of PubMed's own format, which has no text beside the abstract."""
    ids = {item.get("IdType"): text_of(item) for item in every(article, "articleid")}
    people = [
        f"{text_of(first(item, 'forename'))} {text_of(first(item, 'lastname'))}".strip()
        for item in every(article, "author")
    ]
    year = text_of(first(article, "pubdate", "year"))
    return Paper(
        title=text_of(first(article, "articletitle")).rstrip("."),
        abstract=" ".join(text_of(item) for item in every(article, "abstracttext")),
        authors=tuple(filter(None, people)),
        year=int(year) if year.isdigit() and len(year) == 4 else None,
        venue=text_of(first(article, "journal", "title")),
        doi=bare_doi(ids.get("doi", "")),
        sources=("jats",),
        extra={"pmid": text_of(first(article, "pmid"))},
    )


READER = Reader(suffixes=(".nxml", ".xml"), looks_like=_looks_like, read=_read, isolated=True)
