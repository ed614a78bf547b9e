"""Every declared type is produced by some real paper, and a store of them is sound."""

import tarfile
from collections import Counter

import pytest

from paperflow import analysis
from paperflow.discovery import add_files
from paperflow.extract import ENTITY_TYPES, RELATION_TYPES
from paperflow.graphs.coverage import coverage, together
from paperflow.workspace import find_workspace
from tests.conftest import DATA

SAMPLE = "unarXive_data_sample/arXiv_src_2212_086.jsonl"
LINES = 12  # papers of the sample


@pytest.fixture(scope="module")
def real_library(tmp_path_factory):
    """Return a library of real full texts: JATS, LaTeX, and unarXive, analysed."""
    folders = [DATA / name for name in ("jats", "pdf-latex", "unarxive-sample")]
    if not all(folder.exists() for folder in folders):
        pytest.skip("real data not found (set PAPERFLOW_TEST_DATA)")
    workspace = find_workspace(tmp_path_factory.mktemp("real"), create=True)
    (workspace.home / "paperflow.toml").write_text('encoder = "hash"\nworkers = 1\n')
    some = workspace.folder / "some.jsonl"
    with tarfile.open(folders[2] / "unarXive_data_sample.tar.gz") as packed:
        lines = packed.extractfile(SAMPLE).read().splitlines(keepends=True)
    some.write_bytes(b"".join(lines[:LINES]))
    files = [str(folders[0]), *map(str, sorted(folders[1].glob("*.tex"))), str(some)]
    assert not add_files(workspace, files).failures
    assert not analysis.analyze(workspace).failures
    return workspace


def test_every_declared_type_is_produced_by_a_real_paper(real_library, demo):
    stores = (real_library.store.facts, demo.store.facts)
    nodes = {entity.type for facts in stores for entity in facts.entities()}
    edges = {relation.type for facts in stores for relation in facts.relations()}
    assert nodes == set(ENTITY_TYPES)
    assert edges == set(RELATION_TYPES)


def test_all_types_but_the_rarest_come_from_full_texts(real_library):
    counts = Counter(entity.type for entity in real_library.store.facts.entities())
    assert set(ENTITY_TYPES) == set(counts)
    edges = {relation.type for relation in real_library.store.facts.relations()}
    assert set(RELATION_TYPES) - edges <= {"contradicts", "supports", "published_in"}


def test_a_store_of_real_papers_is_sound(real_library):
    facts = real_library.store.facts
    texts = {passage.id: passage.text for passage in facts.passages()}
    entities = {entity.id: entity for entity in facts.entities()}
    for edge in facts.relations():
        assert {edge.source, edge.target} <= entities.keys()
        for item in edge.evidence:
            assert item.quote
            assert texts[item.passage_id][item.start : item.end] == item.quote
    assert analysis.examine(real_library)["problems"] == []


def test_real_equations_figures_tables_and_references_are_covered(real_library):
    found = together(coverage(real_library.store))
    assert set(found) >= {"section", "figure", "table", "equation", "reference"}
    for kind, least in (("section", 0.8), ("figure", 0.3), ("reference", 0.6)):
        linked, total = found[kind]
        assert linked / total > least, kind
    assert found["equation"][0] > 0
