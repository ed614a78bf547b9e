"""What commands share: options, data on stdout, talk on stderr."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from paperflow.errors import BadInput

if TYPE_CHECKING:
    from paperflow.sources import Answer

WorkspaceOption = Annotated[
    Path | None,
    typer.Option(
        "--workspace",
        "-w",
        envvar="PAPERFLOW_WORKSPACE",
        help="Folder of the library; by default found upwards from here, like git's.",
        show_default=False,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
OfflineOption = Annotated[
    bool, typer.Option("--offline", help="Leave the machine for nothing; use kept answers.")
]
RefreshOption = Annotated[
    bool, typer.Option("--refresh", help="Ask the services although an answer is kept.")
]

ModelOption = Annotated[
    str, typer.Option(help="Language model, PROVIDER:NAME; by default that of the settings.")
]
ModelUrlOption = Annotated[
    str, typer.Option(help="OpenAI-compatible address of the model, such as a local server.")
]
NoModelOption = Annotated[
    bool, typer.Option("--no-model", help="Ask no language model, whatever the settings say.")
]


def names_of(table: str) -> Callable[[], list[str]]:
    """Return what completes an argument: the names in a table, or of a function, "module:NAME"."""

    def names() -> list[str]:
        from pkgutil import resolve_name

        found = resolve_name(table)
        if callable(found):
            return list(found())
        return found.names() if hasattr(found, "names") else sorted(found)

    return names


def say(text: str) -> None:
    """Write talk to stderr, so that stdout holds data only."""
    typer.echo(text, err=True)


def tell_answer(answer: "Answer") -> None:
    """Write how a source went, how much it gave, and how long it took, to stderr."""
    from paperflow.reports.text import counted

    count, seconds = counted(len(answer.papers), "paper"), f"{answer.seconds:.1f} s"
    say(
        f"{'source':10} {answer.name:16} {answer.status:12} {count:>11} {seconds:>7}  {answer.note}"
    )


def tell_step(line: Mapping[str, Any]) -> None:
    """Write a team's step to stderr: its number, who took it, and what came of it."""
    told = ", ".join(f"{name} {value}" for name, value in line.items() if name not in _NAMED)
    say(f"step {line['step']} {line['agent']}: {told}")


_NAMED = ("step", "agent", "tokens")


def html_wanted(out: str) -> bool:
    """Tell whether a file's name asks for HTML, not Markdown; raise BadInput for another kind."""
    ending = Path(out).suffix.lower()
    if out != "-" and ending not in (".md", ".markdown", ".html", ".htm"):
        raise BadInput(f"can't tell from {out!r} what to write", hint="name it .md or .html")
    return ending.startswith(".htm")


def write_json(value: Any) -> None:
    """Write `value` to stdout as JSON."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Write a table to stdout; the first column takes what width is left over."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=None, pad_edge=False)
    for number, column in enumerate(columns):
        drawn.add_column(column, overflow="fold", no_wrap=False, ratio=None if number else 1)
    for row in rows:
        drawn.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
    Console(width=None if sys.stdout.isatty() else 120, soft_wrap=False).print(drawn)


@contextmanager
def progress(label: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """Draw a bar on stderr, on a terminal only; the function given moves it on."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True)
    columns = (
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
        TimeElapsedColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(label, total=total)
        yield lambda steps: bar.advance(task, steps)
