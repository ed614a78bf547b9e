"""Reviewing a paper of the library: what is asked for, the roles in order, the review."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from paperflow.agents.model import Model
from paperflow.agents.review import rules
from paperflow.agents.review.material import Material
from paperflow.agents.review.scores import rating_score, rule_scores, verdict_scores
from paperflow.agents.review.team import Table, points_of
from paperflow.agents.review.verify import Library
from paperflow.agents.team import run_team
from paperflow.discovery.near import NearWork, nearest_earlier
from paperflow.errors import NotReady
from paperflow.extract.passages import ABSTRACT, RECORD, TITLE
from paperflow.extract.rating.rater import Rating
from paperflow.extract.sentences import sentence_spans
from paperflow.records import Paper, fingerprint
from paperflow.reports.report import Quote
from paperflow.reports.review import Near, Review
from paperflow.workspace import Workspace

NEAREST = 5
Told = Callable[[dict[str, Any]], object]


def review_paper(
    workspace: Workspace, name: str, model: Model | None = None, *, told: Told | None = None
) -> Review:
    """Return the review of the paper with this id, citation key, DOI, arXiv id, or title.

    With a model the roles are its, one turn each; `told` gets a line after each. A run that was
    stopped goes on. Raises UnknownName where there is no such paper, NotReady where it is not
    analysed, ModelError where the model's service refuses.
    """
    material = gathered(workspace, name)
    nearest = near_works(workspace, material)
    by_rule = _by_rule(material, nearest)
    return _by_model(workspace, material, by_rule, model, told) if model else by_rule


def _by_rule(material: Material, nearest: tuple[Near, ...]) -> Review:
    said = [
        rules.reader(material),
        rules.critic(material),
        rules.literature(material, nearest),
        rules.reproducibility(material),
    ]
    passed = frozenset[str]().union(*(part.passed for part in said))
    rating, moved = rating_score(material)
    scores = rule_scores(material, passed, nearest)
    return Review(
        key=material.key,
        paper_id=material.paper.id,
        title=material.paper.title,
        summary=tuple(point for part in said for point in part.summary),
        strengths=tuple(point for part in said for point in part.strengths),
        weaknesses=tuple(point for part in said for point in part.weaknesses),
        questions=tuple(point for part in said for point in part.questions),
        scores=(*scores[:-1], rating, scores[-1]),
        nearest=nearest,
        notes=tuple(_notes(material, moved)),
    )


def _by_model(
    workspace: Workspace, material: Material, by_rule: Review, model: Model, told: Told | None
) -> Review:
    """Return the review of a team; what the model can't say comes from `by_rule`."""
    table = Table(material, by_rule.nearest, _library(workspace, material, by_rule.nearest), model)
    run = run_team(
        workspace,
        table.team(),
        {"paper": material.paper.id, "text": fingerprint(*(p.id for p in material.passages))},
        title=material.key,
        model=model.name,
        meter=model.meter,
        told=told,
    )
    state = run.state
    return replace(
        by_rule,
        summary=points_of(state, "summary"),
        strengths=points_of(state, "strengths"),
        weaknesses=points_of(state, "weaknesses"),
        questions=points_of(state, "questions"),
        scores=verdict_scores(state["verdict"], by_rule.scores),
        notes=(*by_rule.notes, *state["notes"]),
        model=model.name,
        prompts=tuple(run.manifest["prompts"]),
        dropped=tuple(state["dropped"]),
    )


def _library(workspace: Workspace, material: Material, nearest: Sequence[Near]) -> Library:
    """Return what may be quoted: the paper, and title and abstract of the nearest works."""
    passages = [p for p in material.passages if p.section != RECORD]
    for near in nearest:
        found = workspace.store.facts.passages(near.paper_id)
        passages += [p for p in found if p.section in (TITLE, ABSTRACT)]
    keys = {material.paper.id: material.key, **{near.paper_id: near.key for near in nearest}}
    return Library(tuple(passages), keys, workspace.encoder if workspace.is_embedded else None)


def gathered(workspace: Workspace, name: str) -> Material:
    """Return what the library holds of the paper that `name` means."""
    workspace.require_papers()
    paper_id = workspace.paper_id(name)
    material = Material.of(workspace, paper_id, workspace.citation_keys()[paper_id])
    if not material.passages:
        raise NotReady("the paper is not analysed yet", hint="run `paperflow analyze`")
    return material


def near_works(workspace: Workspace, material: Material) -> tuple[Near, ...]:
    """Return the nearest earlier works of the library, and whether the paper cites them."""
    keys = workspace.citation_keys()
    cited = _cited(workspace, material)
    return tuple(
        Near(
            key=keys[near.paper.id],
            paper_id=near.paper.id,
            title=near.paper.title,
            similarity=round(near.similarity, 3),
            cited=near.paper.id in cited or _letters(near.paper.title) in cited,
            year=near.paper.year,
            quote=_said_by(workspace, near, keys[near.paper.id]),
        )
        for near in nearest_earlier(workspace, material.paper, NEAREST)
    )


def _cited(workspace: Workspace, material: Material) -> set[str]:
    """Return the ids of the library's papers that are cited, and the titles of all works cited."""
    works: Sequence[Paper] = (
        [r.work for r in material.document.references] if material.document else []
    )
    named = [*material.paper.references, *(f"doi:{w.doi}" for w in works if w.doi)]
    named += [f"arxiv:{w.arxiv_id}" for w in works if w.arxiv_id]
    ids = {paper.id for paper in workspace.store.papers.named(named)} if named else set()
    return ids | {_letters(work.title) for work in works if work.title}


def _said_by(workspace: Workspace, near: NearWork, key: str) -> Quote | None:
    """Return the first sentence of a work's abstract."""
    passages = workspace.store.facts.passages(near.paper.id)
    found = next((passage for passage in passages if passage.section == ABSTRACT), None)
    if found is None:
        return None
    start, end = sentence_spans(found.text)[0]
    text, title = found.text[start:end], near.paper.title
    return Quote(text=text, key=key, paper_id=near.paper.id, section=ABSTRACT, title=title)


def _notes(material: Material, moved: Rating | None) -> Iterator[str]:
    if not rules.has_text(material):
        yield "only title and abstract are in the library: what the paper lacks can't be told"
    for name, points in moved.parts if moved else ():
        yield f"rating: {points:+.1f} by {name}"


def _letters(text: str) -> str:
    return re.sub(r"\W", "", text.casefold())
