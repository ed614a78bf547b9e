"""Command: review."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from paperflow.commands.output import JsonOption, WorkspaceOption, html_wanted, say, write_json

if TYPE_CHECKING:
    from paperflow.reports.review import Review

NO_MODEL = "no language model: the review comes from rules, coverage, retrieval, and a regression"


def review(
    paper: Annotated[str, typer.Argument(help="Id, citation key, DOI, arXiv id, or title.")],
    model: Annotated[str, typer.Option(help="Language model of the roles: PROVIDER:NAME.")] = "",
    model_url: Annotated[
        str, typer.Option(help="OpenAI-compatible address of the model, such as a local server.")
    ] = "",
    out: Annotated[
        str, typer.Option(help="File to write, .md or .html; - is standard output, as Markdown.")
    ] = "-",
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Draft a review of a paper: summary, strengths, weaknesses, questions, scores.

    Every point quotes the paper or says what was looked through. Without a language model they
    come from rules, coverage, and retrieval. The rating is a regression's, told with its worth.
    """
    from paperflow.agents.model import open_model
    from paperflow.agents.review.run import review_paper
    from paperflow.workspace import find_workspace

    html_wanted(out)  # refused before the work
    opened = find_workspace(workspace)
    asked = open_model(opened, model, model_url)
    if asked is None:
        say(NO_MODEL)
    found = review_paper(opened, paper, asked, told=_tell)
    if as_json:
        write_json(found.as_dict())
    if out != "-" or not as_json:
        _write(found, out)


def _tell(line: dict[str, Any]) -> None:
    told = ", ".join(f"{name} {value}" for name, value in line.items() if name != "step")
    say(f"{line['step']}: {told}")


def _write(found: "Review", out: str) -> None:
    from paperflow.reports.files import write_text_atomically
    from paperflow.reports.html import render_review
    from paperflow.reports.review import as_markdown

    text = render_review(found) if html_wanted(out) else as_markdown(found)
    write_text_atomically(out, lambda file: file.write(text))
    if out != "-":
        say(f"wrote {Path(out).absolute()}")
