"""TEI, as GROBID writes it: who runs GROBID gets its quality here."""

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
from paperflow.records import Paper
from paperflow.store.identity import bare_arxiv_id, bare_doi

_KINDS = {"bibr": "reference", "figure": "figure", "table": "table", "formula": "equation"}
_ID = "{http://www.w3.org/XML/1998/namespace}id"
_NUMBER = re.compile(r"([A-Z]?\d+(?:\.\d+)*)")


def _looks_like(head: str) -> bool:
    return bool(re.search(r"<TEI[\s>]", head[:4000]))


def _read(file: File) -> Iterator[Document]:
    root = parse_xml(file)
    body = first(root, "text", "body")
    if name_of(root) != "tei":
        raise UnreadableFile("it is XML, but neither JATS nor TEI")
    builder = Builder(remarks=broken(root))
    if body is not None:
        _content(builder, body)
    entries = [
        item for item in every(root, "biblstruct") if name_of(item.getparent()) == "listbibl"
    ]
    if entries:
        builder.section("References", 1)
    for number, entry in enumerate(entries, 1):
        _reference(builder, entry, number)
    yield builder.build(_paper(root))


def _content(builder: Builder, parent: Element) -> None:
    for child in parent:
        name = name_of(child)
        if name == "head":
            number = (child.get("n") or "").rstrip(".")
            builder.section(text_of(child), number.count(".") + 1, number)
        elif name in {"p", "note"}:
            builder.text(text_of(child, _inline), "paragraph" if name == "p" else "footnote")
            for formula in every(child, "formula"):
                _formula(builder, formula)
        elif name == "item":
            builder.text(text_of(child, _inline), "item")
        elif name == "formula":
            _formula(builder, child)
        elif name == "figure":
            _figure(builder, child)
        elif name in {"div", "list"}:
            _content(builder, child)


def _inline(element: Element) -> str | None:
    if name_of(element) == "formula":
        return " "
    kind = _KINDS.get(element.get("type") or "") if name_of(element) == "ref" else None
    text = text_of(element)
    keys = [key.removeprefix("#") for key in (element.get("target") or "").split()]
    return link(text, keys, kind) if kind and text else None


def _formula(builder: Builder, formula: Element) -> None:
    label = text_of(first(formula, "label")).strip("()")
    text = text_of(formula, lambda item: "" if name_of(item) == "label" else None)
    builder.equation(text, label, keys=[formula.get(_ID) or ""])


def _figure(builder: Builder, figure: Element) -> None:
    head, label = text_of(first(figure, "head")), text_of(first(figure, "label"))
    described = text_of(first(figure, "figdesc"), _inline)
    number = _NUMBER.search(label or head)
    parts = dict.fromkeys(filter(None, (head or label, described)))
    caption = " ".join(parts) if described.startswith(head) is False else described
    keys = [figure.get(_ID) or ""]
    shown = number[1] if number else ""
    if figure.get("type") == "table":
        table = first(figure, "table")
        rows, header = table_rows(table, _inline) if table is not None else ([], 0)
        builder.table(shown, caption, rows, header_rows=header, keys=keys)
    else:
        builder.figure(shown, caption, keys=keys)


def _reference(builder: Builder, entry: Element, number: int) -> None:
    raw = next(
        (text_of(item) for item in every(entry, "note") if item.get("type") == "raw_reference"), ""
    )
    work = _work(entry)
    text = raw or _sentence(work) or text_of(entry)
    work = work if work.title else parse(text)
    builder.reference(str(number), text, work, keys=[entry.get(_ID) or ""])


def _work(entry: Element) -> Paper:
    titles = {item.get("level"): text_of(item) for item in reversed(list(every(entry, "title")))}
    title = titles.get("a") or titles.get("m") or ""
    venue = titles.get("j") or (titles.get("m") if titles.get("a") else "") or ""
    date = first(entry, "date")
    year = re.search(
        r"(?:1[5-9]|20)\d\d", (date.get("when") or text_of(date)) if date is not None else ""
    )
    scopes = {item.get("unit"): item for item in every(entry, "biblscope")}
    ids = {(item.get("type") or "").lower(): text_of(item) for item in every(entry, "idno")}
    return Paper(
        title=title,
        venue=venue,
        authors=tuple(filter(None, map(_person, every(entry, "persname")))),
        year=int(year[0]) if year else None,
        volume=text_of(scopes.get("volume")),
        issue=text_of(scopes.get("issue")),
        pages=_pages(scopes.get("page")),
        doi=bare_doi(ids.get("doi", "")),
        arxiv_id=bare_arxiv_id(ids.get("arxiv", "")),
        sources=("reference",),
    )


def _pages(scope: Element | None) -> str:
    if scope is None:
        return ""
    return "-".join(filter(None, (scope.get("from"), scope.get("to")))) or text_of(scope)


def _sentence(work: Paper) -> str:
    where = " ".join(filter(None, (work.venue, work.volume, work.pages)))
    parts = [", ".join(work.authors), work.title, where, str(work.year or "")]
    return (
        ". ".join(part.strip(" .") for part in parts if part.strip(" .")) + "."
        if work.title
        else ""
    )


def _person(person: Element) -> str:
    given = " ".join(text_of(item) for item in children(person, "forename"))
    return f"{given} {text_of(first(person, 'surname'))}".strip()


def _paper(root: Element) -> Paper:
    header = first(root, "teiheader")
    header = root if header is None else header
    source = first(header, "sourcedesc")
    people = every(source, "author") if source is not None else iter(())
    named = (first(person, "persname") for person in people)
    ids = {(item.get("type") or "").lower(): text_of(item) for item in every(header, "idno")}
    date = first(header, "publicationstmt", "date")
    year = re.search(
        r"(?:1[5-9]|20)\d\d", (date.get("when") or text_of(date)) if date is not None else ""
    )
    return Paper(
        title=text_of(first(header, "titlestmt", "title")),
        abstract=text_of(first(header, "abstract")),
        authors=tuple(filter(None, (_person(item) for item in named if item is not None))),
        year=int(year[0]) if year else None,
        doi=bare_doi(ids.get("doi", "")),
        arxiv_id=bare_arxiv_id(ids.get("arxiv", "")),
        keywords=tuple(filter(None, (text_of(item) for item in every(header, "term")))),
        sources=("tei",),
    )


READER = Reader(suffixes=(".tei", ".xml"), looks_like=_looks_like, read=_read, isolated=True)
