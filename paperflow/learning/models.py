"""The models that score links, by name: node models, embeddings of triples, recommenders."""

from difflib import get_close_matches

from paperflow.errors import UnknownName
from paperflow.graph_models.registry import models as nodes
from paperflow.registry import Registry

EMBEDDINGS = {
    "complex": "paperflow.graph_models.kge:ComplEx",
    "distmult": "paperflow.graph_models.kge:DistMult",
    "rotate": "paperflow.graph_models.kge:RotatE",
    "transe": "paperflow.graph_models.kge:TransE",
}
RECOMMENDERS = {
    "bpr": "paperflow.learning.learners:bpr_mf",
    "kgat": "paperflow.learning.learners:kgat",
    "lightgcn": "paperflow.learning.learners:lightgcn",
}
embeddings = Registry("embedding", EMBEDDINGS)
recommenders = Registry("recommender", RECOMMENDERS)


def known_models() -> list[str]:
    """Return the names of all models; each can score the links of any graph."""
    return sorted({*nodes.names(), *EMBEDDINGS, *RECOMMENDERS})


def check_model(name: str) -> None:
    """Refuse a model that is not there."""
    if name not in (names := known_models()):
        near = get_close_matches(name, names, n=1)
        meant = f"did you mean {near[0]!r}? " if near else ""
        raise UnknownName(f"no model named {name!r}", hint=f"{meant}known: {', '.join(names)}")


def moves(name: str) -> bool:
    """Tell whether the weights of a model serve another graph than that of training."""
    return name not in EMBEDDINGS and name not in RECOMMENDERS
