"""What a user asks of the hypergraph: paths, neighbours, components, hubs, the power law."""

import json
from itertools import pairwise
from pathlib import Path

import pytest
from typer.testing import CliRunner

from paperflow.answers.connect import Route, connect
from paperflow.answers.network import central_nodes, joined_parts, nodes_beside, power_law
from paperflow.answers.statements import Filter
from paperflow.cli import app
from paperflow.errors import BadInput, NotReady, UnknownName
from paperflow.records import Paper
from paperflow.workspace import find_workspace
from tests.graphs.library import say

TERMS = {name: ("concept", name) for name in ("silk", "hydrogel", "chitosan", "ceria", "steel")}
ALL = Filter()


def parts(*names):
    roles = ("subject", "object", "context")
    return [(TERMS[name], role) for name, role in zip(names, roles, strict=False)]


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """Four papers, of which none names both silk and ceria; steel stands alone."""
    workspace = find_workspace(tmp_path_factory.mktemp("silk"), create=True)
    for year, title, relation, names in (
        (2019, "Silk gels", "form", ("silk", "hydrogel")),
        (2020, "Chitosan gels", "strengthen", ("chitosan", "hydrogel", "silk")),
        (2021, "Ceria in chitosan", "load", ("ceria", "chitosan", "hydrogel")),
        (2022, "Steel", "rust", ("steel",)),
    ):
        terms = {TERMS[name]: {} for name in names}
        paper = Paper(title=title, year=year, authors=("Ann Lee",))
        say(workspace.store, paper, f"{title} are known.", terms, (), [(relation, parts(*names))])
    return workspace


def labels(step):
    return {member.label for member in step.members}


def test_a_path_goes_through_statements_that_share_concepts(library):
    found, notes = connect(library, "silk", "ceria")
    first = found.routes[0]
    assert notes == []
    assert "silk" in labels(first[0])
    assert "ceria" in labels(first[-1])
    for left, right in pairwise(first):
        assert set(left.labels(left.shared)) == labels(left) & labels(right)


def test_a_path_quotes_each_statement_with_its_key_and_roles(library):
    step = connect(library, "silk", "ceria", Route(s=2))[0].routes[0][0]
    assert (step.relation, step.quote, step.year) == (
        "strengthen", "Chitosan gels are known.", 2020,
    )  # fmt: skip
    assert step.key == library.citation_keys()[step.paper_id]
    assert {m.label: m.roles for m in step.members}["chitosan"] == ("subject",)


def test_sharing_more_concepts_leaves_fewer_paths(library):
    counts = [len(connect(library, "silk", "ceria", Route(s=s, k=9))[0].routes) for s in (1, 2, 3)]
    assert counts == [2, 1, 0]


def test_no_path_comes_twice(library):
    routes = connect(library, "silk", "ceria", Route(k=9))[0].routes
    ids = [tuple(step.id for step in route) for route in routes]
    assert len(set(ids)) == len(ids)
    assert [len(route) for route in routes] == [2, 2]


def test_paths_keep_to_years_and_relations(library):
    assert connect(library, "silk", "ceria", part=Filter(until=2020))[0].routes == ()
    part = Filter(relations=("form", "load"))
    assert [len(route) for route in connect(library, "silk", "ceria", part=part)[0].routes] == [2]


def test_paths_go_through_what_is_asked_and_around_what_is_not_wanted(library):
    around = connect(library, "silk", "hydrogel", Route(k=9, avoid=("chitosan",)))[0]
    assert [[step.relation for step in route] for route in around.routes] == [["form"]]
    through = connect(library, "silk", "hydrogel", Route(k=9, through=("chitosan",)))[0]
    assert [[step.relation for step in route] for route in through.routes] == [["strengthen"]]


def test_a_name_known_by_its_key_is_answered_from_the_files_alone(library, monkeypatch):
    connect(library, "silk", "ceria")
    monkeypatch.setattr("paperflow.answers.connect.hypergraph", None)
    monkeypatch.setattr("paperflow.graphs.hypergraph.upkeep.build_snapshot", None)
    assert connect(library, " Silk", "CERIA")[0].routes
    assert list((library.index / "hypergraph").glob("arrays-*/edge_nodes.npy"))


def test_no_path_is_said_so(library):
    found, _ = connect(library, "silk", "steel")
    assert found.routes == ()
    assert found.as_text().startswith("no statements that share")


def test_a_misspelt_name_is_found_and_told(library):
    found, notes = connect(library, "silkk", "ceria")
    assert found.ends[0].label == "silk"
    assert notes == ["nothing is called 'silkk'; 'silk' is the nearest"]


def test_an_ambiguous_name_is_told_with_what_else_it_could_mean(tmp_path):
    workspace = find_workspace(tmp_path, create=True)
    both = {("concept", "graph"): {}, ("method", "graph"): {}, ("concept", "tree"): {}}
    members = [(term, "subject") for term in both]
    say(workspace.store, Paper(title="Graphs"), "Graphs are trees.", both, (), [("be", members)])
    notes = connect(workspace, "graph", "tree")[1]
    assert notes == ["'graph' is taken for graph (concept); it could also mean: graph (method)"]


