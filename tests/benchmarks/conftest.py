"""Make the benchmarks' packages known without their folder on the path.

The folder holds a kernels.py, which other libraries would take for a package of theirs.
"""

import importlib.util
import sys
from pathlib import Path

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def load(name):
    """Put the package `benchmarks/NAME` into sys.modules as NAME."""
    folder = BENCHMARKS / name
    spec = importlib.util.spec_from_file_location(
        name, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules[name])


load("hypergraph_bench")
load("model_bench")
load("reading_bench")
load("review_bench")
