"""Knowledge-graph embeddings: score triples (head, relation, tail)."""

from paperflow.graph_models.kge.base import KnowledgeModel
from paperflow.graph_models.kge.cat import CAT
from paperflow.graph_models.kge.complex import ComplEx
from paperflow.graph_models.kge.distmult import DistMult
from paperflow.graph_models.kge.rotate import RotatE
from paperflow.graph_models.kge.train import Triples, against_all, against_sampled, ranks
from paperflow.graph_models.kge.transe import TransE

__all__ = [
    "CAT",
    "ComplEx",
    "DistMult",
    "KnowledgeModel",
    "RotatE",
    "TransE",
    "Triples",
    "against_all",
    "against_sampled",
    "ranks",
]
