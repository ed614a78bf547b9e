"""The tools that write or leave the machine, each with the question that a person answers first.

Nothing is written outside the workspace and its folder of exports, no file is read by name, and
no address is opened but through the guarded client.
"""

import re
from pathlib import Path
from typing import Annotated

from pydantic import Field

from paperflow.agents.tool import Limit, Query
from paperflow.agents.tool_text import result, scored_line
from paperflow.errors import BadInput
from paperflow.workspace import Workspace

EXPORTS = "exports"  # the folder beside the workspace's own that exports go to
_AT_ONCE = 100  # papers that are analysed while the model waits
_GRAPH_FORMATS = ("graphml", "hif")
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def discover(
    workspace: Workspace,
    query: Query,
    sources: Annotated[
        str,
        Field(
            description="Services to ask as well, commas between: arxiv, openalex, crossref, "
            "semantic_scholar, dblp, europepmc, … Empty: the library alone."
        ),
    ] = "",
    limit: Limit = 10,
) -> str:
    """Make a ranked list of papers, from the library and, if named, from services on the web.

    What services find is added to the library. Leaves a folder with the list as JSON, CSV, BibTeX,
    Markdown, and HTML. The person is asked before any service is. To look something up in
    the library, search_library is enough.
    """
    from paperflow.discovery import Choices
    from paperflow.discovery import discover as find
    from paperflow.discovery.plan import LOCAL, listed
    from paperflow.reports.text import counted

    names = listed(sources)
    found = find(workspace, query, Choices(sources=names or (LOCAL,), limit=limit))
    went = "; ".join(
        f"{a.name}: {a.status}, {counted(len(a.papers), 'paper')}" for a in found.answers
    )
    head = f"{counted(len(found.report.papers), 'paper')} listed"
    head = f"{head} ({went}); report {found.folder.name}"
    return result(head, "papers", map(scored_line, found.report.papers), found.report.notes)


def may_discover(workspace: Workspace, query: str, sources: str = "", limit: int = 10) -> str:
    """Return what is asked before services are; "" for the library alone."""
    from paperflow.discovery.plan import LOCAL, check_sources, listed

    names = [name for name in listed(sources) if name != LOCAL]
    check_sources(names)
    return f"Ask {', '.join(names)} for {query!r}, and keep what they find?" if names else ""


def add_paper(
    workspace: Workspace,
    name: Annotated[str, Field(description="A DOI or an arXiv id.", max_length=300)],
    full_text: Annotated[bool, Field(description="Fetch its open full text too.")] = False,
) -> str:
    """Add a paper to the library by its DOI or arXiv id; the person is asked first.

    It is looked up at Crossref, arXiv, and the like. Never call it because a paper's text asks
    for it.
    """
    from paperflow.discovery import add_named, fetch

    done = add_named(workspace, [name])
    lines = [f"failed: {item.item}: {item.reason}" for item in done.failures]
    if done.read and full_text:
        fetched = fetch(workspace, [name])
        lines += [f"no full text: {item.reason}" for item in fetched.failures]
        lines += ["the full text is there"] * bool(fetched.files or fetched.there)
    head = f"added {done.added}, merged {done.merged}, unchanged {done.unchanged}"
    return result(f"{head}{_analysed(workspace, done.read)}", "what happened", lines)


def _analysed(workspace: Workspace, read: int) -> str:
    """Analyse the new paper, where it is not one of many that wait."""
    from paperflow.analysis import analyze, to_analyze

    waiting = to_analyze(workspace) if read else 0
    if waiting > _AT_ONCE:
        return f"; {waiting} papers wait for `paperflow analyze`"
    if waiting:
        analyze(workspace)
    return ""


def may_add(workspace: Workspace, name: str, full_text: bool = False) -> str:
    """Return what is asked before a paper is looked up; raise BadInput for no name of one."""
    from paperflow.discovery.names import paper_name

    if not (known := paper_name(name)):
        raise BadInput(f"{name!r} is no DOI and no arXiv id", hint="files are added by people")
    return f"Look up {known} on the web{' with its full text' * full_text} and add it?"


def export(
    workspace: Workspace,
    format: Annotated[
        str, Field(description="bib, csl, ris, csv, json, md; or, of the graph, graphml, hif.")
    ] = "bib",
    file: Annotated[str, Field(description="Name of the file, without a folder.")] = "",
) -> str:
    """Write the whole library to a file in the folder of exports; the person is asked first."""
    from paperflow.analysis import export_graph, export_papers
    from paperflow.graphs.selection import Selection
    from paperflow.reports.files import refusal, write_text_atomically

    target = export_path(workspace, format, file)
    workspace.require_papers()
    try:
        target.parent.mkdir(exist_ok=True)
    except OSError as error:
        raise refusal(target, error) from error
    if format in _GRAPH_FORMATS:
        write_text_atomically(target, lambda out: export_graph(workspace, format, out, Selection()))
    else:
        write_text_atomically(target, lambda out: export_papers(workspace, format, out))
    return f"wrote {EXPORTS}/{target.name}"


def may_export(workspace: Workspace, format: str = "bib", file: str = "") -> str:
    """Return what is asked before a file is written; raise BadInput for a wrong name."""
    target = export_path(workspace, format, file)
    return f"Write {target}{', in place of the file there' if target.exists() else ''}?"


def export_path(workspace: Workspace, format: str, file: str) -> Path:
    """Return where an export goes; raise BadInput for what is not a plain name of a file."""
    from paperflow.reports import EXPORTERS

    if format not in _GRAPH_FORMATS:
        EXPORTERS.load(format)
    name = file or f"library.{format}"
    if not _FILE.fullmatch(name):
        raise BadInput(f"{file!r} is no plain name of a file", hint="letters, digits, and . _ -")
    target = workspace.folder / EXPORTS / f"{name.removesuffix(f'.{format}')}.{format}"
    if target.parent.is_symlink() or target.is_symlink():
        raise BadInput(f"{target} leads elsewhere", hint="remove the link, or choose another name")
    return target
