"""Discovery through its public function: one list, its reasons, and its folder of files."""

import csv
import json
import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from paperflow import sources
from paperflow.discovery import Choices, add_files, discover, embed, to_embed
from paperflow.errors import BadInput, NotReady, UnknownName
from paperflow.records import Paper
from paperflow.registry import Registry
from paperflow.reports.report import PARTS
from paperflow.retrieval.query import parse_intent
from paperflow.retrieval.rules import SOURCES as NAMES_OF_SOURCES
from paperflow.sources import known_sources
from paperflow.workspace import Workspace, find_workspace
from tests.tools import need

DEMO = Path(__file__).parent.parent / "data" / "demo" / "papers.jsonl"
QUERY = "graph transformers for large graphs"
STEP = {"papers.json", "papers.csv", "papers.bib", "papers.md", "report.html"}


@pytest.fixture(scope="module")
def library(tmp_path_factory) -> Workspace:
    workspace = find_workspace(tmp_path_factory.mktemp("library"), create=True)
    workspace.home.joinpath("paperflow.toml").write_text('encoder = "hash"\n')
    add_files(workspace, [str(DEMO)])
    return workspace


def titles(found):
    return [item.paper.title for item in found.report.papers]


def test_the_paper_that_the_query_names_comes_first(library):
    found = discover(library, QUERY)
    assert titles(found)[0] == "Graph Transformers for Large Graphs"


def test_every_total_is_the_sum_of_the_shares_shown_and_every_value_is_in_the_unit_range(library):
    found = discover(library, QUERY)
    weights = found.manifest["configuration"]["weights"]
    assert sum(weights.values()) == pytest.approx(1)
    for item in found.report.papers:
        assert [part.name for part in item.parts] == list(PARTS)
        assert all(0 <= part.value <= 1 for part in item.parts)
        assert sum(part.share for part in item.parts) == pytest.approx(item.total, abs=1e-5)


def test_the_intent_is_read_shown_and_can_be_overridden(library):
    found = discover(library, "graph transformers since 2023")
    assert ("since", "2023") in found.report.reading
    assert all(item.paper.year >= 2023 for item in found.report.papers)
    wide = discover(library, "graph transformers since 2023", Choices(since="2019", until="2022"))
    assert {item.paper.year for item in wide.report.papers} <= {2019, 2020, 2021, 2022}


def test_filters_by_venue_and_author_hold(library):
    at = discover(library, "graph", Choices(venues=("ICML",))).report.papers
    assert at
    assert all(item.paper.venue.startswith("ICML") for item in at)
    by = discover(library, "graph transformers by Dwivedi").report.papers
    assert by
    assert all(any("Dwivedi" in name for name in item.paper.authors) for item in by)


def test_modes_and_weights_change_the_order_and_are_recorded(library):
    orders = {name: titles(discover(library, QUERY, Choices(mode=name))) for name in
              ("stable", "balanced", "discovery")}  # fmt: skip
    assert orders["stable"] != orders["discovery"]
    weights = "relevance=0,recency=1,novelty=0,authority=0"
    newest = discover(library, QUERY, Choices(weights=weights))
    assert newest.manifest["configuration"]["weights"]["recency"] == 1
    dates = [item.paper.date for item in newest.report.papers[:1]]
    assert dates[0].startswith("2025")


def test_recency_counts_from_the_newest_paper_or_from_the_day_asked_for(library):
    found = discover(library, QUERY)
    assert found.manifest["configuration"]["as_of"] == library.store.papers.date_range()[1]
    early = discover(library, QUERY, Choices(as_of="2021"))
    values = {p.name: p.value for p in early.report.papers[0].parts}
    assert values["recency"] == 1


