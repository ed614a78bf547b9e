"""Finding papers and sentences: words, vectors, both fused, scored, and diversified."""
