"""The tools of models: what they say of themselves, what they return, and whom they ask."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from paperflow.agents.tool import NOT_ALLOWED, Tool, ToolFailed
from paperflow.agents.tool_text import MOST, PAGE, cut, page_of, result
from paperflow.agents.tools import EXPORTS, TOOLS, export_path, langchain_tools
from paperflow.cli import app
from paperflow.errors import BadInput
from paperflow.records import Paper
from paperflow.workspace import find_workspace
from tests.sources.loopback import Loopback
from tests.sources.services import SERVICES
from tests.sources.world import finder, papers

WANTED = """search_library discover read_paper citing_papers cited_by concept_neighbours s_path
    hyperedges_of predict_links recommend add_paper export""".split()
READS = {
    "search_library": {"query": "graph transformers"},
    "ask_library": {"question": "Which graph transformers scale to large graphs?"},
    "read_paper": {"paper": "arxiv:2010.12455"},
    "citing_papers": {"paper": "arxiv:2010.12455"},
    "cited_by": {"paper": "milano_primal_2020"},
    "concept_neighbours": {"concept": "graph transformer"},
    "s_path": {"source": "virtual node", "target": "scaling law", "k": 1},
    "hyperedges_of": {"concept": "graph transformer"},
    "predict_links": {"limit": 3},
    "recommend": {"limit": 3},
}
CHANGES = {
    "add_paper": {"name": "10.1000/graphs.0"},
    "export": {"format": "bib"},
    "discover": {"query": "graphs", "sources": "crossref"},
}


def call(workspace, name, ask=None, /, **arguments):
    return TOOLS[name].ask_and_run(workspace, arguments, ask)


def state(workspace):
    """Return what the library holds and which files lie in its folder."""
    files = {path for path in workspace.folder.rglob("*") if ".sqlite" not in path.name}
    return workspace.store.revision, files


def ids(text):
    return re.findall(r"id=(\S+?)(?:;|$)", text, re.MULTILINE)


def test_every_tool_is_there_and_marked():
    assert set(WANTED) <= set(TOOLS)
    assert {name for name, tool in TOOLS.items() if tool.read_only} == {
        *READS,
        "predict_links",
        "recommend",
    }
    assert {name for name, tool in TOOLS.items() if tool.asks_first} == set(CHANGES)
    assert {name for name, tool in TOOLS.items() if tool.leaves_machine} == {
        "add_paper",
        "discover",
    }


@pytest.mark.parametrize("tool", TOOLS.values(), ids=list(TOOLS))
def test_a_tool_tells_the_model_what_it_does_and_what_it_takes(tool):
    assert len(tool.description.splitlines()[0]) > 20
    for parameter in tool.signature.parameters.values():
        (field,) = parameter.annotation.__metadata__
        assert field.description.endswith((".", "…"))


@pytest.mark.parametrize("name", READS)
def test_a_result_is_short_and_delimits_what_papers_say(demo, name):
    text = call(demo, name, **READS[name])
    head, _, body = text.partition("\n")
    assert len(text) < MOST + 300
    assert not body or (body.startswith("<data name=") and body.endswith("\n</data>"))
    assert "<data" not in head


def test_a_search_lists_what_the_command_lists_and_its_ids_can_be_read(demo, tmp_path):
    options = ["--limit", "5", "--json", "-w", str(demo.folder), "--out", str(tmp_path / "run")]
    ran = CliRunner().invoke(app, ["discover", "graph transformers", *options])
    command = [paper["id"] for paper in json.loads(ran.stdout)["papers"] if paper["rank"] <= 5]
    found = ids(call(demo, "search_library", query="graph transformers"))
    assert found[:5] == command
    assert all(f"id={id}" in call(demo, "read_paper", paper=id) for id in found[:3])


def test_pages_follow_one_another_and_end(demo):
    first = ids(call(demo, "search_library", query="graphs"))
    second = ids(call(demo, "search_library", query="graphs", page=2))
    assert len(first) == PAGE
    assert not set(first) & set(second)
    with pytest.raises(ToolFailed, match="there is no page 99"):
        call(demo, "search_library", query="graphs", page=99)


@given(st.lists(st.integers()), st.integers(1, 9))
def test_every_entry_stands_on_one_page(items, page):
    pages = max(1, -(-len(items) // PAGE))
    if page > pages:
        with pytest.raises(BadInput):
            page_of(items, page, "number")
    shown = [page_of(items, number, "number") for number in range(1, pages + 1)]
    assert [item for part, _ in shown for item in part] == items
    assert [f"page={n + 1} has more" in line for n, (_, line) in enumerate(shown, 1)] == (
        [True] * (pages - 1) + [False]
    )


@given(st.text(), st.integers(1, 50))
def test_what_is_cut_says_so(text, most):
    short = cut(text, most)
    assert short[:most] == text[:most]
    assert ("more characters are left out]" in short) >= (len(text) > most)
    assert short == text or len(text) > most


def test_a_long_result_is_cut_inside_its_delimiters():
    text = result("head", "papers", ["word " * MOST])
    assert text.endswith("more characters are left out]\n</data>")


def test_a_long_paper_is_read_page_by_page(tmp_path):
    workspace = find_workspace(tmp_path, create=True)
    words = [f"word{n}" for n in range(3000)]
    workspace.store.papers.add([Paper(title="Long", abstract=" ".join(words))])
    first = call(workspace, "read_paper", paper="Long")
    pages = int(re.match(r"page 1 of (\d+); page=2 goes on", first)[1])
    texts = [call(workspace, "read_paper", paper="Long", page=n + 1) for n in range(pages)]
    joined = "".join(re.search(r"\[¶1\] (.*)\n</data>$", text, re.DOTALL)[1] for text in texts)
    assert joined == " ".join(words)


def test_a_section_that_is_not_there_names_those_that_are(demo):
    with pytest.raises(ToolFailed, match="known: abstract"):
        call(demo, "read_paper", paper="milano_primal_2020", section="methods")


def test_what_cites_a_paper_is_the_other_side_of_what_it_cites(library):
    cited = Paper(title="The cited one", doi="10.1000/cited", year=2000)
    citing = Paper(title="The citing one", year=2001, references=("doi:10.1000/cited",))
    library.store.papers.add([cited, citing])
    assert "The citing one (2001)" in call(library, "citing_papers", paper="10.1000/cited")
    assert "The cited one (2000)" in call(library, "cited_by", paper="The citing one")
    assert call(library, "cited_by", paper="10.1000/cited").startswith("0 works")


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("read_paper", {"paper": "nobody2020"}, "no paper 'nobody2020'"),
        ("s_path", {"source": "virtual node", "target": "qqqq"}, "no node named 'qqqq'"),
        ("concept_neighbours", {"concept": " "}, "a name is needed"),
        ("export", {"format": "bibb"}, "did you mean 'bib'"),
        ("discover", {"query": "graphs", "sources": "arxi"}, "did you mean 'arxiv'"),
        ("add_paper", {"name": "a title"}, "no DOI and no arXiv id"),
    ],
)
def test_what_can_be_mended_is_told_in_words(demo, name, arguments, said):
    with pytest.raises(ToolFailed) as caught:
        call(demo, name, lambda question: True, **arguments)
    assert said in str(caught.value)
    assert "Traceback" not in str(caught.value)


def test_a_fault_of_the_program_tells_its_name_alone(demo, monkeypatch, caplog):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-12345678")

    def broken(workspace):
        raise RuntimeError("the key is sk-12345678")

    with pytest.raises(ToolFailed) as caught:
        Tool(broken, "Broken").run(demo, {})
    assert str(caught.value) == "paperflow itself failed here: RuntimeError"
    assert "the key is [OPENAI_API_KEY]" in caplog.text


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("ask", [None, lambda question: False], ids=["nobody", "no"])
def test_nothing_is_written_or_asked_for_without_consent(library, name, ask):
    before = state(library)
    with pytest.raises(ToolFailed, match=NOT_ALLOWED):
        call(library, name, ask, **CHANGES[name])
    assert state(library) == before


def test_a_discovery_in_the_library_alone_asks_nobody(library):
    text = call(library, "discover", query="power laws", limit=3)
    folder = re.search(r"report (\S+)", text)[1]
    assert (library.runs / folder / "report.html").exists()


def test_a_person_who_agrees_gets_the_paper_and_the_export(library, monkeypatch):
    with Loopback(lambda seen: SERVICES["crossref"](finder(papers(3)), seen)) as server:
        monkeypatch.setenv("PAPERFLOW_MIRRORS", f"crossref={server.url}")
        asked = []
        text = call(library, "add_paper", lambda question: not asked.append(question),
                    name="https://doi.org/10.1000/graphs.1")  # fmt: skip
    assert asked == ["Look up doi:10.1000/graphs.1 on the web and add it?"]
    assert text == "added 1, merged 0, unchanged 0"
    assert "On Graphs" in call(library, "read_paper", paper="10.1000/graphs.1")
    written = call(library, "export", lambda question: True, format="bib", file="mine.bib")
    assert written == f"wrote {EXPORTS}/mine.bib"
    assert "10.1000/graphs.1" in (library.folder / EXPORTS / "mine.bib").read_text("utf-8")


@given(
    st.text(max_size=40) | st.sampled_from(["../x", "/etc/passwd", "a/../../b", "..", ".bashrc"])
)
def test_an_export_never_leaves_its_folder(demo, name):
    try:
        target = export_path(demo, "bib", name)
    except BadInput:
        return
    assert target.parent == demo.folder / EXPORTS
    assert target.suffix == ".bib"


def test_an_export_follows_no_link(library, tmp_path):
    (tmp_path / "outside").mkdir()
    (library.folder / EXPORTS).symlink_to(tmp_path / "outside")
    with pytest.raises(ToolFailed, match="leads elsewhere"):
        call(library, "export", lambda question: True)
    assert not list((tmp_path / "outside").iterdir())


def test_langchain_gets_every_tool_with_its_schema(demo):
    tools = {tool.name: tool for tool in langchain_tools(demo)}
    assert tools.keys() == TOOLS.keys()
    schema = tools["s_path"].tool_call_schema.model_json_schema()
    assert schema["required"] == ["source", "target"]
    assert all("description" in field for field in schema["properties"].values())


@pytest.mark.parametrize(
    ("name", "arguments", "status", "said"),
    [
        ("search_library", {"query": "graph transformers"}, "success", "<data name="),
        ("read_paper", {"paper": "nobody2020"}, "error", "no paper 'nobody2020'"),
        ("read_paper", {"paper": "x", "page": 0}, "error", "wrong arguments: page"),
        ("read_paper", {}, "error", "wrong arguments: paper"),
        ("export", {"format": "bib"}, "error", NOT_ALLOWED),
    ],
)
def test_langchain_s_model_is_told_what_happened(demo, name, arguments, status, said):
    tools = {tool.name: tool for tool in langchain_tools(demo)}
    told = tools[name].invoke({"name": name, "args": arguments, "id": "1", "type": "tool_call"})
    assert (told.status, said in told.content) == (status, True)


@pytest.mark.parametrize(
    "arguments",
    [["read", "milano_primal_2020"], ["graph", "citations", "milano_primal_2020"],
     ["graph", "statements", "graph transformer"]],
)  # fmt: skip
def test_the_same_can_be_seen_from_the_command_line(demo, arguments):
    folder = ["-w", str(demo.folder)]
    shown = CliRunner().invoke(app, [*arguments, *folder])
    assert shown.exit_code == 0, shown.output
    assert json.loads(CliRunner().invoke(app, [*arguments, *folder, "--json"]).stdout)
