"""Store rows to arrays: the citation graph, the typed graph, and the hypergraph of statements."""
