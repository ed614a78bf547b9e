"""Write a file whole or not at all."""

import os
import stat
import sys
from collections.abc import Callable
from contextlib import suppress
from errno import EDQUOT, EFBIG, EISDIR, ENOSPC
from io import TextIOWrapper
from pathlib import Path
from secrets import token_hex
from typing import TextIO

from paperflow.errors import WorkspaceError

Write = Callable[[TextIO], object]


def write_text_atomically(path: str | Path, write: Write) -> None:
    """Call `write` with a UTF-8 file that takes the place of `path` once it is on the disk.

    Line ends stay as they are written. "-" is standard output. A device or a pipe is
    written to directly. On any failure the old file stays whole; a refusing disk or
    folder raises WorkspaceError.
    """
    if str(path) == "-":
        _to_stdout(write)
        return
    target = Path(path)
    try:
        if _is_special(target):
            with target.open("w", encoding="utf-8", newline="") as out:
                write(out)
        else:
            _replace(Path(os.path.realpath(target)), write)
    except OSError as error:
        raise refusal(target, error) from error


def refusal(path: Path, error: OSError) -> WorkspaceError:
    """Return the error that tells a user why `path` can't be written, and what to do."""
    reason = error.strerror or type(error).__name__
    name = "standard output" if str(path) == "-" else str(path)
    return WorkspaceError(f"can't write {name}: {reason}", hint=_hint(path, error))


def _hint(path: Path, error: OSError) -> str:
    if error.errno in (ENOSPC, EDQUOT, EFBIG):
        return "free some space, or choose another disk"
    if isinstance(error, FileNotFoundError):
        return f"create the folder {path.parent} first"
    if isinstance(error, IsADirectoryError):
        return "name a file in that folder"
    return "choose a folder that you may write to"


def _is_special(path: Path) -> bool:
    """Return whether `path` is there and is neither a file nor a folder."""
    with suppress(FileNotFoundError, NotADirectoryError):
        mode = path.stat().st_mode
        return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))
    return False


def _replace(target: Path, write: Write) -> None:
    if target.is_dir():
        raise IsADirectoryError(EISDIR, os.strerror(EISDIR))
    draft = target.with_name(f".{target.name[:100]}.{token_hex(4)}.tmp")
    try:
        with draft.open("x", encoding="utf-8", newline="") as out:
            write(out)
            out.flush()
            os.fsync(out.fileno())
        with suppress(FileNotFoundError):
            draft.chmod(stat.S_IMODE(target.stat().st_mode))
        draft.replace(target)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    """Put the new name on the disk too, where folders can be opened."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _to_stdout(write: Write) -> None:
    """Write UTF-8 to standard output, whatever its encoding; a closed pipe raises as always."""
    buffer = getattr(sys.stdout, "buffer", None)
    if buffer is None:  # replaced by a text stream, as test runners do
        write(sys.stdout)
        return
    sys.stdout.flush()
    out = TextIOWrapper(buffer, encoding="utf-8", newline="", write_through=False)
    try:
        write(out)
        out.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise refusal(Path("-"), error) from error
    finally:
        with suppress(OSError):
            out.detach()
