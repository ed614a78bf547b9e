"""Files, folders, and patterns to the files that can be read."""

import gzip
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from paperflow.readers import expand, kind_of
from paperflow.records import Failure

GOOD = "@misc{a, title={A}}\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder of all sorts, which is also the current one."""
    for name in ("b.bib", "a.ris", "sub/c.bib", "sub/deep/d.csv", ".hidden/e.bib", ".f.bib"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(GOOD)
    (tmp_path / "README").write_text("A Title\n\nText.\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def names(*paths: str) -> list[str]:
    """Expand paths; a failure is shown with a question mark."""
    found = expand(paths)
    return [f"?{item.item}" if isinstance(item, Failure) else str(item) for item in found]


def reasons(*paths: str) -> list[str]:
    return [item.reason for item in expand(paths) if isinstance(item, Failure)]


def test_a_folder_is_walked_in_order_without_what_is_hidden(folder: Path) -> None:
    assert names(".") == ["README", "a.ris", "b.bib", "sub/c.bib", "sub/deep/d.csv"]
    assert names("sub", "b.bib") == ["sub/c.bib", "sub/deep/d.csv", "b.bib"]


def test_a_file_that_is_named_is_given_whatever_it_is(folder: Path) -> None:
    (folder / "paper.pdf").write_bytes(b"%PDF-1.7\n")
    assert names("paper.pdf", ".f.bib") == ["paper.pdf", ".f.bib"]


def test_files_of_a_folder_that_nobody_reads_are_told(folder: Path) -> None:
    (folder / "sub" / "paper.pdf").write_bytes(b"%PDF-1.7\n")
    (folder / "sub" / "image.png").write_bytes(b"\x89PNG")
    (folder / "sub" / "binary").write_bytes(bytes(256))
    (folder / "sub" / "nothing").touch()
    assert names("sub") == [
        *("?sub/binary", "sub/c.bib", "?sub/image.png", "?sub/nothing", "sub/paper.pdf"),
        "sub/deep/d.csv",
    ]
    binary, image, nothing = reasons("sub")
    assert "binary" in binary
    assert ".png" in image
    assert "empty" in nothing


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("*.bib", ["b.bib"]),
        ("**/*.bib", ["b.bib", "sub/c.bib"]),
        ("sub/*", ["sub/c.bib", "sub/deep/d.csv"]),
        ("**", ["README", "a.ris", "b.bib", "sub/c.bib", "sub/deep/d.csv"]),
        ("[ab].*", ["a.ris", "b.bib"]),
        (".*.bib", [".f.bib"]),
        ("*.pdf", ["?*.pdf"]),
        ("**x", ["?**x"]),
        ("missing/*", ["?missing/*"]),
    ],
)
def test_patterns_find_files(folder: Path, pattern: str, expected: list[str]) -> None:
    assert sorted(names(pattern)) == expected


def test_absolute_patterns_find_files(folder: Path) -> None:
    assert names(f"{folder}/*.bib") == [str(folder / "b.bib")]


def test_a_name_with_a_bracket_is_first_of_all_a_name(folder: Path) -> None:
    (folder / "[a].bib").write_text(GOOD)
    assert names("[a].bib") == ["[a].bib"]


@pytest.mark.parametrize("path", ["missing.bib", "x" * 5000, "nul\0.bib", ""])
def test_what_does_not_exist_is_told(folder: Path, path: str) -> None:
    if path:
        assert reasons(path) == ["there is no such file or folder"]


def test_links_in_a_circle_end(folder: Path) -> None:
    (folder / "sub" / "up").symlink_to(folder)
    (folder / "sub" / "self").symlink_to(folder / "sub")
    (folder / "sub" / "deep" / "over").symlink_to(folder / "sub")
    expected = ["README", "a.ris", "b.bib", "sub/c.bib", "sub/deep/d.csv"]
    assert names(".") == expected
    assert sorted(names("**/*")) == expected


def test_a_linked_folder_is_read_once(folder: Path) -> None:
    (folder / "also").symlink_to(folder / "sub")
    assert [name for name in names(".") if "c.bib" in name] == ["also/c.bib"]


def test_a_file_met_twice_is_read_once(folder: Path) -> None:
    (folder / "copy.bib").symlink_to("b.bib")
    os.link("a.ris", "again.ris")
    assert names("b.bib", "b.bib", ".") == [
        *("b.bib", "README", "a.ris"),
        *("sub/c.bib", "sub/deep/d.csv"),
    ]


def test_links_that_lead_nowhere_and_pipes_are_told(folder: Path) -> None:
    (folder / "sub" / "gone.bib").symlink_to("nowhere")
    (folder / "sub" / "loop.bib").symlink_to("loop.bib")
    os.mkfifo(folder / "sub" / "pipe.bib")
    for how in (["sub"], ["sub/gone.bib", "sub/loop.bib", "sub/pipe.bib"]):
        gone, loop, pipe = reasons(*how)
        assert "leads nowhere" in gone
        assert "leads nowhere" in loop
        assert "no plain file" in pipe


def test_a_folder_that_may_not_be_opened_is_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listing = Path.iterdir

    def refuse(path: Path) -> Iterator[Path]:
        if path.name == "deep":  # permissions would not stop root
            raise PermissionError(13, "Permission denied")
        return listing(path)

    monkeypatch.setattr(Path, "iterdir", refuse)
    assert names("sub") == ["sub/c.bib", "?sub/deep"]
    assert "Permission denied" in reasons("sub")[0]


def test_the_kind_of_a_file_is_told_by_what_it_holds(tmp_path: Path) -> None:
    for name, content, kind in [
        ("a.bib", b"TY  - JOUR\nTI  - A\nER  - \n", "ris"),
        ("a.txt", b"% comment\n\n@article{a, title={A}}\n", "bibtex"),
        ("a.md", b"@everybody: read this\n", "text"),
        ("a.json", b'[{"title": "A", "issued": {"raw": "1999"}}]', "csl"),
        ("a.json", b'{"title": "A"}', "jsonl"),
        ("a.json", b"{}", "jsonl"),
        ("a", b"Title,Year\nA,1999\n", "table"),
        ("a.txt", b"Title, abstract, and authors of a long and winding road\nText", "text"),
        ("a.bib.gz", gzip.compress(GOOD.encode()), "bibtex"),
        ("A.BIB", b"nothing to see", "bibtex"),
    ]:
        path = tmp_path / name
        path.write_bytes(content)
        assert kind_of(path) == kind, (name, content)


def test_markdown_of_a_folder_is_added_only_by_name_or_pattern(folder: Path) -> None:
    for name in ("README.md", "NOTES.markdown", "packed.MD.gz"):
        (folder / "sub" / "deep" / name).write_text("# A Title\n\nText.\n")
    markdown = ["NOTES.markdown", "README.md", "packed.MD.gz"]
    assert [item for item in names("sub") if "?" in item] == [
        f"?sub/deep/{name}" for name in markdown
    ]
    assert all("name the file to add it" in reason for reason in reasons("sub"))
    assert names("sub/deep/README.md") == ["sub/deep/README.md"]
    assert names("**/*.md") == ["sub/deep/README.md"]
