"""The tools that models call, in LangChain's agents and over MCP: one table, TOOLS.

Each calls the function that the command of the same purpose calls. What comes from papers
stands between delimiters, and lists come in pages. Here are those that only read; `changes` has
the others.
"""

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from paperflow.agents.changes import (
    EXPORTS,
    add_paper,
    discover,
    export,
    export_path,
    may_add,
    may_discover,
    may_export,
)
from paperflow.agents.tool import Ask, Limit, Query, Tool, langchain_tool
from paperflow.agents.tool_text import (
    page_of,
    prediction_line,
    quote_lines,
    reading_lines,
    result,
    scored_line,
    work_lines,
)
from paperflow.reports.text import counted
from paperflow.workspace import Workspace

if TYPE_CHECKING:
    from langchain_core.tools import BaseTool

    from paperflow.learning import Predicted

__all__ = ["EXPORTS", "TOOLS", "export_path", "langchain_tools"]

_POOL = 100  # entries that a search or a list has, in all its pages

PaperName = Annotated[
    str,
    Field(description="A paper of the library: its id, citation key, DOI, arXiv id, or title."),
]
Concept = Annotated[
    str, Field(description="A concept, method, task, dataset, or metric, as papers call it.")
]
Page = Annotated[int, Field(ge=1, description="Which page of the list, from 1.")]
Shared = Annotated[int, Field(ge=1, le=10, description="How many must be shared, at least.")]


def search_library(workspace: Workspace, query: Query, page: Page = 1) -> str:
    """Find papers in the user's library by topic, author, venue, or year.

    Returns papers, best first, each with its citation key and id, ten a page. Use it first, and
    read_paper with an id to see what a paper says.
    """
    from paperflow.discovery import Choices, rank
    from paperflow.discovery.plan import LOCAL

    found = rank(workspace, query, Choices(sources=(LOCAL,), limit=_POOL))
    shown, head = page_of(found.report.papers, page, "paper", " of the library, best first")
    return result(head, "papers", map(scored_line, shown))


def ask_library(
    workspace: Workspace,
    question: Annotated[str, Field(description="A whole question, in words.", max_length=1000)],
    limit: Annotated[int, Field(ge=1, le=20, description="At most this many quotes.")] = 5,
) -> str:
    """Find the sentences of the user's library that answer a question.

    Returns quotes, each with citation key and place, or says that the library does not say. Quote
    them word for word; do not answer from memory where the library does not say.
    """
    from paperflow.answers import ask

    answer = ask(workspace, question, limit=limit)
    head = answer.refusal or f"{counted(len(answer.quotes), 'quote')}, best first"
    return result(head, "quotes", quote_lines(answer.quotes))


def read_paper(
    workspace: Workspace,
    paper: PaperName,
    page: Annotated[int, Field(ge=1, description="Which page of the text, from 1.")] = 1,
    section: Annotated[
        str, Field(description="Only sections whose heading holds this; empty: the whole text.")
    ] = "",
) -> str:
    """Read a paper of the library: its record, its headings, and a page of its text.

    Each passage has a mark [¶number, page]. A paper without full text has its abstract alone.
    """
    from paperflow.answers.reading import read

    found = read(workspace, paper, page=page, section=section)
    more = f"; page={page + 1} goes on" if page < found.pages else ""
    head = f"page {page} of {found.pages}{more}"
    return result(head, f"paper {found.key}", reading_lines(found))


def citing_papers(workspace: Workspace, paper: PaperName, page: Page = 1) -> str:
    """List the papers of the library that cite a paper, with a sentence that does so."""
    from paperflow.answers.citations import citing

    shown, head = page_of(citing(workspace, paper), page, "paper", " of the library citing it")
    return result(head, "citing papers", (line for work in shown for line in work_lines(work)))


def cited_by(workspace: Workspace, paper: PaperName, page: Page = 1) -> str:
    """List the works that a paper cites, those in the library first.

    This is the paper's own list of references; citing_papers is the other way round.
    """
    from paperflow.answers.citations import cited

    shown, head = page_of(cited(workspace, paper), page, "work", " cited by it")
    return result(head, "cited works", (line for work in shown for line in work_lines(work)))


