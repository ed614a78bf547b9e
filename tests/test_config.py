"""Settings: a file, then the environment; mistakes are named."""

import pytest

from paperflow.config import Settings, load_settings, without_keys
from paperflow.errors import BadInput


def test_without_file_and_environment_the_defaults_hold(tmp_path):
    assert load_settings(tmp_path, {}) == Settings()


def test_the_environment_wins_over_the_file(tmp_path):
    (tmp_path / "paperflow.toml").write_text('workers = 3\nmode = "stable"\n')
    settings = load_settings(tmp_path, {"PAPERFLOW_WORKERS": "5", "PAPERFLOW_ENCODER": ""})
    assert settings == Settings(workers=5, mode="stable")


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("worker = 3", "unknown setting 'worker'", "did you mean 'workers'"),
        ("workers = 'many'", "workers can't be 'many'", "PAPERFLOW_WORKERS"),
        ("workers = -1", "workers can't be -1", "use 0 or more"),
        ("limit = 0", "limit can't be 0", "use 1 or more"),
        ("limit = true", "limit can't be True", "a whole number"),
        ("limit = 2.7", "limit can't be 2.7", "a whole number"),
        ('store = ["a"]', "store can't be", "a text"),
        ('heads = "bogus"', "heads can't be 'bogus'", "use on or off"),
        ("workers = ", "paperflow.toml", "mend the file"),
    ],
)
def test_a_mistake_is_named_with_a_hint(tmp_path, text, message, hint):
    (tmp_path / "paperflow.toml").write_text(text)
    with pytest.raises(BadInput, match=message) as caught:
        load_settings(tmp_path, {})
    assert hint in caught.value.hint


def test_a_file_that_is_not_text_is_named(tmp_path):
    (tmp_path / "paperflow.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadInput):
        load_settings(tmp_path, {})


def test_keys_are_taken_out_of_texts():
    environment = {"OPENAI_API_KEY": "sk-0123456789", "HF_TOKEN": "short", "HOME": "/home/reader"}
    text = "sk-0123456789 is no key of short /home/reader"
    assert without_keys(text, environment) == "[OPENAI_API_KEY] is no key of short /home/reader"
