"""paperflow: knowledge graphs and hypergraphs of the scientific literature, with evidence."""

__version__ = "0.1.0"