def test_a_run_leaves_the_same_papers_in_every_format(library, tmp_path):
    found = discover(library, QUERY, Choices(limit=5), out=tmp_path / "run")
    assert {path.name for path in found.folder.iterdir()} == STEP | {"manifest.json", "times.json"}
    rows = json.loads((found.folder / "papers.json").read_text())
    keys = [row["citation_key"] for row in rows]
    table = list(csv.DictReader((found.folder / "papers.csv").open(newline="")))
    assert [row["citation_key"] for row in table] == keys
    bibtex = (found.folder / "papers.bib").read_text()
    markdown = (found.folder / "papers.md").read_text()
    page = (found.folder / "report.html").read_text()
    for key in keys:
        assert f"{{{key}," in bibtex
        assert f"[@{key}]" in markdown
        assert key in page


def test_the_manifest_names_every_file_with_its_hash(library, tmp_path):
    folder = discover(library, QUERY, out=tmp_path / "run").folder
    manifest = json.loads((folder / "manifest.json").read_text())
    assert set(manifest["files"]) == STEP
    for name, digest in manifest["files"].items():
        assert sha256((folder / name).read_bytes()).hexdigest() == digest
    assert manifest["sources"] == [
        {"name": "local", "status": "ok", "papers": manifest["sources"][0]["papers"], "note": ""}
    ]


def test_citation_keys_are_those_of_the_whole_library(library):
    keys = library.citation_keys()
    for item in discover(library, QUERY).report.papers:
        assert keys[item.paper.id] == item.key


def test_discovery_says_when_it_runs_without_vectors_and_when_some_are_missing(tmp_path):
    workspace = find_workspace(tmp_path, create=True)
    (workspace.home / "paperflow.toml").write_text('encoder = "hash"\n')
    workspace.store.papers.add([Paper(title="Graph attention"), Paper(title="Graph networks")])
    assert "by words alone" in discover(workspace, "graph").report.notes[0]
    assert to_embed(workspace) == 2
    assert embed(workspace) == 2
    assert embed(workspace) == 0
    assert discover(workspace, "graph").report.notes == ()
    workspace.store.papers.add([Paper(title="Graph kernels")])
    assert "1 texts have no vector yet" in discover(workspace, "graph").report.notes[0]


def test_a_new_paper_is_found_at_once_by_words_and_after_embedding_by_vectors(tmp_path):
    workspace = find_workspace(tmp_path, create=True)
    (workspace.home / "paperflow.toml").write_text('encoder = "hash"\n')
    workspace.store.papers.add([Paper(title="Graph attention")])
    embed(workspace)
    workspace.store.papers.add([Paper(title="Attention in hypergraphs")])
    fresh = find_workspace(tmp_path)
    assert "Attention in hypergraphs" in titles(discover(fresh, "hypergraphs"))
    embed(fresh)
    again = find_workspace(tmp_path)
    assert titles(discover(again, "hypergraphs"))[0] == "Attention in hypergraphs"


def test_what_can_not_be_looked_for_is_said_with_a_hint(library, tmp_path):
    with pytest.raises(NotReady, match="empty"):
        discover(find_workspace(tmp_path, create=True), "graph")
    with pytest.raises(BadInput, match="--since can't be 'soon'"):
        discover(library, QUERY, Choices(since="soon"))
    with pytest.raises(UnknownName, match="no mode"):
        discover(library, QUERY, Choices(mode="wild"))
    with pytest.raises(BadInput, match="weight"):
        discover(library, QUERY, Choices(weights="relevance=-1"))
    with pytest.raises(UnknownName, match="no source") as caught:
        discover(library, QUERY, Choices(sources=("nowhere",)))
    assert caught.value.hint.startswith("known: arxiv, ")
    for wrong in ("2020-13", "2020-02-30", "20", "2020-1"):
        with pytest.raises(BadInput, match="--until can't be"):
            discover(library, QUERY, Choices(until=wrong))
    with pytest.raises(BadInput, match="--since can't be"):
        discover(library, f"{QUERY} since:foo")
    with pytest.raises(BadInput, match="nothing is since 2022 and until 2020"):
        discover(library, QUERY, Choices(since="2022", until="2020"))


def test_a_source_that_only_the_query_names_is_skipped_when_it_is_not_there(library):
    found = discover(library, "graph transformers on arXiv")
    assert [(item.name, item.status) for item in found.report.sources] == [
        ("arxiv", "skipped"),
        ("local", "ok"),
    ]
    assert found.report.papers


