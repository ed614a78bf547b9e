"""Files are written whole or not at all."""

import errno
import io
import os
import stat
import sys
from pathlib import Path
from typing import TextIO

import pytest

from paperflow.errors import WorkspaceError
from paperflow.reports.files import write_text_atomically

linux = pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")


def hello(out: TextIO) -> None:
    out.write("hé\r\n")


def test_a_file_is_written_in_utf_8_with_the_line_ends_it_was_given(tmp_path: Path) -> None:
    write_text_atomically(tmp_path / "a.txt", hello)
    assert (tmp_path / "a.txt").read_bytes() == b"h\xc3\xa9\r\n"
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_a_writer_that_fails_leaves_the_old_file_whole(tmp_path: Path) -> None:
    def fail(out: TextIO) -> None:
        out.write("new" * 100_000)
        raise ValueError("a bug")

    target = tmp_path / "a.txt"
    target.write_text("old")
    with pytest.raises(ValueError, match="a bug"):
        write_text_atomically(target, fail)
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_a_disk_that_is_full_leaves_the_old_file_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    target = tmp_path / "a.txt"
    target.write_text("old")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(WorkspaceError, match=r"can't write .*a\.txt: No space left") as raised:
        write_text_atomically(target, hello)
    assert "free some space" in raised.value.hint
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


@linux
def test_a_device_is_written_to_and_stays_a_device() -> None:
    with pytest.raises(WorkspaceError, match="No space left") as raised:
        write_text_atomically("/dev/full", hello)
    assert "free some space" in raised.value.hint
    assert stat.S_ISCHR(Path("/dev/full").stat().st_mode)
    write_text_atomically("/dev/null", hello)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="No such file") as raised:
        write_text_atomically(tmp_path / "none" / "a.txt", hello)
    assert raised.value.hint == f"create the folder {tmp_path / 'none'} first"


def test_a_folder_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with pytest.raises(WorkspaceError, match="Is a directory") as raised:
        write_text_atomically(tmp_path / "a", hello)
    assert raised.value.hint == "name a file in that folder"


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="no /proc here")
def test_a_folder_that_takes_no_file_is_told() -> None:
    # Nobody may create a file there, not even root.
    with pytest.raises(WorkspaceError, match=r"can't write /proc/self/a\.txt"):
        write_text_atomically("/proc/self/a.txt", hello)


def test_a_read_only_folder_leaves_the_old_file_whole(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    target = tmp_path / "a.txt"
    target.write_text("old")
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(WorkspaceError, match="Permission denied") as raised:
            write_text_atomically(target, hello)
    finally:
        tmp_path.chmod(0o700)
    assert raised.value.hint == "choose a folder that you may write to"
    assert target.read_text() == "old"


def test_the_file_keeps_its_permissions_and_a_new_one_follows_the_umask(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    before = os.umask(0o027)
    try:
        write_text_atomically(target, hello)
        assert stat.S_IMODE(target.stat().st_mode) == 0o640
        target.chmod(0o600)
        write_text_atomically(target, hello)
        assert stat.S_IMODE(target.stat().st_mode) == 0o600
    finally:
        os.umask(before)


def test_a_link_keeps_pointing_to_its_file(tmp_path: Path) -> None:
    target, link = tmp_path / "a.txt", tmp_path / "link"
    target.write_text("old")
    link.symlink_to(target)
    write_text_atomically(link, hello)
    assert link.is_symlink()
    assert target.read_bytes() == b"h\xc3\xa9\r\n"


def test_a_name_as_long_as_names_may_be_is_written(tmp_path: Path) -> None:
    target = tmp_path / ("a" * 255)
    write_text_atomically(target, hello)
    assert target.exists()


def test_a_dash_means_standard_output_in_utf_8(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    write_text_atomically("-", hello)
    assert raw.getvalue() == b"h\xc3\xa9\r\n"
    sys.stdout.write("still open")


def test_a_standard_output_without_bytes_gets_text(monkeypatch: pytest.MonkeyPatch) -> None:
    text = io.StringIO(newline="")
    monkeypatch.setattr(sys, "stdout", text)
    write_text_atomically("-", hello)
    assert text.getvalue() == "hé\r\n"


@linux
def test_a_standard_output_that_is_full_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with Path("/dev/full").open("w") as full:
        monkeypatch.setattr(sys, "stdout", full)
        with pytest.raises(WorkspaceError, match="No space left"):
            write_text_atomically("-", hello)
        monkeypatch.undo()
