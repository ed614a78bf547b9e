"""Commands that learn from the library: star, train, predict, sentiment, recommend."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from paperflow.commands.output import (
    JsonOption,
    WorkspaceOption,
    names_of,
    say,
    table,
    write_json,
)

if TYPE_CHECKING:
    from paperflow.graph_models.checkpoint import Card
    from paperflow.learning import Predicted

app = typer.Typer(no_args_is_help=True, help="Say what the library lets expect.")

LimitOption = Annotated[int, typer.Option(min=1, help="List at most this many.")]
PaperOption = Annotated[
    str | None, typer.Option(help="Of this paper alone: id, citation key, DOI, arXiv id, title.")
]


@app.command()
def links(
    paper: PaperOption = None,
    limit: LimitOption = 10,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """List citations that are missing, and concepts likely to be stated together, with reasons."""
    from paperflow.errors import NotReady
    from paperflow.learning import keep, predict_concepts, predict_links
    from paperflow.reports.expected import TITLES
    from paperflow.workspace import find_workspace

    opened, found = find_workspace(workspace), {}
    for name, predict in (("citations", predict_links), ("concepts", predict_concepts)):
        try:
            found[name] = predict(opened, paper, limit=limit)
            keep(opened, found[name])
        except NotReady as error:
            say(f"no {name}: {error.message}\nhint: {error.hint}")
    if not found:
        raise typer.Exit(1)
    if as_json:
        write_json({name: told.as_dict() for name, told in found.items()})
        return
    for name, told in found.items():
        say(f"\n{name}: {told.note}")
        typer.echo(TITLES[told.kind])
        write_predictions(told)


def recommend(
    limit: LimitOption = 10, workspace: WorkspaceOption = None, as_json: JsonOption = False
) -> None:
    """List what to read next, given the starred papers, or all where none is starred."""
    from paperflow.learning import keep
    from paperflow.learning import recommend as recommended
    from paperflow.workspace import find_workspace

    opened = find_workspace(workspace)
    told = recommended(opened, limit=limit)
    keep(opened, told)
    if as_json:
        write_json(told.as_dict())
        return
    say(told.note)
    write_predictions(told)


def write_predictions(told: "Predicted") -> None:
    """Print predictions with their scores and reasons, "none" where there are none."""
    if not told.items:
        typer.echo("none")
        return
    rows = []
    for item in told.items:
        arrow = f"{item.source_label} → " if item.source else ""
        name = item.target_label if item.target_label != item.target else ""
        title = f"{arrow}{name or item.target}"
        score = f"{item.score:.3f}" if item.score >= 0.001 else "<0.001"
        rows.append((title, score, "; ".join(item.reasons)))
    table(("what", "score", "why"), rows)


def sentiment(
    paper: Annotated[
        str | None,
        typer.Option(help="Of this work alone: a paper's name, or the id of any cited work."),
    ] = None,
    limit: LimitOption = 10,
    quotes: Annotated[int, typer.Option(min=0, help="Sentences shown of each paper.")] = 3,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show how papers are cited: counts by sentiment, and the sentences, those that judge first."""
    from paperflow.learning import KEPT, keep_sentiment, sentiment_note
    from paperflow.learning import sentiment as judged
    from paperflow.reports.text import counted
    from paperflow.workspace import find_workspace

    opened = find_workspace(workspace)
    ranked = judged(opened, paper, limit=max(limit, KEPT))
    if paper is None:
        keep_sentiment(opened, ranked)
    found = ranked[:limit]
    say(sentiment_note())
    if as_json:
        write_json([item.as_dict() for item in found])
        return
    for item in found:
        counts = ", ".join(f"{name} {count}" for name, count in item.counts.items())
        name = item.label if item.label == item.id else f"{item.label} [{item.id}]"
        typer.echo(f"{name}: cited by {counted(item.papers, 'paper')}; {counts}")
        for mention in item.mentions[:quotes]:
            typer.echo(f"    {mention.sentiment} {mention.score:.2f} “{mention.quote}”")
            typer.echo(f"        {mention.citing_label}")
    if not found:
        say("no sentence of the library cites it")


def star(
    papers: Annotated[
        list[str] | None,
        typer.Argument(
            help="Ids, citation keys, DOIs, arXiv ids, or titles; none lists the stars."
        ),
    ] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Take the stars away.")] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Star papers that you like: `recommend` goes by them."""
    from paperflow.learning import star as put
    from paperflow.learning import starred
    from paperflow.workspace import find_workspace

    if remove and not papers:
        raise typer.BadParameter("name the papers whose stars to take away", param_hint="PAPERS")
    opened = find_workspace(workspace)
    put(opened, papers or [], remove=remove)
    found = starred(opened)
    if as_json:
        write_json([{"id": paper.id, "title": paper.title} for paper in found])
    elif not found:
        say("no paper is starred")
    else:
        table(("title", "id"), [(paper.title, paper.id) for paper in found])


def train(
    task: Annotated[
        str,
        typer.Argument(
            help="links, concepts, or recommend.",
            autocompletion=names_of("paperflow.learning.tasks:TASKS"),
        ),
    ],
    model: Annotated[
        str,
        typer.Option(
            help="A graph model (gat, gcn, gmn, graphgps, gt, hop, hypergraph, largegt, mlp, "
            "mpnn-vn, ppgt, sage, tangnn), an embedding (complex, distmult, rotate, transe), or a "
            "recommender (bpr, kgat, lightgcn); by default by the graph's size.",
            show_default=False,
            autocompletion=names_of("paperflow.learning.models:known_models"),
        ),
    ] = "",
    seed: Annotated[int, typer.Option(min=0, help="Draws the hidden links and the weights.")] = 0,
    plot: Annotated[
        Path | None, typer.Option(help="Draw the learning curve and the calibration as SVG.")
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Train a model on the library's own graph, and test it on links that were hidden.

    A run that was stopped goes on where it was. The model is kept with a card of its figures.
    """
    from dataclasses import asdict

    from paperflow.graph_models.training import training_bar
    from paperflow.learning import picture
    from paperflow.learning import train as trained
    from paperflow.reports.files import write_text_atomically
    from paperflow.workspace import find_workspace

    opened = find_workspace(workspace)
    try:
        card = trained(opened, task, model, seed=seed, bar=training_bar)
    except KeyboardInterrupt:
        say("stopped: the same command goes on from here")
        raise
    if plot:
        drawn = picture(opened, task)
        write_text_atomically(str(plot), lambda out: out.write(drawn))
        say(f"wrote {plot.absolute()}")
    if as_json:
        write_json(asdict(card))
        return
    say(f"{card.model} on {card.data}, {card.seconds:.0f} s; used: {card.config['use']}")
    write_card(card)


def write_card(card: "Card") -> None:
    """Print how well each way to score finds hidden links, and how often scores are right."""
    figures = ("validation mrr", "mrr", "hits@10")
    ways = [name.removesuffix(" hits@10") for name in card.metrics if name.endswith(" hits@10")]
    rows = [
        (way, *(f"{card.metrics[f'{way} {name}']:.3f}" if f"{way} {name}" in card.metrics else ""
                for name in figures))
        for way in ways
    ]  # fmt: skip
    table(("scored by", "validation mrr", "test mrr", "test hits@10"), rows)
    told = [(f"{score:.3f}", f"{right:.3f}", of) for score, right, of in card.config["calibration"]]
    typer.echo("")
    table(("mean score", "share right in test", "of"), told)
    say(f"calibration error {card.metrics['calibration error']:.4f}")
