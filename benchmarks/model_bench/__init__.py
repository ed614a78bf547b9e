"""The tasks of benchmarks/models.py, one file a task: `bench(quick)` returns its `Bench`."""
