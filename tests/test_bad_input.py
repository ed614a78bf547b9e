"""Bad input through the command line: a clear message, nothing lost, the rest goes on."""

import csv
import io
import json
import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from paperflow.cli import app

GOOD = "@article{good, title={A Good Entry}, author={Li, Bo}, year={2020}}\n"


@pytest.fixture
def here(tmp_path, monkeypatch):
    """Return an empty folder that is the current one."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(item) for item in arguments])


def program(*arguments: object, **options) -> subprocess.CompletedProcess[str]:
    """Run the program in a process of its own."""
    command = [sys.executable, "-m", "paperflow", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


def added(*arguments: object) -> dict[str, object]:
    result = run("add", "--json", *arguments)
    return json.loads(result.stdout)


def titles() -> list[str]:
    return [paper["title"] for paper in json.loads(run("export", "json").stdout)]


def test_an_empty_file_is_named_and_the_rest_is_read(here):
    (here / "empty.bib").touch()
    (here / "good.bib").write_text(GOOD)
    found = added("empty.bib", "good.bib")
    assert found["added"] == 1
    assert "empty" in found["failed"][0]["item"]
    assert "empty" in found["failed"][0]["reason"]


def test_only_bad_input_exits_with_an_error(here):
    (here / "empty.bib").touch()
    assert run("add", "empty.bib").exit_code == 1
    assert run("add", "missing.bib").exit_code == 1


def test_a_truncated_bibtex_file_keeps_what_is_before_the_break(here):
    (here / "cut.bib").write_text(GOOD + "@article{cut, title={Never Fin")
    found = added("cut.bib")
    assert found["added"] == 1
    assert len(found["failed"]) == 1
    assert titles() == ["A Good Entry"]


def test_a_hundred_megabytes_of_garbage_are_refused_in_little_memory(here):
    block = os.urandom(1 << 20)
    with (here / "garbage.bib").open("wb") as out:
        for _ in range(100):
            out.write(block)
    (here / "good.bib").write_text(GOOD)

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))

    result = program("add", "--json", "garbage.bib", "good.bib", preexec_fn=limited)
    found = json.loads(result.stdout)
    assert found["added"] == 1
    assert len(found["failed"]) == 1


def test_a_title_that_is_a_script_stays_text_in_every_export(here):
    title = '<script>alert(1)</script> & "quotes" | [x](javascript:alert(1))'
    (here / "papers.jsonl").write_text(json.dumps({"title": title}) + "\n")
    run("add", "papers.jsonl")
    run("analyze")
    assert run("report", "--out", "report.html").exit_code == 0
    page = (here / "report.html").read_text()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>" not in run("export", "md").stdout
    assert titles() == [title]


def test_a_cell_that_starts_with_an_equals_sign_is_guarded(here):
    (here / "papers.jsonl").write_text('{"title": "=HYPERLINK(\\"http://example.org\\")"}\n')
    run("add", "papers.jsonl")
    rows = list(csv.DictReader(io.StringIO(run("export", "csv").stdout)))
    assert rows[0]["title"].startswith("'=")
    (here / "again.csv").write_text("title,year\n=1+1,2020\n")
    assert added("again.csv")["added"] == 1
    assert "=1+1" in titles()


def test_a_cyclic_crossref_loses_no_entry(here):
    (here / "cycle.bib").write_text(
        "@inproceedings{a, title={First}, crossref={b}}\n"
        "@inproceedings{b, title={Second}, crossref={a}}\n"
    )
    found = added("cycle.bib")
    assert found["added"] == 2
    assert sorted(titles()) == ["First", "Second"]


def test_invalid_utf8_is_read_as_well_as_it_can_be(here):
    (here / "latin.bib").write_bytes(GOOD.replace("Li, Bo", "Müller, Jörg").encode("latin-1"))
    assert added("latin.bib")["added"] == 1
    assert "Müller" in json.dumps(json.loads(run("export", "json").stdout), ensure_ascii=False)


def test_a_duplicated_key_is_named_and_loses_no_entry(here):
    (here / "twice.bib").write_text(GOOD + GOOD.replace("A Good Entry", "Another Entry"))
    found = added("twice.bib")
    assert found["added"] == 2
    assert "same key" in found["failed"][0]["reason"]
    assert sorted(titles()) == ["A Good Entry", "Another Entry"]


def test_two_processes_adding_at_once_lose_nothing(here):
    for name in "ab":
        lines = [json.dumps({"title": f"Paper {name} {n}"}) for n in range(1500)]
        shared = [json.dumps({"title": f"Shared {n}"}) for n in range(1500)]
        (here / f"{name}.jsonl").write_text("\n".join([*lines, *shared]))
    (here / ".paperflow").mkdir()
    writers = [
        subprocess.Popen([sys.executable, "-m", "paperflow", "add", f"{name}.jsonl"])
        for name in "ab"
    ]
    assert [writer.wait() for writer in writers] == [0, 0]
    status = json.loads(run("status", "--json").stdout)
    assert status["papers"] == 4500
    assert run("doctor").exit_code == 0


def test_a_killed_add_goes_on_where_it_was(here):
    lines = (json.dumps({"title": f"Paper {n}", "abstract": "x " * 400}) for n in range(20_000))
    (here / "many.jsonl").write_text("\n".join(lines))
    (here / ".paperflow").mkdir()
    writer = subprocess.Popen([sys.executable, "-m", "paperflow", "add", "many.jsonl"])
    while not (here / ".paperflow/store.sqlite-wal").exists() and writer.poll() is None:
        os.sched_yield()
    while writer.poll() is None and papers() < 2000:
        os.sched_yield()
    writer.kill()
    writer.wait()
    before = papers()
    assert 2000 <= before < 20_000
    found = added("many.jsonl")
    assert found["unchanged"] >= before
    assert papers() == 20_000
    assert run("doctor").exit_code == 0


def papers() -> int:
    result = run("status", "--json")
    return json.loads(result.stdout)["papers"] if result.exit_code == 0 else 0


def test_a_full_disk_is_an_error_with_a_hint_and_loses_nothing(here):
    (here / "good.bib").write_text(GOOD)
    assert run("add", "good.bib").exit_code == 0
    lines = (json.dumps({"title": f"Paper {n}", "abstract": "word " * 2000}) for n in range(500))
    (here / "many.jsonl").write_text("\n".join(lines))

    def limited() -> None:
        # Files can't grow beyond this: to the program, the same as a disk that is full.
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))

    result = program("add", "many.jsonl", preexec_fn=limited)
    assert result.returncode == 1
    assert "error: " in result.stderr
    assert "hint: " in result.stderr
    assert "Traceback" not in result.stderr
    assert "A Good Entry" in titles()
    assert run("doctor").exit_code == 0


def test_a_full_disk_keeps_the_old_export(here):
    (here / "good.bib").write_text(GOOD)
    run("add", "good.bib")
    result = run("export", "bib", "--out", "/dev/full")
    assert result.exit_code == 1
    assert "hint: free some space" in result.stderr


def test_a_read_only_workspace_can_be_read_and_says_why_it_can_not_be_written(here):
    (here / "good.bib").write_text(GOOD)
    run("add", "good.bib")
    run("analyze")
    if not (setpriv := shutil.which("setpriv")):
        pytest.skip("setpriv is not installed")
    # Even for root, permissions count once the right to override them is given up.
    command = [setpriv, "--bounding-set", "-dac_override", sys.executable, "-m", "paperflow"]
    if os.getuid() != 0:
        command = command[3:]
    (here / "more.bib").write_text(GOOD.replace("Good", "Late"))
    locked = [here / ".paperflow", *(here / ".paperflow").rglob("*")]
    for path in locked:
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        read = subprocess.run([*command, "export", "json"], capture_output=True, text=True)
        write = subprocess.run([*command, "add", "more.bib"], capture_output=True, text=True)
        look = subprocess.run(
            [*command, "discover", "good", "--lexical", "--out", str(here / "run")],
            capture_output=True, text=True,
        )  # fmt: skip
    finally:
        for path in locked:
            path.chmod(0o755 if path.is_dir() else 0o644)
    assert "A Good Entry" in read.stdout
    assert write.returncode == 1
    assert "error: " in write.stderr
    assert "hint: check that the workspace's folder can be written to" in write.stderr
    assert look.returncode == 0, look.stderr


def test_unknown_names_come_with_the_nearest_one(here):
    (here / "good.bib").write_text(GOOD)
    run("add", "good.bib")
    assert "did you mean 'bib'?" in run("export", "bibb").stderr
    assert "hint: " in run("graph", "export", "graphm").stderr
    assert "no source named 'arxivv'" in run("discover", "x", "--source", "arxivv").stderr


def test_commands_outside_a_workspace_say_how_to_make_one(here):
    result = run("status")
    assert result.exit_code == 1
    assert result.stderr.startswith("error: no workspace in ")
    assert "paperflow add" in result.stderr


def test_the_doctor_tells_of_a_damaged_store(here):
    (here / "many.jsonl").write_text("\n".join(f'{{"title": "Paper {n}"}}' for n in range(2000)))
    program("add", "many.jsonl")  # its end writes the log back into the file
    store = here / ".paperflow" / "store.sqlite"
    os.truncate(store, store.stat().st_size // 2)
    result = run("doctor", "--json")
    assert result.exit_code == 1
    assert "malformed" in json.loads(result.stdout)["problems"][0]


def test_the_path_of_a_title_is_only_text(here):
    lines = [json.dumps({"title": title}) for title in ("../../etc/passwd", "a/b\\c", "..")]
    (here / "papers.jsonl").write_text("\n".join(lines))
    run("add", "papers.jsonl")
    run("analyze")
    result = run("discover", "../../etc/passwd", "--lexical", "--json")
    assert result.exit_code == 0, result.output
    folder = Path(json.loads(result.stdout)["folder"])
    assert folder.parent == here / ".paperflow" / "runs"
