"""Every test of the searches runs on the compiled kernels and on NumPy."""

from collections.abc import Iterator

import pytest

from paperflow.graphs.hypergraph import backend
from paperflow.kernels.hypergraph import load


@pytest.fixture(params=["native", "plain"], scope="module")
def both(request: pytest.FixtureRequest) -> Iterator[str]:
    """Run by one backend, then by the other."""
    if request.param == "native" and load() is None:
        pytest.skip("the kernels are not built")
    with backend.use(request.param):
        yield request.param
