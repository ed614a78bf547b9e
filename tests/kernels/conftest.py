"""Compile the kernels once before they are tested; without a compiler their tests skip."""

import os

import pytest

from paperflow import ops
from paperflow.kernels import build, library


@pytest.fixture(scope="session", autouse=True)
def _compiled_kernels() -> None:
    made, problem = build.build()
    if os.environ.get("CI"):
        assert made, problem
    library.force(None)


@pytest.fixture
def native():
    """Serve a test by the compiled library, or skip it where there is none."""
    if library.load() is None:
        pytest.skip(library.describe())
    with ops.use_backend("native"):
        yield


@pytest.fixture(params=["native", "naive"])
def backend(request):
    """Serve a test by each backend of a CPU in turn."""
    if request.param == "native" and library.load() is None:
        pytest.skip(library.describe())
    with ops.use_backend(request.param):
        yield request.param
