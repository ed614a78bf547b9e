"""Ask the web for papers and keep what comes, with a row for each source on how it went."""

from collections.abc import Callable, Mapping, Sequence

from paperflow.sources import Answer, Source, ask_sources
from paperflow.sources.web import Web
from paperflow.workspace import Workspace

Told = Callable[[Answer], object]


def gather(
    workspace: Workspace,
    names: Sequence[str],
    topic: str,
    *,
    limit: int,
    web: Web,
    given: Mapping[str, Source] | None = None,
    told: Told | None = None,
) -> list[Answer]:
    """Search in sources at once and add what they give to the library, merged by identity.

    The answers come in the order of `names`, whatever order they arrive in, so that the
    library grows the same way each time. `told` gets each as it arrives.
    """
    if not topic:
        return [Answer(name=name, status="skipped", note="no words to ask for") for name in names]
    answers = ask_sources(names, topic, limit=limit, given=given or {}, web=web, told=told)
    for answer in answers:
        workspace.store.papers.add(answer.papers)
    return answers
