"""Recommendation: score items for users, from interactions and a knowledge graph of the items."""

from paperflow.graph_models.recommend.bpr import BPRMF, Interactions, bpr_losses
from paperflow.graph_models.recommend.item_knn import ItemKNN
from paperflow.graph_models.recommend.kgat import KGAT, KnowledgeEdges, kgat_losses
from paperflow.graph_models.recommend.lightgcn import LightGCN
from paperflow.graph_models.recommend.softmax import softmax_losses

__all__ = [
    "BPRMF",
    "KGAT",
    "Interactions",
    "ItemKNN",
    "KnowledgeEdges",
    "LightGCN",
    "bpr_losses",
    "kgat_losses",
    "softmax_losses",
]
