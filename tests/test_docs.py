"""Documentation that is true: commands, settings, and the blocks of the README."""

import os
import re
import shlex
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
from typer.testing import CliRunner

from paperflow.cli import COMMANDS, app
from paperflow.config import Settings

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_command_reference_is_what_the_program_says():
    run = subprocess.run(
        [sys.executable, "-m", "typer", "paperflow.cli", "utils", "docs", "--name", "paperflow"],
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    assert (ROOT / "docs/cli.md").read_text(encoding="utf-8").strip() == run.stdout.strip(), (
        "write it anew: make docs"
    )


def test_every_setting_and_variable_is_documented():
    text = (ROOT / "docs/environment.md").read_text(encoding="utf-8")
    sources = [*(ROOT / "paperflow").glob("**/*.py"), *(ROOT / "tests").glob("**/*.py")]
    used = {
        name
        for path in [*sources, *(ROOT / "benchmarks").glob("*.py"), *ROOT.glob("kernels/**/*.py")]
        for name in re.findall(r"\bPAPERFLOW_[A-Z_]+[A-Z]\b", path.read_text(encoding="utf-8"))
    }
    used |= {f"PAPERFLOW_{item.name.upper()}" for item in fields(Settings)}
    assert {name for name in used if f"`{name}`" not in text} == set()


def test_every_command_is_named_in_the_readme():
    missing = {name for name in COMMANDS if f"paperflow {name}" not in README}
    assert missing == set()


def test_every_link_of_the_documentation_leads_somewhere():
    for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]:
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def console_blocks() -> list[list[str]]:
    """Return the lines after "$ " of each console block of the README."""
    blocks = re.findall(r"```console\n(.*?)```", README, re.DOTALL)
    return [[line[2:] for line in block.splitlines() if line.startswith("$ ")] for block in blocks]


@pytest.mark.parametrize("commands", console_blocks(), ids=lambda commands: commands[0][:40])
def test_the_readme_s_session_runs(commands, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PAPERFLOW_WORKERS", "1")
    (tmp_path / "data").symlink_to(ROOT / "data")
    for command in commands:
        program, *arguments = shlex.split(command)
        assert program == "paperflow", command
        result = CliRunner().invoke(app, arguments)
        assert result.exit_code == 0, f"{command}\n{result.output}"


def test_examples_run(tmp_path):
    for path in sorted((ROOT / "examples").glob("*.py")):
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        run = subprocess.run(
            [sys.executable, str(path)], cwd=tmp_path, env=environment, capture_output=True,
            text=True,
        )  # fmt: skip
        assert run.returncode == 0, f"{path.name}\n{run.stderr}"