def test_every_source_on_the_web_can_be_named_in_a_query(library):
    assert set(known_sources()) <= set(NAMES_OF_SOURCES.values())
    for spoken, name in NAMES_OF_SOURCES.items():
        assert parse_intent(f"graph transformers on {spoken}").sources == (name,)


def test_a_collection_that_is_imported_is_no_source_to_ask(library):
    found = discover(library, "graph transformers in the ACL Anthology")
    assert [item.name for item in found.report.sources] == ["local"]


@pytest.mark.parametrize("query", ["2023", "graph transformers 2023"])
def test_a_year_at_the_end_of_the_query_is_a_date(library, query):
    found = discover(library, query)
    assert {item.paper.year for item in found.report.papers} == {2023}


def test_a_folder_with_files_of_the_users_is_not_written_to(library, tmp_path):
    (tmp_path / "papers.bib").write_text("mine")
    (tmp_path / "manifest.json").write_text('{"mine": 1}')
    with pytest.raises(BadInput, match="holds other files"):
        discover(library, QUERY, out=tmp_path)
    assert (tmp_path / "papers.bib").read_text() == "mine"
    run = discover(library, QUERY, out=tmp_path / "run").folder
    assert discover(library, "power law", out=run).folder == run


def test_a_search_by_words_that_was_asked_for_is_not_called_a_lack(library):
    found = discover(library, QUERY, Choices(dense=False))
    assert found.report.notes == ("searched by words alone, as asked",)


def test_a_query_that_finds_nothing_gives_an_empty_list_and_all_files(library, tmp_path):
    found = discover(library, "zzzyx qqqwv", out=tmp_path / "run")
    assert found.report.papers == ()
    assert {path.name for path in found.folder.iterdir()} >= STEP


SCRIPT = """
import sys
from pathlib import Path
from paperflow.discovery import discover
from paperflow.workspace import find_workspace
discover(find_workspace(Path(sys.argv[1])), sys.argv[2], out=Path(sys.argv[3]))
"""


def test_two_processes_on_different_days_leave_the_same_bytes(library, tmp_path):
    faketime = need("faketime")
    runs = []
    for number, (seed, zone, day) in enumerate(
        [
            ("1", "Pacific/Auckland", "2027-02-28 23:59:59"),
            ("2", "America/Lima", "2031-01-01 00:00:00"),
        ]
    ):
        folder = tmp_path / f"run{number}"
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone}
        command = [faketime, "-f", f"@{day}", sys.executable]
        subprocess.run(
            [*command, "-c", SCRIPT, str(library.folder), QUERY, str(folder)],
            env=environment, check=True,
        )  # fmt: skip
        runs.append({p.name: p.read_bytes() for p in folder.iterdir() if p.name != "times.json"})
    assert set(runs[0]) == STEP | {"manifest.json"}
    assert runs[0] == runs[1]


class Elsewhere:
    def __init__(self, web):
        assert web.contact == ""

    def search(self, query, *, limit):
        return [Paper(title=f"{query}, elsewhere", year=2024, sources=("elsewhere",))]


class Broken(Elsewhere):
    def search(self, query, *, limit):
        raise sources.SourceError("asks to slow down", status="rate_limited")


def test_what_another_source_answers_is_merged_and_a_broken_one_is_reported(tmp_path, monkeypatch):
    workspace = find_workspace(tmp_path, create=True)
    add_files(workspace, [str(DEMO)])
    parts = {"elsewhere": f"{__name__}:Elsewhere", "broken": f"{__name__}:Broken"}
    monkeypatch.setattr(sources, "SOURCES", Registry("source", parts))
    found = discover(workspace, "sheaf diffusion", Choices(sources=("elsewhere", "broken")))
    assert titles(found)[0] == "sheaf diffusion, elsewhere"
    states = {item.name: item.status for item in found.report.sources}
    assert states == {"elsewhere": "ok", "broken": "rate_limited", "local": "ok"}
