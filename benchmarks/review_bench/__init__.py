"""What benchmarks/review.py measures: the papers and their ratings, the protocol, the figures."""
