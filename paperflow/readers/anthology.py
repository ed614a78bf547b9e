"""The ACL Anthology's XML: one file a collection, volumes with their papers.

Schema: github.com/acl-org/acl-anthology, data/xml/schema.rnc. Its archive is unpacked first.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from paperflow.errors import UnreadableFile
from paperflow.readers.dates import month_number
from paperflow.readers.fields import BadRecord, assemble, one_line
from paperflow.readers.file import File, Reader
from paperflow.records import Failure, Paper

SITE = "https://aclanthology.org"
_ROOT = re.compile(r"(?:\s|<\?xml[^>]*\?>|<!--.*?-->)*+<collection\b", re.DOTALL)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_ILLEGAL = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_OTHER = "it is no collection of the ACL Anthology"
_FIELDS = ("title", "abstract", "pages", "doi", "language")
_PARTS = ("collection", "volume", "meta", "frontmatter", "paper")


def _looks_like(text: str) -> bool:
    return _ROOT.match(text) is not None


def _read(file: File) -> Iterator[Paper | Failure]:
    """Yield papers as their elements end; what is broken ends the file with a Failure."""
    from lxml import etree

    parser = etree.XMLPullParser(
        events=("start", "end"), tag=_PARTS, resolve_entities=False, no_network=True,
        load_dtd=False,
    )  # fmt: skip
    collection = _Collection(file)
    try:
        for number, chunk in enumerate(file.chunks()):
            text = _ILLEGAL.sub("", chunk)
            parser.feed(text if number else _DECLARATION.sub("", text))
            yield from collection.papers(parser.read_events())
        parser.close()
        yield from collection.papers(parser.read_events())
        if not collection.begun:
            raise UnreadableFile(_OTHER)
    except etree.XMLSyntaxError as error:
        if not collection.begun:
            raise UnreadableFile(_OTHER) from error
        yield file.failure("the XML", f"it breaks off or is broken: {error.msg or error}"[:200])


class _Collection:
    """Where in a collection the reader is: what the volume says holds for its papers."""

    def __init__(self, file: File) -> None:
        self._file = file
        self._id = ""
        self._volume = ""
        self._meta: dict[str, str] = {}
        self.begun = False

    def papers(self, events: Iterator[tuple[str, Any]]) -> Iterator[Paper | Failure]:
        """Yield the papers among these events, and let their elements go."""
        for event, node in events:
            if event == "start":
                self._enter(node)
            elif node.tag == "meta":
                self._meta = _texts(node)
            elif node.tag == "paper":
                yield self._paper(node)
            if event == "end" and node.tag in {"meta", "paper", "frontmatter"}:
                node.clear()

    def _enter(self, node: Any) -> None:
        if node.tag == "collection":
            self._id, self.begun = node.get("id", ""), True
        elif node.tag == "volume":
            self._volume, self._meta = node.get("id", ""), {}

    def _paper(self, node: Any) -> Paper | Failure:
        texts = _texts(node)
        name = self._name(node, texts.get("url", ""))
        extra = {"bibkey": texts.get("bibkey", "")}
        try:
            return assemble("anthology", {**self._of_volume(), **_stated(node, texts, name)}, extra)
        except BadRecord as error:
            return self._file.failure(name, str(error))

    def _name(self, node: Any, stated: str) -> str:
        """Return the paper's id: stated, else of the form in which newer ones are made."""
        if stated and "/" not in stated:
            return stated
        return f"{self._id}-{self._volume}.{node.get('id', '')}"

    def _of_volume(self) -> dict[str, Any]:
        meta = self._meta
        year, month = meta.get("year", ""), month_number(meta.get("month", ""))
        journal = "journal-volume" in meta or "journal-title" in meta
        return {
            "venue": meta.get("journal-title") or meta.get("booktitle", ""),
            "year": year,
            "date": f"{year}-{int(month):02}" if year and month else year,
            "publisher": meta.get("publisher", ""),
            "kind": "article" if journal else "inproceedings",
            "volume": meta.get("journal-volume", ""),
            "issue": meta.get("journal-issue", ""),
        }


def _stated(node: Any, texts: Mapping[str, str], name: str) -> dict[str, Any]:
    people = [_person(child) for child in node.iterchildren("author")]
    return {
        **{field: texts[field] for field in _FIELDS if field in texts},
        "authors": [{"name": person} for person in people if person],
        "url": f"{SITE}/{name}/",
        "pdf_url": f"{SITE}/{name}.pdf",
    }


def _texts(node: Any) -> dict[str, str]:
    """Return the text of each child by its tag; comments and instructions have no tag."""
    return {child.tag: _text(child) for child in node if isinstance(child.tag, str)}


def _person(node: Any) -> str:
    parts = _texts(node)
    name = f"{parts.get('first', '')} {parts.get('last', '')}".strip()
    suffix = parts.get("suffix", "")
    return f"{name}, {suffix}" if name and suffix else name


def _text(node: Any) -> str:
    return one_line("".join(node.itertext()))


READER = Reader(suffixes=(".xml",), looks_like=_looks_like, read=_read)
