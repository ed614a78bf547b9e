"""Files made to break readers: huge, packed, endless, refused by the disk."""

import gzip
import resource
import subprocess
import sys
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from paperflow.readers import READERS, read
from paperflow.records import Failure, Paper
from tests.readers.samples import SAMPLES, failures, items

HUNDRED_MB = 100 << 20

READ = """
import resource, sys
from pathlib import Path
from paperflow.readers import read
for kind in [None, *sys.argv[2:]]:
    for item in read(Path(sys.argv[1]), kind=kind):
        print(type(item).__name__, getattr(item, "reason", ""))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def read_apart(path: Path, *kinds: str) -> tuple[list[str], float]:
    """Read a file in a process of its own; return what it said, and its peak in MB."""
    done = subprocess.run(
        [sys.executable, "-c", READ, str(path), *kinds],
        check=True, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    *lines, peak = done.stdout.splitlines()
    assert done.stderr == ""
    return lines, int(peak) / 1024


def write(path: Path, block: bytes) -> Path:
    with path.open("wb") as out:
        for _ in range(HUNDRED_MB // len(block)):
            out.write(block)
    return path


def bare_peak() -> float:
    """Return the peak in MB of a process that imports as much and reads nothing."""
    code = READ.replace("for kind in [None, *sys.argv[2:]]", "for kind in []")
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return int(done.stdout) / 1024


def test_a_hundred_megabytes_of_random_bytes_are_refused_at_once(tmp_path: Path) -> None:
    import random

    path = write(tmp_path / "garbage.bib", random.Random(1).randbytes(1 << 20))
    start = time.monotonic()
    lines, peak = read_apart(path, *READERS.names())
    assert lines == ["Failure it holds binary data, not text"] * (1 + len(READERS.names()))
    assert peak < bare_peak() + 10
    assert time.monotonic() - start < 20


def test_a_hundred_megabytes_of_holes_are_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "sparse.jsonl"
    with path.open("wb") as out:
        out.truncate(HUNDRED_MB)
    lines, peak = read_apart(path)
    assert lines == ["Failure it holds binary data, not text"]
    assert peak < bare_peak() + 10


def test_a_hundred_megabytes_on_one_line_take_bounded_memory(tmp_path: Path) -> None:
    path = write(tmp_path / "line.txt", b"word, " * 100_000)
    lines, peak = read_apart(path, *READERS.names())
    assert all(line.startswith("Failure ") for line in lines)
    assert len(lines) == 1 + len(READERS.names())
    assert peak < bare_peak() + 250


@pytest.mark.parametrize("line", [b"word word\n", b"@misc{a, title={A}\n", b"\n", b"{\n", b'"\n'])
def test_a_hundred_megabytes_of_short_lines_take_bounded_memory(
    tmp_path: Path, line: bytes
) -> None:
    path = write(tmp_path / "lines.bib", line * 100_000)
    lines, peak = read_apart(path)
    assert lines[-1].startswith("Failure ")
    assert len(lines) <= 1001
    assert peak < bare_peak() + 100


def test_a_file_of_nothing_but_bad_records_is_given_up() -> None:
    found = failures("garbage\n" * 5000, "papers.jsonl")
    assert len(found) == 1001
    assert found[-1].item == "papers.jsonl"
    assert "gave up" in found[-1].reason


def test_a_good_record_at_the_end_of_many_bad_ones_is_not_given_up() -> None:
    text = "garbage\n" * 900 + '{"title": "A"}\n' + "garbage\n" * 5000 + '{"title": "B"}\n'
    assert [item.title for item in items(text, "p.jsonl") if isinstance(item, Paper)] == ["A", "B"]


def test_memory_does_not_grow_with_the_number_of_records(tmp_path: Path) -> None:
    def peak(kind: str, times: int) -> int:
        path = tmp_path / SAMPLES[kind].name
        path.write_text(record * times)
        tracemalloc.start()
        try:
            assert sum(isinstance(item, Paper) for item in read(path, kind=kind)) == times
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    for kind in ("jsonl", "ris"):
        record = SAMPLES[kind].text()
        peak(kind, 10)
        assert peak(kind, 5000) < peak(kind, 500) + 500_000


def test_the_conference_file_takes_little_memory(real_data: Callable[[str], Path]) -> None:
    path = real_data("conference/papers.jsonl.gz")
    code = READ.replace(
        "read(Path(sys.argv[1]), kind=kind)", "islice(read(Path(sys.argv[1])), 20_000)"
    )
    code = "from itertools import islice\n" + code.replace("print(type(item)", "(type(item)")
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], check=True, capture_output=True, text=True
    )
    assert int(done.stdout) / 1024 < bare_peak() + 20


def test_a_gzip_bomb_is_refused(tmp_path: Path) -> None:
    packer = zlib.compressobj(9, wbits=31)
    block = b" " * (1 << 16) + b"\n"
    packed = b"".join(packer.compress(block) for _ in range(5000)) + packer.flush()
    assert len(packed) < 1 << 20
    start = gzip.compress(b'{"title": "A"}\n')
    *first, failure = items(start + packed, "bomb.jsonl.gz")
    assert isinstance(first[0], Paper)
    assert isinstance(failure, Failure)
    assert "unpacks to more than 200 times" in failure.reason


@pytest.mark.parametrize("cut", [0.3, 0.6, 0.95])
def test_a_truncated_gzip_keeps_what_came_before(cut: float) -> None:
    text = "".join(f'{{"title": "Paper {n}", "venue": "{n * 7919}"}}\n' for n in range(50_000))
    packed = gzip.compress(text.encode())
    found = items(packed[: int(len(packed) * cut)], "papers.jsonl.gz")
    assert sum(isinstance(item, Paper) for item in found) > 1000
    assert isinstance(found[-1], Failure)
    assert "ends early" in found[-1].reason


def test_a_damaged_gzip_is_a_failure() -> None:
    packed = bytearray(gzip.compress(SAMPLES["bibtex"].text().encode() * 1000))
    packed[len(packed) // 2] ^= 0xFF
    found = items(bytes(packed), "refs.bib.gz")
    assert isinstance(found[-1], Failure)
    (failure,) = items(b"\x1f\x8b" + b"junk" * 10, "refs.bib.gz")
    assert isinstance(failure, Failure)
    assert "can't be read" in failure.reason


def test_other_files_are_refused_with_a_way_out() -> None:
    for content, name, words in [
        (b"%PDF-1.7\n%\xe2\xe3", "paper.pdf", ("PDF", "damaged")),
        (b"%PDF-1.7\n%\xe2\xe3", "no-suffix", ("PDF", "damaged")),
        (b"PK\x03\x04" + bytes(100), "papers.zip", ("zip", "damaged")),
        (b"<!DOCTYPE html><html>", "page.html", ("no text",)),
        (b"\\documentclass{article}", "paper.tex", ("LaTeX",)),
        (b"<?xml version='1.0'?><a/>", "paper.xml", ("XML",)),
        ("Это не по-английски, и не UTF-8. ".encode("cp1251") * 10, "a.txt", ("UTF-8",)),
    ]:
        (failure,) = items(content, name)
        assert isinstance(failure, Failure)
        assert all(word in failure.reason for word in words), failure


def test_what_the_disk_refuses_is_a_failure(tmp_path: Path) -> None:
    for path in (tmp_path / "missing.bib", tmp_path):
        (failure,) = read(path)
        assert isinstance(failure, Failure)
        assert failure.item == str(path)
        assert "can't be read" in failure.reason


def test_a_stream_that_fails_keeps_what_came_before() -> None:
    class Failing:
        def __init__(self) -> None:
            self.parts: Iterator[bytes] = iter([b'{"title": "A"}\n' * 10_000])

        def read(self, size: int = -1) -> bytes:
            if part := next(self.parts, b""):
                return part[: size if size > 0 else None]
            raise OSError(5, "Input/output error")

    found = list(read(Failing(), name="pipe"))  # type: ignore[arg-type]
    assert isinstance(found[-1], Failure)
    assert "Input/output error" in found[-1].reason


@pytest.mark.parametrize("text", ["\n" * 65_000, " " * 65_000, "%\n" * 30_000, "• " * 30_000])
def test_guessing_the_kind_takes_no_time(text: str) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    assert items(f"{text}A Title", "no-suffix")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_utime - before < 2
