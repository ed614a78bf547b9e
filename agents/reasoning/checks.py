"""What the statements bear of what a model wrote; the rest is removed, each with its reason."""

from collections.abc import Iterable, Sequence

from paperflow.agents.reasoning.records import SaidAttack, SaidExperiment
from paperflow.answers.support import invented
from paperflow.reports.hypothesis import Attack, Experiment
from paperflow.reports.prose import Removed

NO_STEP = "it names no statement of the mechanism"
NOT_SAID = "its statement does not say “{}”"
SAME = "both outcomes are the same"
SILENT = "the critic said nothing of it"


def attacks_on(
    cited: Sequence[int], said: Iterable[SaidAttack], quotes: Sequence[str]
) -> tuple[list[Attack], list[Removed]]:
    """Return the attacks on cited statements, in their order, and those removed.

    An attack may put in quotation marks only what its statement says. A statement that is not
    attacked is listed as such.
    """
    kept: list[Attack] = []
    removed: list[Removed] = []
    for item in said:
        if reason := _lack(item, cited, quotes):
            removed.append(Removed(text=item.attack, reason=reason))
        else:
            kept.append(Attack(step=item.step, text=item.attack, verdict=item.verdict))
    silent = set(cited) - {item.step for item in kept}
    kept += [Attack(step=step, text=SILENT) for step in silent]
    return sorted(kept, key=lambda item: item.step), removed


def _lack(item: SaidAttack, cited: Sequence[int], quotes: Sequence[str]) -> str:
    if item.step not in cited:
        return NO_STEP
    wrong = invented(item.attack, quotes[item.step - 1])
    return NOT_SAID.format(wrong[0]) if wrong else ""


def deciding(said: Iterable[SaidExperiment], steps: int) -> tuple[list[Experiment], list[Removed]]:
    """Return the experiments that decide one of so many statements, and those removed."""
    kept: list[Experiment] = []
    removed: list[Removed] = []
    for item in said:
        decides = tuple(sorted({number for number in item.decides if 1 <= number <= steps}))
        same = _plain(item.if_true) == _plain(item.if_false)
        if same or not decides:
            removed.append(Removed(text=item.test, reason=SAME if same else NO_STEP))
        else:
            kept.append(Experiment(**{**item.model_dump(), "decides": decides}))
    return kept, removed


def _plain(text: str) -> str:
    return " ".join(text.casefold().split()).rstrip(".")
