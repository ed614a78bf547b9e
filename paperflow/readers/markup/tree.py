"""Parse XML and HTML without entities, networks and DTDs, and print elements as marked text."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from paperflow.errors import UnreadableFile
from paperflow.readers.builder import unmarked
from paperflow.readers.file import File

MAX_BYTES = 64 << 20
_ENTITY = re.compile(rb"<!ENTITY\s+(?:%\s+)?\S+\s")
_BLOCKS = {"p", "div", "sec", "title", "li", "td", "th", "tr", "br", "list-item", "disp-formula"}

Element = Any  # lxml has no types
Inline = Callable[[Element], str | None]


def parse_xml(file: File) -> Element:
    """Return the root of an XML file; raise UnreadableFile where it is none or defines entities."""
    from lxml import etree

    data = _bytes(file)
    if _ENTITY.search(data):
        raise UnreadableFile("it defines entities, which are not read: they can be a bomb")
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, recover=True
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableFile(f"it is no XML: {error}") from None
    if root is None:
        raise UnreadableFile("it is no XML")
    return root


def broken(root: Element) -> list[str]:
    """Return a remark where the file ended early or was mended."""
    log = list(root.getroottree().parser.error_log) if root.getroottree().parser else []
    wrong = [item for item in log if item.level_name in {"ERROR", "FATAL"}]
    return [f"line {wrong[0].line}: {wrong[0].message}; what could be was read"] if wrong else []


def parse_html(file: File) -> Element:
    """Return the root of an HTML page."""
    from lxml import etree, html

    data = _bytes(file)
    try:
        return html.document_fromstring(
            data.decode(_encoding(data), "replace").encode(),
            parser=html.HTMLParser(encoding="utf-8", no_network=True),
        )
    except (etree.ParserError, ValueError) as error:
        raise UnreadableFile(f"it is no HTML: {error}") from None


def _encoding(data: bytes) -> str:
    """Return the encoding that a page states, UTF-8 where it states none that is known."""
    found = re.search(rb"charset=[\"']?([\w-]+)", data[:4096])
    name = found[1].decode() if found else "utf-8"
    try:
        return "utf-8" if not "".encode(name) and name.lower().startswith("utf") else name
    except LookupError:
        return "utf-8"


def _bytes(file: File) -> bytes:
    data = file.stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise UnreadableFile(f"it is larger than {MAX_BYTES >> 20} MB")
    return data


def name_of(element: Element) -> str:
    """Return an element's name without its namespace, "" for comments and the like."""
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def children(element: Element, *names: str) -> Iterator[Element]:
    """Yield the children of these names."""
    return (child for child in element if name_of(child) in names)


def first(element: Element, *path: str) -> Element | None:
    """Return the first element that a path of names leads to, or None."""
    for step in path:
        element = next((item for item in element.iter() if name_of(item) == step), None)
        if element is None:
            return None
    return element


def every(element: Element, *names: str) -> Iterator[Element]:
    """Yield the descendants of these names, in order."""
    return (item for item in element.iter() if name_of(item) in names and item is not element)


def text_of(element: Element | None, inline: Inline = lambda item: None) -> str:
    """Return an element's text; `inline` may print an element its own way, "" to leave it out."""
    return "" if element is None else " ".join("".join(_texts(element, inline)).split())


def _texts(element: Element, inline: Inline) -> Iterator[str]:
    yield unmarked(element.text or "")
    for child in element:
        name = name_of(child)
        if name:
            own = inline(child)
            if own is not None:
                yield own
            else:
                blank = " " if name in _BLOCKS else ""
                yield blank
                yield from _texts(child, inline)
                yield blank
        yield unmarked(child.tail or "")


def table_rows(table: Element, inline: Inline) -> tuple[list[list[str]], int]:
    """Return the cells of a table, filled where one spans columns, and its rows of header."""
    rows: list[list[str]] = []
    header = 0
    for row in every(table, "tr", "row"):
        cells: list[str] = []
        for cell in children(row, "td", "th", "cell", "entry"):
            cells.append(text_of(cell, inline))
            cells += [""] * (_span(cell) - 1)
        if any(cells):
            kinds = {name_of(cell) for cell in row}
            above = {name_of(item) for item in row.iterancestors()}
            header += ("thead" in above or kinds == {"th"}) and header == len(rows)
            rows.append(cells)
    return rows, header or min(1, len(rows))


def _span(cell: Element) -> int:
    text = cell.get("colspan") or cell.get("cols") or "1"
    return max(1, min(int(text), 60)) if text.isascii() and text.isdigit() and len(text) < 4 else 1
