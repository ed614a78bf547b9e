"""Readers: from the files that researchers keep to records of papers, and to their full text.

A format is one file or package with a `READER` and one line in `READERS` (kinds.py). Readers
stream: one record at a time, in memory that does not grow with the file. A bad
item is a Failure with its place and its reason, and the rest is still read.
"""

import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from paperflow.documents import Document
from paperflow.errors import PaperflowError, UnreadableFile
from paperflow.readers.file import File, Item, Reader, unpacked
from paperflow.readers.kinds import READERS, kind_of, reader_of, text_of
from paperflow.readers.paths import expand
from paperflow.records import Failure

__all__ = [
    "READERS",
    "File",
    "Item",
    "Reader",
    "expand",
    "is_document",
    "kind_of",
    "read",
    "read_here",
]

_PATIENCE = 1000  # bad items at the start after which a file is not what it claims to be
_MAX_SPOOLED = 1 << 30  # bytes of a stream that is kept for a worker


def read(source: Path | BinaryIO, *, kind: str | None = None, name: str = "") -> Iterator[Item]:
    """Yield the papers of a file or a binary stream, and a Failure for each bad item.

    A full text is a Document. `kind` names a reader, or the ending of its files ("csv"), and
    spares the guess; an unknown one raises UnknownName. `name` is how failures call the
    source. A bad source never raises; a document is read in a process of its own.
    """
    chosen = None if kind is None else reader_of(kind)
    name = name or (str(source) if isinstance(source, Path) else "stdin")
    return _guarded(source, chosen, name, here=False)


def is_document(path: Path, kind: str | None = None) -> bool:
    """Tell whether a file is read in a process of its own, so that several can be at once."""
    try:
        reader: Reader = READERS.load(reader_of(kind) if kind else kind_of(path))
    except (PaperflowError, OSError, EOFError, zlib.error):
        return False  # reading it will say why
    return reader.isolated


def read_here(source: Path, kind: str, name: str) -> Iterator[Item]:
    """Yield what the reader `kind` finds in a file, in this process, without limits."""
    return _guarded(source, kind, name, here=True)


def _guarded(source: Path | BinaryIO, kind: str | None, name: str, *, here: bool) -> Iterator[Item]:
    """Read, and turn what the disk, the packing, or the format refuses into a Failure."""
    try:
        with unpacked(source) as (stream, head):
            chosen = kind or kind_of(head, name)
            reader: Reader = READERS.load(chosen)
            if not reader.is_binary(head):
                text_of(head)
            if reader.isolated and not here:
                yield from _apart(source, stream, chosen, name)
                return
            path = source if isinstance(source, Path) else None
            yield from _items(reader, File(stream, name, head, path))
    except UnreadableFile as error:
        yield Failure(item=name, reason=_reason(error))
    except EOFError:
        yield Failure(item=name, reason="the packed file ends early; what came before was read")
    except (OSError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        yield Failure(item=name, reason=f"it can't be read: {reason}")


def _apart(source: Path | BinaryIO, stream: BinaryIO, kind: str, name: str) -> Iterator[Item]:
    """Let a worker read a file, or a stream that is written to one first."""
    from paperflow.readers.isolation import pool

    if isinstance(source, Path):
        yield from pool().read(source.absolute(), kind, name)
        return
    with tempfile.TemporaryDirectory(prefix="paperflow-") as folder:
        spooled = Path(folder, "document")
        data = stream.read(_MAX_SPOOLED + 1)
        if len(data) > _MAX_SPOOLED:
            raise UnreadableFile(f"it is larger than {_MAX_SPOOLED >> 20} MB")
        spooled.write_bytes(data)
        yield from pool().read(spooled, kind, name)


def _items(reader: Reader, file: File) -> Iterator[Item]:
    """Yield a file's items; give up when nothing but failures comes."""
    good = failures = 0
    for item in reader.read(file):
        file.found()
        yield _named(item, file)
        good += not isinstance(item, Failure)
        failures += isinstance(item, Failure)
        if not good and failures == _PATIENCE:
            raise UnreadableFile(f"its first {_PATIENCE} items can't be read; gave up on the rest")
    if not good and not failures:
        raise UnreadableFile("no paper was found in it")
    yield from file.encoding_failure()


def _named(item: Item, file: File) -> Item:
    """Call a document without a title by its file's name."""
    if isinstance(item, Document) and not item.paper.title:
        return replace(item, paper=replace(item.paper, title=Path(file.name).stem or "untitled"))
    return item


def _reason(error: PaperflowError) -> str:
    return f"{error.message}; {error.hint}" if error.hint else error.message
