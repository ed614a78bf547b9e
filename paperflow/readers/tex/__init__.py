"""LaTeX sources: one file or an archive as arXiv gives it, to a document.

`files` opens archives within bounds, `source` joins and expands, `body` walks the result.
"""

from collections.abc import Iterator

from paperflow.documents import Document
from paperflow.readers.file import File, Reader
from paperflow.readers.tex.body import document_of
from paperflow.readers.tex.files import is_archive, is_tex, load
from paperflow.records import Failure


def _read(file: File) -> Iterator[Document | Failure]:
    yield document_of(load(file))


READER = Reader(
    suffixes=(".tex", ".ltx", ".tar", ".tgz", ".zip"),
    looks_like=is_tex,
    read=_read,
    is_binary=is_archive,
    isolated=True,
)
