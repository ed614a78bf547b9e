"""Tell what kind of file something is: by its name, then by how it begins."""

from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path, PurePath

from paperflow.errors import UnknownName, UnreadableFile
from paperflow.readers.file import Reader, encoding_of, unpacked
from paperflow.registry import Registry

# From the special to the general: the first that knows how a file begins reads it; where
# none does, the last that has its suffix.
READERS = Registry(
    "reader",
    {
        "anthology": "paperflow.readers.anthology:READER",
        "pdf": "paperflow.readers.pdf:READER",
        "tex": "paperflow.readers.tex:READER",
        "jats": "paperflow.readers.markup.jats:READER",
        "tei": "paperflow.readers.markup.tei:READER",
        "html": "paperflow.readers.markup.html:READER",
        "unarxive": "paperflow.readers.unarxive:READER",
        "bibtex": "paperflow.readers.bibtex:READER",
        "ris": "paperflow.readers.ris:READER",
        "csl": "paperflow.readers.csl:READER",
        "jsonl": "paperflow.readers.jsonl:READER",
        "listing": "paperflow.readers.listing:READER",
        "table": "paperflow.readers.table:READER",
        "text": "paperflow.readers.text:READER",
    },
)

# What users call a kind after the ending of its files.
_ALIASES = {
    "bib": "bibtex",
    "csljson": "csl",
    "csl-json": "csl",
    "csv": "table",
    "json": "jsonl",
    "markdown": "text",
    "md": "text",
    "ndjson": "jsonl",
    "htm": "html",
    "latex": "tex",
    "nxml": "jats",
    "tar": "tex",
    "tsv": "table",
    "xml": "jats",
    "zip": "tex",
    "txt": "text",
}
_TEXT = "text"  # what a file is when nothing else fits and its name does not object
_REFUSED = {
    ".bz2": "only .gz files are unpacked; unpack it first",
    ".xz": "only .gz files are unpacked; unpack it first",
    ".zst": "only .gz files are unpacked; unpack it first",
}
_MAGIC = {
    b"BZh": ".bz2",
    b"\xfd7zXZ": ".xz",
    b"\x28\xb5\x2f\xfd": ".zst",
}


def reader_of(kind: str) -> str:
    """Return the reader's name that a user means by it, or by an ending; or raise UnknownName."""
    plain = kind.strip().lower().removeprefix(".")
    names = READERS.names()
    for name in (kind, plain, _ALIASES.get(plain, "")):
        if name in names:
            return name
    near = get_close_matches(plain, [*names, *_ALIASES], n=1)
    meant = f"did you mean {near[0]!r}? " if near else ""
    known = ", ".join(sorted({*names, *_ALIASES}))
    raise UnknownName(f"no reader named {kind!r}", hint=f"{meant}known: {known}")


def suffix_of(name: str) -> str:
    """Return the ending that tells the kind, lower-case, without ".gz"."""
    path = PurePath(name.lower())
    return PurePath(path.stem).suffix if path.suffix == ".gz" else path.suffix


def refusal(name: str) -> str:
    """Return why a file of this name can't be read, or "" when it may be."""
    suffix = suffix_of(name)
    if suffix in _REFUSED:
        return _REFUSED[suffix]
    known = any(suffix in reader.suffixes for _, reader in _readers())
    return "" if known or not suffix else f"there is no reader for {suffix} files"


def kind_of(source: Path | bytes, name: str = "") -> str:
    """Return the name of the reader for a file, or for first bytes and a name.

    What a file holds counts more than how it is called. Raise UnreadableFile when
    it is empty, binary, or of a kind that nobody reads.
    """
    if isinstance(source, Path):
        with unpacked(source) as (_, head):
            return kind_of(head, name or source.name)
    if binary := [kind for kind, reader in _readers() if reader.is_binary(source)]:
        return binary[0]
    text = text_of(source)
    suffix = suffix_of(name)
    named = [kind for kind, reader in _readers() if suffix in reader.suffixes]
    fitting = [kind for kind, reader in _readers() if reader.looks_like(text)]
    both = [kind for kind in fitting if kind in named]
    if choice := both or fitting or named[::-1]:
        return choice[0]
    if reason := refusal(name):
        raise UnreadableFile(reason)
    return _TEXT


def text_of(head: bytes) -> str:
    """Return first bytes as text; raise UnreadableFile for what no reader can use."""
    _refuse_magic(head)
    text = head.decode(encoding_of(head), "replace").lstrip("\ufeff")
    if not text.strip():
        raise UnreadableFile("the file is empty")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _refuse_magic(head: bytes) -> None:
    for magic, suffix in _MAGIC.items():
        if head.startswith(magic):
            raise UnreadableFile(_REFUSED[suffix])


def _readers() -> Iterator[tuple[str, Reader]]:
    """Yield our own readers, then those of other packages."""
    others = [name for name in READERS.names() if name not in READERS.builtin]
    for name in (*READERS.builtin, *others):
        yield name, READERS.load(name)
