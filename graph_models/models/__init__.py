"""The models, one a file; `paperflow.graph_models.registry` lists them."""
