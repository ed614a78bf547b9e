"""A wheel holds all of paperflow, whichever way it was built, and runs on its own."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FOLDERS = ["paperflow", "agents", "graph_models", "kernels", "data"]
BUILT = {".pyc", ".so", ".o", ".made"}  # made on this machine, and ignored by git


def run(*command: str | Path, cwd: Path, **env: str) -> str:
    """Run a program and return its stdout; what it says on stderr explains a failure."""
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=os.environ | env,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def build(tree: Path, target: str, folder: Path) -> Path:
    """Build a `wheel` or `sdist` of a source tree without a network and return the file."""
    run(sys.executable, "-m", "hatchling", "build", "-t", target, "-d", folder, cwd=tree)
    (built,) = folder.iterdir()
    return built


def names_in(wheel: Path) -> set[str]:
    return set(zipfile.ZipFile(wheel).namelist())


def python_files_in(wheel: Path) -> set[str]:
    """Return what does not depend on a compiler: all but the compiled kernels."""
    return {name for name in names_in(wheel) if not name.endswith(".so")}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(ROOT, "wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that holds the wheel's paperflow and nothing of this checkout."""
    folder = tmp_path_factory.mktemp("installed")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    run(*pip, "--target", folder, wheel, cwd=folder)
    return folder


def test_a_wheel_holds_every_file_of_the_tree(wheel):
    paths = [path for name in FOLDERS for path in (ROOT / name).rglob("*") if path.is_file()]
    files = {path.relative_to(ROOT) for path in paths if path.suffix not in BUILT}
    places = {path if path.parts[0] == "paperflow" else "paperflow" / path for path in files}
    assert {place.as_posix() for place in places} - names_in(wheel) == set()


@pytest.mark.parametrize(
    "folder", ["agents", "data/demo", "graph_models", "kernels", "reports/templates"]
)
def test_a_wheel_holds(wheel, folder):
    assert any(name.startswith(f"paperflow/{folder}/") for name in names_in(wheel))


def test_a_wheel_installs_no_top_level_name_but_paperflow(wheel):
    tops = {name.split("/")[0] for name in names_in(wheel)}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"paperflow"}


@pytest.mark.skipif(not shutil.which("g++"), reason="no C++ compiler")
def test_a_wheel_holds_the_compiled_kernels_for_any_python(wheel):
    assert "-py3-none-" in wheel.name
    assert "-any" not in wheel.name
    assert any(name.startswith("paperflow/kernels/native/") for name in names_in(wheel))


def test_a_wheel_from_the_source_archive_holds_the_same_files(wheel, tmp_path, monkeypatch):
    archive = build(ROOT, "sdist", tmp_path / "sdist")
    shutil.unpack_archive(archive, tmp_path / "tree")
    (tree,) = (tmp_path / "tree").iterdir()
    monkeypatch.setenv("PAPERFLOW_BUILD_KERNELS", "0")  # as where there is no compiler
    plain = build(tree, "wheel", tmp_path / "wheel")
    assert "py3-none-any" in plain.name
    assert python_files_in(plain) == python_files_in(wheel)


def test_an_installed_wheel_is_what_gets_imported(installed, tmp_path):
    code = "import paperflow; print(paperflow.__file__)"
    where = run(sys.executable, "-c", code, cwd=tmp_path, PYTHONPATH=str(installed))
    assert Path(where.strip()).is_relative_to(installed)
    version = run(
        sys.executable, "-m", "paperflow", "--version", cwd=tmp_path, PYTHONPATH=str(installed)
    )
    assert "0.1.0" in version


def test_an_installed_wheel_runs_the_demo_anywhere(installed, tmp_path):
    run(sys.executable, "-m", "paperflow", "demo", cwd=tmp_path, PYTHONPATH=str(installed))
    reports = list(tmp_path.rglob("*.html"))
    assert reports
    assert all(report.stat().st_size > 0 for report in reports)
