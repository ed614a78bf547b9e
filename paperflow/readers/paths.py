"""From what a user names — files, folders, patterns — to the files that can be read."""

import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from paperflow.errors import UnreadableFile
from paperflow.readers.kinds import kind_of, refusal, suffix_of
from paperflow.records import Failure

_WILD = "*?["
_MARKDOWN = (".md", ".markdown")  # in a folder rather a README than a note on one paper
_Seen = set[tuple[int, int]]  # device and inode of what was met


def expand(paths: Sequence[str]) -> Iterator[Path | Failure]:
    """Yield the files that `paths` stand for, each once, and a Failure for each that can't be read.

    Folders are walked sorted, without hidden files; none is entered twice, so that links
    in a circle end. A file that is named itself is yielded whatever it holds; Markdown in
    a folder is not, as it is more often a README than a paper.
    """
    seen: _Seen = set()
    for path in paths:
        yield from _expanded(path, seen)


def _expanded(path: str, seen: _Seen) -> Iterator[Path | Failure]:
    try:
        exists = Path(path).exists() or Path(path).is_symlink()
    except (OSError, ValueError):  # a name too long, or one with a NUL
        exists = False
    if exists:
        yield from _named(Path(path), seen)
    elif any(letter in path for letter in _WILD):
        yield from _matching(path, seen)
    else:
        yield Failure(item=path, reason="there is no such file or folder")


def _matching(pattern: str, seen: _Seen) -> Iterator[Path | Failure]:
    """Walk what a pattern finds; `**` enters no links, `*` finds no hidden files."""
    path = Path(pattern)
    base = Path(path.anchor)
    wanted = path.relative_to(base)
    asked = any(part.startswith(".") for part in wanted.parts)
    try:
        found = sorted(base.glob(str(wanted)))
    except (ValueError, OSError) as error:
        yield Failure(item=pattern, reason=f"the pattern can't be used: {error}")
        return
    shown = [item for item in found if asked or not _hidden(item)]
    if not shown:
        yield Failure(item=pattern, reason="no file matches this pattern")
    for item in shown:
        yield from _named(item, seen)


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") and part not in {".", ".."} for part in path.parts)


def _named(path: Path, seen: _Seen) -> Iterator[Path | Failure]:
    if path.is_dir():
        yield from _inside(path, seen)
    elif reason := _not_a_file(path):
        yield Failure(item=str(path), reason=reason)
    elif _new(path, seen):
        yield path


def _inside(top: Path, seen: _Seen) -> Iterator[Path | Failure]:
    """Walk a folder, depth first, its files before its folders."""
    waiting = [top]
    while waiting:
        folder = waiting.pop()
        try:
            children = sorted(folder.iterdir()) if _new(folder, seen) else []
        except OSError as error:
            yield Failure(item=str(folder), reason=f"it can't be opened: {error.strerror}")
            continue
        visible = [child for child in children if not child.name.startswith(".")]
        folders = [child for child in visible if child.is_dir()]
        for child in sorted(set(visible).difference(folders)):
            yield from _found(child, seen)
        waiting += reversed(folders)


def _found(path: Path, seen: _Seen) -> Iterator[Path | Failure]:
    """Yield a file of a folder, or why it is passed over."""
    reason = _not_a_file(path) or _refusal(path.name)
    try:
        if not reason and not suffix_of(path.name):
            kind_of(path)
    except UnreadableFile as error:
        reason = error.message
    except (OSError, EOFError) as error:
        reason = f"it can't be read: {error}"
    if reason:
        yield Failure(item=str(path), reason=reason)
    elif _new(path, seen):
        yield path


def _refusal(name: str) -> str:
    if suffix_of(name) in _MARKDOWN:
        return "Markdown in a folder is not taken for a paper; name the file to add it"
    return refusal(name)


def _new(path: Path, seen: _Seen) -> bool:
    """Tell whether this file or folder is met for the first time, by whatever name."""
    state = path.stat()
    key = (state.st_dev, state.st_ino)
    new = key not in seen
    seen.add(key)
    return new


def _not_a_file(path: Path) -> str:
    """Return why a path is no plain file; opening a pipe would wait for ever."""
    try:
        mode = path.stat().st_mode
    except OSError as error:
        if path.is_symlink():
            return "it is a link that leads nowhere"
        return f"it can't be read: {error.strerror}"
    return "" if stat.S_ISREG(mode) else "it is no plain file"
