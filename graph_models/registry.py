"""The table of node models: to add one, write its file, one line here and one in the contract.

A model is `Model(in_channels, hidden, out_channels, *, …)`, called as
`model(x [N, in], graph, edge_attr=None, encodings=None)` for node embeddings [N, out].
"""

from paperflow.registry import Registry

MODELS = {
    "gat": "paperflow.graph_models.models.baselines:GAT",
    "gcn": "paperflow.graph_models.models.baselines:GCN",
    "gmn": "paperflow.graph_models.models.gmn:GMN",
    "graphgps": "paperflow.graph_models.models.graphgps:GraphGPS",
    "gt": "paperflow.graph_models.models.gt:GT",
    "hop": "paperflow.graph_models.models.hop:HopTransformer",
    "hypergraph": "paperflow.graph_models.models.hypergraph:HypergraphTransformer",
    "largegt": "paperflow.graph_models.models.largegt:LargeGT",
    "mlp": "paperflow.graph_models.models.baselines:MLP",
    "mpnn-vn": "paperflow.graph_models.models.virtual_node:MPNNVN",
    "ppgt": "paperflow.graph_models.models.ppgt:PPGT",
    "sage": "paperflow.graph_models.models.baselines:SAGE",
    "tangnn": "paperflow.graph_models.models.tangnn:TANGNN",
}

models = Registry("model", MODELS)
