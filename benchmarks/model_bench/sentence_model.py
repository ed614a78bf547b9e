"""A TANGNN over papers that corrects what the text told of a sentence."""

import torch
from torch import Tensor, nn

from paperflow import ops
from paperflow.graph_models.heads import EdgeTextHead
from paperflow.graph_models.models.tangnn import TANGNN


class SentenceModel(nn.Module):
    """Papers [N, F] by a TANGNN, and a head on a sentence and its two papers."""

    def __init__(self, nodes: Tensor, edges: Tensor, text_width: int) -> None:
        super().__init__()
        self.register_buffer("nodes", nodes, persistent=False)
        both = torch.cat([edges, edges.flip(0)], 1)
        self.graph = ops.Graph.from_edge_index(torch.unique(both, dim=1), len(nodes))
        self.encoder = TANGNN(nodes.shape[1], 32, 16, layers=2, m=20, dropout=0.3)
        self.head = EdgeTextHead(16, text_width, 32, 3, dropout=0.5)

    nodes: Tensor

    def forward(self, ends: Tensor, text: Tensor, told: Tensor) -> Tensor:
        """Return logits [B, 3]: what the text told [B, 3], and what features and graph add."""
        papers = self.encoder(self.nodes, self.graph)
        extra: Tensor = self.head(papers[ends[0]], papers[ends[1]], text)
        return told + extra
