"""The library for other assistants: a Model Context Protocol server on the tools of TOOLS.

Tools that only read are marked so. What writes or leaves the machine asks the person through
the client (elicitation); a client that can't ask is refused, unless it is trusted to ask itself.
"""

import inspect
import json
import socket
from collections.abc import Callable
from string import Template
from typing import Annotated, Any, TypeVar

from mcp.server.mcpserver import (
    AcceptedElicitation,
    Context,
    Elicit,
    ElicitationResult,
    MCPServer,
    Resolve,
    ResourceSecurity,
)
from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError, ToolError
from mcp_types import ToolAnnotations
from pydantic import BaseModel, Field

from paperflow import __version__
from paperflow.agents.prompting import fenced, prompt
from paperflow.agents.tool import NOT_ALLOWED, Tool, ToolFailed, dressed
from paperflow.agents.tools import TOOLS
from paperflow.errors import BadInput, PaperflowError, UnknownName
from paperflow.workspace import Workspace

Read = TypeVar("Read")

LISTED = 200  # papers that the resource of all papers names
_CONSENT = "consent"
_NOBODY = (
    "not done: this client can't ask the person. Tell them to run the command of paperflow "
    "themselves, or to start `paperflow mcp --trust-client`."
)


class Consent(BaseModel):
    """What a person answers before something is written or the machine is left."""

    agreed: bool = Field(description="Yes: do it. No: leave it.")


def build_server(workspace: Workspace, *, trusted: bool = False) -> MCPServer[Any]:
    """Return the server of a library; with `trusted`, the client is left to ask the person."""
    server: MCPServer[Any] = MCPServer(
        "paperflow",
        title="paperflow: a library of papers",
        version=__version__,
        instructions=prompt("mcp").text,
        log_level="WARNING",
    )
    for tool in TOOLS.values():
        _add_tool(server, tool, workspace, trusted)
    _add_resources(server, workspace)
    for function, title in PROMPTS.items():
        server.prompt(title=title)(function)
    return server


def serve_http(server: MCPServer[Any], port: int, told: Callable[[str], object]) -> None:
    """Serve on this machine alone until interrupted; `told` gets the address, once it is open."""
    import uvicorn

    try:
        listening = socket.create_server(("127.0.0.1", port))
    except OSError as error:
        reason = error.strerror or str(error)
        raise BadInput(
            f"can't serve on port {port}: {reason}", hint="name another: --port"
        ) from error
    with listening:
        told(f"http://127.0.0.1:{listening.getsockname()[1]}/mcp")
        config = uvicorn.Config(server.streamable_http_app(), log_level="warning")
        uvicorn.Server(config).run(sockets=[listening])


def _add_tool(server: MCPServer[Any], tool: Tool, workspace: Workspace, trusted: bool) -> None:
    def call(**arguments: Any) -> str:
        answer = arguments.pop(_CONSENT, None)
        if answer is not None and not _agreed(answer):
            raise ToolError(NOT_ALLOWED)
        return _told(lambda: tool.run(workspace, arguments))

    signature = tool.signature
    if tool.asks_first and not trusted:
        signature = _with(signature, _CONSENT, _consent(tool, workspace))
    server.add_tool(
        dressed(call, tool, signature),
        title=tool.title,
        annotations=ToolAnnotations(
            title=tool.title,
            read_only_hint=tool.read_only,
            destructive_hint=tool.replaces,
            idempotent_hint=True,
            open_world_hint=tool.leaves_machine,
        ),
        structured_output=False,
    )


def _consent(tool: Tool, workspace: Workspace) -> Any:
    """Return the annotation of a parameter that is filled by asking the person."""

    def asked(ctx: Context[Any, Any], **arguments: Any) -> Consent | Elicit[Consent]:
        question = _told(lambda: tool.asks(workspace, arguments))
        if not question:
            return Consent(agreed=True)
        able = ctx.client_capabilities
        if able is None or able.elicitation is None:
            raise ToolError(_NOBODY)
        return Elicit(question, Consent)

    signature = tool.signature.replace(return_annotation=Consent | Elicit[Consent])
    resolver = dressed(asked, tool, _with(signature, "ctx", Context[Any, Any]))
    return Annotated[ElicitationResult[Consent], Resolve(resolver)]


