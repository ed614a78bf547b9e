"""A file being read: unpacked, decoded, and bounded, so that no input can fill the memory."""

import codecs
import gzip
import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from paperflow.documents import Document
from paperflow.errors import UnreadableFile
from paperflow.records import Failure, Paper

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

Item = Paper | Document | Failure  # what reading yields

HEAD = 1 << 16  # bytes looked at to tell what a file is
MAX_LINE = 16 << 20  # characters of one line, one entry, or one JSON value
MAX_TEXT = 16 << 20  # characters of a file that is read as a whole
_MAX_IDLE = 1_000_000  # lines in which nothing is found
_BUFFER = 1 << 16
_FREE = 16 << 20  # bytes that may be unpacked before the ratio is looked at
_MAX_RATIO = 200  # bibliographies pack about 4 times, the most repetitive ones 50 times
_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL = bytes({*range(32), 127} - set(b"\t\n\r\f\x1b"))
_ESCAPED = re.compile("[\udc80-\udcff]")


@dataclass(frozen=True)
class Reader:
    """One format: which names its files have, how they begin, and how they are read.

    `looks_like` gets the first `HEAD` bytes as text and must be strict: it decides
    for files whose name says nothing; `is_binary` tells from first bytes a file that is
    of this format and no text. `read` yields a Failure for each bad item and goes on; it may raise
    UnreadableFile when nothing more can be read. An `isolated` reader runs in a process
    of its own, with limits on time and memory (isolation.py).
    """

    suffixes: tuple[str, ...]
    looks_like: Callable[[str], bool]
    read: Callable[["File"], Iterator[Item]]
    is_binary: Callable[[bytes], bool] = lambda head: False
    isolated: bool = False


class File:
    """A file's bytes and its text, line by line; `head` is how it begins."""

    def __init__(self, stream: BinaryIO, name: str, head: bytes, path: Path | None = None) -> None:
        self.name = name
        self.head = head
        self.stream = stream
        self.path = path
        self._mended = 0
        self._idle = 0
        self._first_mended = ""

    @cached_property
    def _text(self) -> io.TextIOWrapper:
        """Return the decoder; what is no text has none."""
        encoding = encoding_of(self.head)
        errors = "surrogateescape" if encoding.startswith("utf-8") else "replace"
        return io.TextIOWrapper(self.stream, encoding=encoding, errors=errors)

    def failure(self, item: str, reason: str) -> Failure:
        """Return the failure of one item of this file."""
        return Failure(item=f"{self.name}: {item}" if item else self.name, reason=reason)

    def found(self) -> None:
        """Note that something was found, so that reading goes on."""
        self._idle = 0

    def numbered_lines(self) -> Iterator[tuple[int, str | None]]:
        """Yield each line's number, from 1, and its text; None for one that is too long.

        Raise UnreadableFile when a million of them went by and nothing was found.
        """
        for number in count(1):
            line = self._text.readline(MAX_LINE + 1)
            if not line:
                return
            self._idle += 1
            if self._idle > _MAX_IDLE:
                raise UnreadableFile(f"{_MAX_IDLE:,} lines hold nothing that can be read; gave up")
            if len(line) > MAX_LINE:
                while line and not line.endswith("\n"):
                    line = self._text.readline(MAX_LINE)
                yield number, None
            else:
                yield number, self._mend(line, f"line {number}").removesuffix("\n")

    def lines(self) -> Iterator[str]:
        """Yield each line; raise UnreadableFile where one is too long."""
        for number, line in self.numbered_lines():
            if line is None:
                raise UnreadableFile(f"line {number} is longer than {MAX_LINE >> 20} MB")
            yield line

    def chunks(self) -> Iterator[str]:
        """Yield the text in pieces, for formats without lines."""
        while chunk := self._text.read(_BUFFER):
            yield self._mend(chunk, "the text")

    def whole(self, limit: int = MAX_TEXT) -> str:
        """Return the whole text; raise UnreadableFile when it is longer than `limit`."""
        text = self._mend(self._text.read(limit + 1), "the text")
        if len(text) > limit:
            size = f"{limit >> 20} MB" if limit >> 20 else f"{limit >> 10} kB"
            raise UnreadableFile(f"it is longer than {size}, too long for a file of this kind")
        return text

    def _mend(self, text: str, place: str) -> str:
        """Read bytes that are not UTF-8 as Windows-1252, and remember that it was done."""
        if text.isascii() or not _ESCAPED.search(text):
            return text
        mended, number = _ESCAPED.subn(_windows, text)
        self._first_mended = self._first_mended or place
        self._mended += number
        return mended

    def encoding_failure(self) -> Iterator[Failure]:
        """Yield the remark that some characters were guessed, where they were."""
        if self._mended:
            yield self.failure(
                self._first_mended,
                f"not UTF-8: {self._mended} characters of the file were read as Windows-1252; "
                "the entries were read, check their accents",
            )


def _windows(found: re.Match[str]) -> str:
    return bytes([ord(found.group()) - 0xDC00]).decode("cp1252", "replace")


def encoding_of(head: bytes) -> str:
    """Return the encoding of a text that begins so; raise UnreadableFile for what is no text."""
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            return encoding
    controls = len(head) - len(head.translate(None, _CONTROL))
    if b"\0" in head or controls > len(head) // 50:
        raise UnreadableFile("it holds binary data, not text")
    wrong = len(_ESCAPED.findall(head.decode("utf-8", "surrogateescape")))
    if wrong > max(3, len(head) * 3 // 10):
        raise UnreadableFile("its text is neither UTF-8 nor Western European; save it as UTF-8")
    return "utf-8"


class _Replay(io.RawIOBase):
    """A stream whose beginning was already looked at; counts what is taken from it."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.head = b""
        while len(self.head) < HEAD and (more := stream.read(HEAD - len(self.head))):
            self.head += more
        self.count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        view = memoryview(buffer)
        if self.count < len(self.head):
            data = self.head[self.count : self.count + len(view)]
        else:
            data = self._stream.read(len(view))
        view[: len(data)] = data
        self.count += len(data)
        return len(data)


class _Unpacked(io.RawIOBase):
    """The content of a gzip stream, which may not grow out of all proportion."""

    def __init__(self, packed: _Replay) -> None:
        self._packed = packed
        self._stream = gzip.GzipFile(fileobj=io.BufferedReader(packed, _BUFFER))
        self._count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        view = memoryview(buffer)
        data = self._stream.read(len(view))
        view[: len(data)] = data
        self._count += len(data)
        if self._count > _FREE + _MAX_RATIO * self._packed.count:
            raise UnreadableFile(f"it unpacks to more than {_MAX_RATIO} times its size")
        return len(data)


@contextmanager
def unpacked(source: Path | BinaryIO) -> Iterator[tuple[BinaryIO, bytes]]:
    """Open a file or a stream, unpack gzip, and give its bytes and its first ones.

    A stream that was handed in stays open.
    """
    stream = source.open("rb") if isinstance(source, Path) else source
    try:
        replay = _Replay(stream)
        if replay.head.startswith(b"\x1f\x8b"):
            replay = _Replay(io.BufferedReader(_Unpacked(replay), _BUFFER))
        yield io.BufferedReader(replay, _BUFFER), replay.head
    finally:
        if isinstance(source, Path):
            stream.close()
