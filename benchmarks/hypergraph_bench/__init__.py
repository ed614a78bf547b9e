"""What the hypergraph benchmark is made of: the generator, the libraries, the operations."""
