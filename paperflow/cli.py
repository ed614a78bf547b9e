"""The command line: global options, the table of commands, errors as messages."""

from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from paperflow import __version__
from paperflow.errors import PaperflowError

# Where each command lives; the order is that of a day's work.
COMMANDS = {
    "add": "library",
    "discover": "discover",
    "expand": "web",
    "watch": "web",
    "fetch": "web",
    "analyze": "analyze",
    "ask": "ask",
    "path": "path",
    "hypothesize": "hypothesize",
    "read": "read",
    "chat": "chat",
    "star": "learn",
    "train": "learn",
    "sentiment": "learn",
    "recommend": "learn",
    "review": "review",
    "report": "report",
    "export": "report",
    "embed": "embed",
    "authors": "library",
    "status": "library",
    "mcp": "mcp",
    "doctor": "doctor",
    "demo": "demo",
}
GROUPS = {"graph": "graph", "predict": "learn"}


class Group(TyperGroup):
    """Print what a user can mend as `error:` and `hint:`, without a traceback."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command; exit with 1 when it raises a PaperflowError."""
        try:
            return super().invoke(ctx)
        except PaperflowError as error:
            typer.echo(f"error: {error.message}", err=True)
            if error.hint:
                typer.echo(f"hint: {error.hint}", err=True)
            raise typer.Exit(1) from None


app = typer.Typer(
    name="paperflow",
    cls=Group,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Read the scientific literature: papers in, ranked lists, graphs, answers with quotes.",
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"paperflow {__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Read the scientific literature: papers in, ranked lists, graphs, answers with quotes."""


for _name, _module in COMMANDS.items():
    app.command(_name)(getattr(import_module(f"paperflow.commands.{_module}"), _name))
for _name, _module in GROUPS.items():
    app.add_typer(import_module(f"paperflow.commands.{_module}").app, name=_name)
