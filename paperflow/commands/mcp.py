"""Command: mcp."""

from typing import Annotated

import typer

from paperflow.commands.output import WorkspaceOption, say


def mcp(
    http: Annotated[
        bool, typer.Option("--http", help="Serve over HTTP on this machine, not over stdio.")
    ] = False,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port for HTTP; 0 takes a free one.")
    ] = 8000,
    trust_client: Annotated[
        bool,
        typer.Option(
            "--trust-client",
            help="Leave it to the client to ask you before anything is written or looked up.",
        ),
    ] = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Serve the library's tools, papers, and reports to an assistant, by the MCP."""
    from paperflow.errors import MissingExtra
    from paperflow.workspace import find_workspace

    opened = find_workspace(workspace)
    try:
        from paperflow.agents.mcp import build_server, serve_http
    except ModuleNotFoundError as error:
        hint = "install the extra mcp: pip install 'mcp>=2.3'"
        raise MissingExtra("the package mcp is not installed", hint=hint) from error
    server = build_server(opened, trusted=trust_client)
    if http:
        serve_http(server, port, lambda address: say(f"serving on {address}; Ctrl-C ends it"))
    else:
        server.run("stdio")
