"""The command line itself: what it imports, completes, and says."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from paperflow import __version__
from paperflow.cli import app

ROOT = Path(__file__).parent.parent


def run(*arguments, **options):
    return subprocess.run(arguments, capture_output=True, text=True, check=False, **options)


@pytest.mark.parametrize(
    "command",
    [["-m", "paperflow"], [str(ROOT / "cli.py")]],
    ids=["python -m paperflow", "python cli.py"],
)
def test_every_way_in_is_the_same_program(command):
    assert run(sys.executable, *command, "--version").stdout == f"paperflow {__version__}\n"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("paperflow gra", "graph"),
        ("paperflow export ", "bib"),
        ("paperflow graph export ", "graphml"),
        ("paperflow discover x --mode ", "stable"),
        ("paperflow add --kind ", "ris"),
    ],
)
def test_the_shell_completes_commands_and_names(words, expected):
    environment = {
        **os.environ,
        "_PAPERFLOW_COMPLETE": "complete_bash",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split(" ")) - 1),
    }
    script = "import sys; sys.argv[0] = 'paperflow'; from paperflow.cli import app; app()"
    result = run(sys.executable, "-c", script, env=environment)
    assert expected in result.stdout.split()


def test_data_goes_to_stdout_and_talk_to_stderr(demo):
    runner = CliRunner()
    folder = ["-w", str(demo.folder)]
    for command in (
        ["discover", "graph transformers", "--json"],
        ["ask", "What limits message passing?", "--json"],
        ["status", "--json"],
        ["authors", "--json"],
        ["doctor", "--json"],
        ["graph", "stats", "--json"],
        ["graph", "show", "graph transformer", "--json"],
        ["analyze", "--json"],
        ["embed", "--json"],
    ):
        result = runner.invoke(app, [*command, *folder])
        assert result.exit_code == 0, result.output
        json.loads(result.stdout)


def test_a_closed_pipe_ends_quietly(demo):
    command = f"{sys.executable} -m paperflow export bib -w {demo.folder} | head -1"
    result = run("bash", "-c", command)
    assert result.stdout.startswith("@")
    assert "Traceback" not in result.stderr


def test_a_mistake_of_the_user_s_is_an_error_with_a_hint_and_no_traceback(tmp_path):
    result = run(sys.executable, "-m", "paperflow", "status", "-w", str(tmp_path))
    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr.startswith("error: no workspace in ")
    assert "\nhint: " in result.stderr
