"""What scores candidates: the trained model with the evidence, the evidence, or else a rule."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from paperflow.errors import BadInput, NotReady
from paperflow.learning.blend import Blend
from paperflow.learning.evidence import Candidates, by_rule
from paperflow.learning.graph import Floats, LinkGraph
from paperflow.learning.models import moves
from paperflow.learning.split import hold_out
from paperflow.learning.tasks import checkpoint
from paperflow.learning.train import EVIDENCE, MODEL, RULE, columns, state_of
from paperflow.workspace import Workspace

if TYPE_CHECKING:
    from paperflow.graph_models.checkpoint import Card
    from paperflow.learning.attention import Ways
    from paperflow.learning.learners import Learner

RULE_NAME = "rule"
RULE_CARD = {
    "model": RULE_NAME,
    "about": "mean of text cosine, share of similar papers that link, and common neighbours; "
    "nothing is trained, and the scores are no probabilities",
}


@dataclass(frozen=True)
class Judge:
    """A way to score candidates: its name, its card, and a note on how good it is."""

    name: str
    score: Callable[[Candidates], Floats]
    note: str
    calibrated: bool = True
    card: dict[str, Any] = field(default_factory=lambda: dict(RULE_CARD))
    paths: "Ways | None" = None


def judge(workspace: Workspace, task: str, graph: LinkGraph) -> Judge:
    """Return the trained model of a task; where it can't be used, what still can, with a note."""
    if not checkpoint(workspace, task).with_suffix(".json").exists():
        return _rule(f"no model is trained (`paperflow train {task}`)")
    from paperflow.graph_models.checkpoint import read_card

    try:
        card = read_card(checkpoint(workspace, task))
    except BadInput as error:
        return _rule(error.message)
    if card.config.get("encoder", graph.encoder) != graph.encoder:
        return _rule(f"the model knows texts by {card.config['encoder']} (`paperflow embed`)")
    use = str(card.config["use"])
    learnt = _learner(workspace, task, graph, card) if use == MODEL else None
    changed = use == MODEL and learnt is None
    used = EVIDENCE if changed else use
    blend = Blend.from_dict(card.config["blends"][used])
    return Judge(
        name=_name(task, card, used),
        score=lambda found: blend.scores(columns(found, learnt)[used]),
        note=_note(task, card, used, changed=changed),
        card=asdict(replace(card, seconds=0.0)),  # the same model is the same prediction
        paths=learnt.paths if learnt is not None else None,
    )


def _rule(reason: str) -> Judge:
    note = f"{reason}: ranked by a rule, and the scores are no probabilities"
    return Judge(RULE_NAME, lambda found: by_rule(found.values), note, calibrated=False)


def _learner(workspace: Workspace, task: str, graph: LinkGraph, card: "Card") -> "Learner | None":
    """Return the model with its weights, None where they are not for a graph such as this."""
    from paperflow.graph_models.checkpoint import load
    from paperflow.learning.learners import learner

    if moves(card.model):
        own = graph
    elif card.config["graph"] == state_of(graph):
        own = hold_out(graph, card.seeds[0]).graph  # the very graph that it was trained on
    else:
        return None
    learnt = learner(card.model, own, int(card.config["width"]))
    try:
        load(checkpoint(workspace, task), learnt.module)
    except (BadInput, NotReady):
        return None
    return learnt


def _name(task: str, card: "Card", used: str) -> str:
    return f"{task}: {card.model if used == MODEL else used}, {card.commit}"


def _note(task: str, card: "Card", used: str, *, changed: bool) -> str:
    """Say what made the scores, and what the test said of it."""
    made = {MODEL: f"{card.model} and evidence", EVIDENCE: "evidence alone", RULE: "the rule alone"}
    told = (
        f"{made[used]}, trained at {card.commit}: "
        f"hits@10 of hidden links {card.metrics[f'{used} hits@10']:.2f}, "
        f"by rule {card.metrics['rule hits@10']:.2f}"
    )
    if changed:
        return f"{told}; the library has changed: `paperflow train {task}` anew for the model"
    return told