def test_two_names_of_one_concept_are_refused(library):
    with pytest.raises(BadInput, match="are both 'silk'"):
        connect(library, "silk", "Silk")


def test_an_unknown_concept_is_refused_with_the_nearest(library):
    with pytest.raises(UnknownName, match="no node named 'zirconium'"):
        connect(library, "zirconium", "silk")


def test_a_library_without_statements_is_not_ready(tmp_path):
    workspace = find_workspace(tmp_path, create=True)
    workspace.store.papers.add([Paper(title="A")])
    with pytest.raises(NotReady, match="no statements"):
        central_nodes(workspace, ALL)


def test_neighbours_are_counted_in_statements(library):
    found, _ = nodes_beside(library, "hydrogel", ALL)
    assert found["node"]["degree"] == 3
    shared = {item["label"]: item["shared"] for item in found["neighbours"]}
    assert shared == {"silk": 2, "chitosan": 2, "ceria": 1}
    assert nodes_beside(library, "hydrogel", ALL, s=2)[0]["count"] == 2


def test_components_count_statements_and_nodes(library):
    found = joined_parts(library, ALL)
    assert found["statements"] == {"components": 2, "of_several": 1, "largest": 3, "counted": 4}
    assert found["nodes"] == {"components": 2, "of_several": 1, "largest": 4, "counted": 5}
    assert found["largest"][0]["hubs"][0] == "hydrogel"
    assert joined_parts(library, ALL, s=3)["statements"]["components"] == 2


def test_hubs_come_by_degree(library):
    found = central_nodes(library, ALL, limit=2)
    assert (found[0]["label"], found[0]["degree"]) == ("hydrogel", 3)
    assert len(found) == 2


def test_the_power_law_of_each_year_is_of_all_years_before(demo):
    by_year = power_law(demo, ALL, by="year", draws=0)
    whole = power_law(demo, ALL, draws=0)["all"]
    assert list(by_year) == sorted(by_year)
    sizes = [fit.fit.size for fit in by_year.values() if fit]
    assert sizes == sorted(sizes)
    assert whole.fit.size >= sizes[-1]


def test_the_power_law_of_a_part_without_degrees_is_none(library):
    assert power_law(library, ALL, by="relation", draws=0)["rust"] is None


def test_an_unknown_part_is_refused(library):
    with pytest.raises(UnknownName, match="no part by 'colour'"):
        power_law(library, ALL, by="colour")


@pytest.fixture
def run(library):
    def invoke(*arguments):
        result = CliRunner().invoke(app, [*arguments, "-w", str(library.folder)])
        assert result.exit_code == 0, result.output
        return result.stdout

    return invoke


def test_commands_print_json(run):
    path = json.loads(run("path", "silk", "ceria", "-k", "2", "--json"))
    assert [step["relation"] for step in path["routes"][0]]
    assert json.loads(run("graph", "neighbours", "silk", "--json"))["count"] == 2
    assert json.loads(run("graph", "components", "--json"))["s"] == 1
    assert json.loads(run("graph", "hubs", "--limit", "1", "--json"))[0]["label"] == "hydrogel"
    told = json.loads(run("graph", "powerlaw", "--draws", "5", "--json"))
    assert told["all"]["maximum_likelihood"]["repeats"] == 5


def test_commands_print_text(run):
    assert "“Chitosan gels are known.”" in run("path", "silk", "ceria")
    assert "chitosan" in run("graph", "neighbours", "silk")
    assert "hydrogel" in run("graph", "components")
    assert "hydrogel" in run("graph", "hubs")
    assert "least squares" in run("graph", "powerlaw", "--draws", "0")


def test_the_power_law_is_drawn_into_a_file(run, tmp_path):
    run("graph", "powerlaw", "--draws", "0", "--plot", str(tmp_path / "law.svg"))
    assert (tmp_path / "law.svg").read_text(encoding="utf-8").startswith("<svg")


def test_statements_around_a_concept_are_drawn_by_hypernetx(run, tmp_path):
    pytest.importorskip("hypernetx")
    run("graph", "neighbours", "ceria", "--draw", str(tmp_path / "near.svg"))
    picture = (tmp_path / "near.svg").read_text(encoding="utf-8")
    assert "<svg" in picture
    assert all(f">{name}<" in picture for name in ("ceria", "chitosan", "hydrogel", "load"))
    assert ">steel<" not in picture


def test_the_report_draws_a_path(run, tmp_path):
    run("report", "--path", "silk", "ceria", "--out", str(tmp_path / "report.html"))
    page = Path(tmp_path / "report.html").read_text(encoding="utf-8")
    assert 'id="connection"' in page
    assert page.count('class="hulls"') == 2
