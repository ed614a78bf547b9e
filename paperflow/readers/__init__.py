"""Readers: from the files that researchers keep to records of papers.

A format is one file with a `READER` and one line in `READERS` (kinds.py). Readers
stream: one record at a time, in memory that does not grow with the file. A bad
item is a Failure with its place and its reason, and the rest is still read.
"""

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from paperflow.errors import PaperflowError, UnreadableFile
from paperflow.readers.document import Document, Reader, unpacked
from paperflow.readers.kinds import READERS, kind_of, reader_of, text_of
from paperflow.readers.paths import expand
from paperflow.records import Failure, Paper

__all__ = ["READERS", "Document", "Reader", "expand", "kind_of", "read"]

_PATIENCE = 1000  # bad items at the start after which a file is not what it claims to be


def read(
    source: Path | BinaryIO, *, kind: str | None = None, name: str = ""
) -> Iterator[Paper | Failure]:
    """Yield the papers of a file or a binary stream, and a Failure for each bad item.

    `kind` names a reader, or the ending of its files ("csv"), and spares the guess; an
    unknown one raises UnknownName.
    `name` is how failures call the source. A bad source never raises.
    """
    reader = None if kind is None else reader_of(kind)
    name = name or (str(source) if isinstance(source, Path) else "stdin")
    return _guarded(source, reader, name)


def _guarded(
    source: Path | BinaryIO, reader: Reader | None, name: str
) -> Iterator[Paper | Failure]:
    """Read, and turn what the disk, the packing, or the format refuses into a Failure."""
    try:
        with unpacked(source) as (stream, head):
            text_of(head)
            chosen = reader or READERS.load(kind_of(head, name))
            yield from _items(chosen, Document(stream, name, head))
    except UnreadableFile as error:
        yield Failure(item=name, reason=_reason(error))
    except EOFError:
        yield Failure(item=name, reason="the packed file ends early; what came before was read")
    except (OSError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        yield Failure(item=name, reason=f"it can't be read: {reason}")


def _items(reader: Reader, document: Document) -> Iterator[Paper | Failure]:
    """Yield a document's items; give up when nothing but failures comes."""
    papers = failures = 0
    for item in reader.read(document):
        document.found()
        yield item
        papers += isinstance(item, Paper)
        failures += isinstance(item, Failure)
        if not papers and failures == _PATIENCE:
            raise UnreadableFile(f"its first {_PATIENCE} items can't be read; gave up on the rest")
    if not papers and not failures:
        raise UnreadableFile("no paper was found in it")
    yield from document.encoding_failure()


def _reason(error: PaperflowError) -> str:
    return f"{error.message}; {error.hint}" if error.hint else error.message