def _with(signature: inspect.Signature, name: str, annotation: Any) -> inspect.Signature:
    """Return a signature with one more parameter, all to be given by name."""
    own = [
        item.replace(kind=inspect.Parameter.KEYWORD_ONLY) for item in signature.parameters.values()
    ]
    more = inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation)
    return signature.replace(parameters=[*own, more])


def _agreed(answer: Any) -> bool:
    return isinstance(answer, AcceptedElicitation) and answer.data.agreed is True


def _told(call: Callable[[], str]) -> str:
    try:
        return call()
    except ToolFailed as error:
        raise ToolError(str(error)) from None


def _add_resources(server: MCPServer[Any], workspace: Workspace) -> None:
    from paperflow.reports.run import list_runs, read_run

    @server.resource("paperflow://library", title="The library", mime_type="application/json")
    def library() -> str:
        """Tell how many papers, passages, nodes, and statements there are, and what waits."""
        from paperflow.analysis import library_status

        status = _read(lambda: library_status(workspace))
        return _json({name: value for name, value in status.items() if name != "workspace"})

    @server.resource("paperflow://papers", title="The newest papers", mime_type="text/plain")
    def papers() -> str:
        """List the newest papers with citation key and id; search_library finds the others."""
        from paperflow.agents.tool_text import paper_line
        from paperflow.reports.text import counted

        keys = workspace.citation_keys()
        known = sorted(workspace.store.papers.headings(), key=lambda p: (p.date, p.id))
        shown = known[::-1][:LISTED]
        lines = [f"{counted(len(known), 'paper')}, the newest {len(shown)}"]
        return fenced("papers", "\n".join([*lines, *(paper_line(p, keys[p.id]) for p in shown)]))

    # An id or a DOI is no path: it is looked up in the store.
    @server.resource(
        "paperflow://papers/{+paper}", title="A paper", mime_type="text/plain",
        security=ResourceSecurity(exempt_params=frozenset({"paper"})),
    )  # fmt: skip
    def paper(paper: str) -> str:
        """Return a paper's record and text; it may be named by id, citation key, or DOI."""
        return _read(lambda: _whole(workspace, paper))

    @server.resource("paperflow://reports", title="Reports", mime_type="application/json")
    def reports() -> str:
        """List the reports that discoveries left."""
        return _json(list_runs(workspace.runs))

    @server.resource("paperflow://reports/{report}", title="A report", mime_type="text/markdown")
    def report(report: str) -> str:
        """Return the ranked list of a discovery as Markdown."""
        return _read(lambda: fenced("report", read_run(workspace.runs, report, "papers.md")))

    @server.resource("paperflow://reports/{report}/{file}", title="A file of a report")
    def report_file(report: str, file: str) -> str:
        """Return one file of a report: papers.json, papers.csv, papers.bib, report.html, …"""
        return _read(lambda: fenced(file, read_run(workspace.runs, report, file)))


def _whole(workspace: Workspace, name: str) -> str:
    from paperflow.agents.tool_text import reading_lines
    from paperflow.answers.reading import read

    found = read(workspace, name, most=1 << 30)
    return fenced(f"paper {found.key}", "\n".join(reading_lines(found)))


def _read(call: Callable[[], Read]) -> Read:
    try:
        return call()
    except UnknownName as error:
        raise ResourceNotFoundError(f"{error.message}; {error.hint}") from None
    except PaperflowError as error:
        raise ResourceError(error.message) from None


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def survey(topic: Annotated[str, Field(description="What the survey is about.")]) -> str:
    """Survey what the library says about a topic, with quotes."""
    return _filled("mcp_survey", topic=topic)


def explain(paper: Annotated[str, Field(description="Id, citation key, DOI, or title.")]) -> str:
    """Explain a paper of the library, with quotes."""
    return _filled("mcp_explain", paper=paper)


def connect(
    source: Annotated[str, Field(description="A concept.")],
    target: Annotated[str, Field(description="Another one.")],
) -> str:
    """Look for a mechanism that connects two concepts."""
    return _filled("mcp_connect", source=source, target=target)


PROMPTS: dict[Callable[..., str], str] = {
    survey: "Survey a topic",
    explain: "Explain a paper",
    connect: "Connect two concepts",
}


def _filled(name: str, **values: str) -> str:
    return Template(prompt(name).text).substitute(values)
