"""The files of a LaTeX source, in memory: nothing is unpacked to the disk, nothing escapes.

A single .tex file sees the files beside and below it, as LaTeX would; an archive sees only
itself. Names that lead outside, by "..", "/" or a link, name nothing.
"""

import io
import re
import tarfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from paperflow.errors import UnreadableFile
from paperflow.readers.file import File

MAX_FILES = 5_000
MAX_BYTES = 32 << 20  # of one text file
MAX_TOTAL = 128 << 20  # of all text files of a source
_WANTED = (".tex", ".ltx", ".bbl", ".bib", ".sty", ".cls", ".tikz", ".pgf", ".txt", ".def", "")
_IS_TEX = re.compile(r"\\documentclass|\\documentstyle|\\begin\s*\{document\}")
_BOMB = "it unpacks to more than {:,} MB of text"


@dataclass(frozen=True)
class Source:
    """A LaTeX source: `main` is the file to begin with, `get` gives another by its name.

    `name` is the main file's, without its ending; `file` is what the source came in.
    """

    main: str
    get: Callable[[str], str | None]
    name: str = ""
    file: str = ""
    remarks: list[str] = field(default_factory=list)

    def first(self, *names: str) -> tuple[str, str] | None:
        """Return name and text of the first of these files that there is."""
        for name in names:
            if (text := self.get(name)) is not None:
                return name, text
        return None


def is_archive(head: bytes) -> bool:
    """Tell whether a file begins as a tar or a zip does."""
    return head.startswith(b"PK\x03\x04") or head[257:262] == b"ustar"


def is_tex(head: str) -> bool:
    """Tell whether a text begins as a LaTeX document does."""
    return bool(_IS_TEX.search(head[:20_000]))


def load(file: File) -> Source:
    """Return the source in a file; raise UnreadableFile where it holds no LaTeX document."""
    head = file.head
    if is_archive(head):
        texts = dict(_zipped(file) if head.startswith(b"PK") else _tarred(file))
        return _archive(texts, file.name)
    text = file.whole()
    if not _IS_TEX.search(text):
        raise UnreadableFile(
            "it holds no LaTeX document: no \\documentclass and no \\begin{document}"
        )
    stem = PurePosixPath(file.name).stem
    return Source("", _beside(text, file.path), stem, stem)


def _beside(text: str, path: Path | None) -> Callable[[str], str | None]:
    """Return what finds the main text under "", and others in the folder of a file."""
    folder = path.parent.resolve() if path else None

    def get(name: str) -> str | None:
        if not name:
            return text
        if folder is None or not _inside(name):
            return None
        found = (folder / name).resolve()
        if folder not in found.parents or found.suffix not in _WANTED or not found.is_file():
            return None
        return _decoded(found.read_bytes()) if found.stat().st_size <= MAX_BYTES else None

    return get


def _inside(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and "\0" not in name


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _tarred(file: File) -> Iterator[tuple[str, str]]:
    """Yield names and texts of a tar's plain files; links and devices are passed over."""
    total = 0
    try:
        with tarfile.open(fileobj=file.stream, mode="r|") as archive:
            for number, member in enumerate(archive):
                if number >= MAX_FILES:
                    raise UnreadableFile(f"it holds more than {MAX_FILES:,} files")
                if not member.isreg() or not _is_wanted(member.name) or member.size > MAX_BYTES:
                    continue
                total = _counted(total + member.size)
                opened = archive.extractfile(member)
                yield _plain(member.name), _decoded(opened.read() if opened else b"")
    except tarfile.TarError as error:
        if not total:
            raise UnreadableFile(f"it is a damaged tar: {error}") from None


def _zipped(file: File) -> Iterator[tuple[str, str]]:
    total = 0
    data = file.stream.read(MAX_TOTAL + 1)
    if len(data) > MAX_TOTAL:
        raise UnreadableFile(f"it is larger than {MAX_TOTAL >> 20} MB")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if len(members) > MAX_FILES:
                raise UnreadableFile(f"it holds more than {MAX_FILES:,} files")
            for member in members:
                if member.is_dir() or not _is_wanted(member.filename):
                    continue
                with archive.open(member) as opened:
                    content = opened.read(MAX_BYTES + 1)
                total = _counted(total + len(content))
                if len(content) <= MAX_BYTES:
                    yield _plain(member.filename), _decoded(content)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        raise UnreadableFile(f"it is a damaged or locked zip: {error}") from None


def _counted(total: int) -> int:
    if total > MAX_TOTAL:
        raise UnreadableFile(_BOMB.format(MAX_TOTAL >> 20))
    return total


def _is_wanted(name: str) -> bool:
    return _inside(name) and PurePosixPath(name).suffix.lower() in _WANTED


def _plain(name: str) -> str:
    return str(PurePosixPath(name))


def _archive(texts: Mapping[str, str], name: str) -> Source:
    """Return the source in an archive; its main file is the one that most others serve."""
    main = max(texts, key=lambda item: _rank(item, texts[item]), default="")
    if not main or not _IS_TEX.search(texts[main]):
        raise UnreadableFile("the archive holds no LaTeX document")
    folder = PurePosixPath(main).parent

    def get(wanted: str) -> str | None:
        if not wanted:
            return texts[main]
        if not _inside(wanted):
            return None
        return texts.get(_plain(str(folder / wanted)), texts.get(_plain(wanted)))

    file = PurePosixPath(name).name
    for ending in (".gz", ".tgz", ".tar", ".zip"):
        file = file.removesuffix(ending)
    return Source("", get, PurePosixPath(main).stem, file)


def _rank(name: str, text: str) -> tuple[bool, bool, bool, int, str]:
    body = "\\begin{document}" in text
    usual = PurePosixPath(name).stem.lower() in {"main", "paper", "ms", "article", "root"}
    style = PurePosixPath(name).suffix.lower() in {".tex", ".ltx", ""}
    return (style and bool(_IS_TEX.search(text)), body, usual, len(text), name)
