"""What a model is shown of a graph: neighbourhoods, tokens, walks, and pairs that are no edges."""

from paperflow.graph_models.samplers.negatives import (
    EdgeSet,
    hard_negatives,
    typed_negatives,
    uniform_negatives,
)
from paperflow.graph_models.samplers.neighbours import NeighbourSampler
from paperflow.graph_models.samplers.tokens import repeatable, sample_tokens
from paperflow.graph_models.samplers.walks import random_walks

__all__ = [
    "EdgeSet",
    "NeighbourSampler",
    "hard_negatives",
    "random_walks",
    "repeatable",
    "sample_tokens",
    "typed_negatives",
    "uniform_negatives",
]