def concept_neighbours(
    workspace: Workspace, concept: Concept, s: Shared = 1, page: Page = 1
) -> str:
    """List what stands in the same statements as a concept, and in how many (at least s)."""
    from paperflow.answers.network import nodes_beside
    from paperflow.answers.statements import Filter

    found, notes = nodes_beside(workspace, concept, Filter(), s=s, limit=_POOL)
    shown, head = page_of(found["neighbours"], page, "node", " beside it, the closest first")
    lines = (f"{n['label']} ({n['type']}): {n['shared']} shared id={n['id']}" for n in shown)
    return result(head, "neighbours", lines, notes)


def s_path(
    workspace: Workspace,
    source: Concept,
    target: Concept,
    s: Shared = 1,
    k: Annotated[int, Field(ge=1, le=10, description="At most this many paths.")] = 3,
) -> str:
    """Show how two concepts are joined, statement by statement, each with its quote.

    Neighbouring statements of a path share at least s concepts; a larger s gives fewer and
    stricter paths.
    """
    from paperflow.answers.connect import Route, connect

    found, notes = connect(workspace, source, target, Route(s=s, k=k))
    return result(counted(len(found.routes), "path"), "paths", [found.as_text()], notes)


def hyperedges_of(workspace: Workspace, concept: Concept, page: Page = 1) -> str:
    """List the statements in which a concept stands, the latest first.

    Each has its relation, who takes part, and the sentence it was read from.
    """
    from paperflow.answers.connect import statements_of

    found, notes = statements_of(workspace, concept, limit=_POOL)
    shown, head = page_of(found.steps, page, "statement", ", the latest first")
    left = f" ({found.left_out} older ones are not listed)" if found.left_out else ""
    lines = (line for step in shown for line in step.as_lines())
    return result(f"{head}{left}", "statements", lines, notes)


def predict_links(
    workspace: Workspace,
    paper: Annotated[
        str, Field(description="For this paper (id, key, DOI, …); empty: for the whole library.")
    ] = "",
    limit: Limit = 10,
) -> str:
    """Predict citations that are missing: which works a paper should cite and does not.

    These are guesses of a model, each with its reason, not facts; say so when you report them.
    """
    from paperflow.learning import predict_links as predict

    name = workspace.paper_id(paper) if paper else None
    return _predicted(predict(workspace, name, limit=limit))


def recommend(workspace: Workspace, limit: Limit = 10) -> str:
    """Recommend what to read next, from what the library holds, each with its reason."""
    from paperflow.learning import recommend as recommended

    return _predicted(recommended(workspace, limit=limit))


def _predicted(found: "Predicted") -> str:
    head = f"{counted(len(found.items), 'prediction')}, the likeliest first"
    made_by = dict.fromkeys([found.note, *(item.model for item in found.items)])
    return result(
        head, "predictions", map(prediction_line, found.items), list(filter(None, made_by))
    )


TOOLS = {
    tool.name: tool
    for tool in (
        Tool(search_library, "Search the library"),
        Tool(ask_library, "Answer from the library"),
        Tool(discover, "Discover papers", may_discover, leaves_machine=True),
        Tool(read_paper, "Read a paper"),
        Tool(citing_papers, "Who cites a paper"),
        Tool(cited_by, "What a paper cites"),
        Tool(concept_neighbours, "What stands beside a concept"),
        Tool(s_path, "How two concepts are joined"),
        Tool(hyperedges_of, "Statements about a concept"),
        Tool(predict_links, "Predict missing citations"),
        Tool(recommend, "Recommend what to read"),
        Tool(add_paper, "Add a paper", may_add, leaves_machine=True),
        Tool(export, "Export the library", may_export, replaces=True),
    )
}


def langchain_tools(workspace: Workspace, ask: Ask | None = None) -> "list[BaseTool]":
    """Return all tools for LangChain's agents, bound to a library.

    `ask` puts a question to the person before a tool writes or leaves the machine; without
    it, such calls are refused.
    """
    return [langchain_tool(tool, workspace, ask) for tool in TOOLS.values()]
