"""Graphs, candidates and clocks of benchmarks/kernels.py."""
