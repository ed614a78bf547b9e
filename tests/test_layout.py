"""Guards of the layout: who imports whom, who speaks to which library, and where files lie."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LINKED = ["agents", "graph_models", "kernels", "data"]

# Highest first: a module imports from lower rows only, and no other name of its own row.
RANKS = [
    ["__main__", "__init__"],
    ["cli"],
    ["commands"],
    ["agents"],
    ["discovery", "analysis", "answers", "learning"],
    ["workspace"],
    ["reports", "pipeline"],
    ["retrieval"],
    ["graph_models"],
    ["graphs"],
    ["sources", "readers", "extract"],
    ["store", "engine"],
    ["documents"],
    ["encoder"],
    ["ops"],
    ["kernels", "records", "config", "registry"],
    ["errors"],
]
RANK = {name: rank for rank, names in enumerate(RANKS) for name in names}

# Library: the files, or folders with a slash at the end, that alone may import it.
OWNERS = {
    "faiss": ["retrieval/dense.py"],
    "httpx": ["sources/"],
    "httpcore2": ["sources/"],
    "httpx2": ["sources/"],
    "hypernetx": ["graphs/convert.py"],
    "langchain": ["agents/", "extract/language_model.py"],
    "langgraph": ["agents/"],
    "mcp": ["agents/mcp.py"],
    "psycopg": ["store/"],
    "requests": ["sources/"],
    "sentence_transformers": ["encoder.py"],
    "sqlite3": ["store/"],
    "urllib.request": ["sources/"],
}

HEAVY = {
    *["torch", "transformers", "sentence_transformers", "torch_geometric", "langchain", "faiss"],
    *["hypernetx", "networkx", "scipy", "numpy", "lxml", "jinja2"],
}


def find_modules() -> dict[str, Path]:
    """Map each module's path under `paperflow/` to its real file; linked folders count once."""
    inside = ROOT / "paperflow"
    own = {
        path.relative_to(inside): path
        for path in inside.rglob("*.py")
        if path.relative_to(inside).parts[0] not in LINKED
    }
    linked = {
        path.relative_to(ROOT): path for name in LINKED for path in (ROOT / name).rglob("*.py")
    }
    return {place.as_posix(): path for place, path in sorted((own | linked).items())}


MODULES = find_modules()


def imports_of(source: str) -> set[str]:
    """Return the dotted names a source imports, wherever in it: `from a import b` is `a.b`."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            names |= {f"{module}.{alias.name}" for alias in node.names}
    return names


def part_of(place: str) -> str:
    """Return the name in RANKS to which a module belongs."""
    return place.split("/")[0].removesuffix(".py")


def parts_imported(source: str) -> set[str]:
    """Return the names in RANKS that a source imports; `paperflow.__version__` is none."""
    ours = {name for name in imports_of(source) if name.split(".")[0] == "paperflow"}
    return {name.split(".")[1] for name in ours if "." in name} & RANK.keys()


def uses(source: str, library: str) -> bool:
    """Tell whether a source imports a library, one of its modules, or a package it prefixes."""
    prefixes = (f"{library}.", f"{library}_")
    return any(name == library or name.startswith(prefixes) for name in imports_of(source))


@pytest.mark.parametrize(
    ("source", "parts"),
    [
        ("import paperflow.store.sqlite", {"store"}),
        ("from paperflow import records, graphs", {"records", "graphs"}),
        ("from paperflow.store import Store", {"store"}),
        ("def f():\n    from paperflow.cli import app", {"cli"}),
        ("if TYPE_CHECKING:\n    import paperflow.workspace as w", {"workspace"}),
        ("from paperflow import __version__", set()),
        ("TABLE = {'a': 'paperflow.sources.arxiv:ArXiv'}", set()),
    ],
)
def test_every_form_of_import_is_seen(source, parts):
    assert parts_imported(source) == parts


@pytest.mark.parametrize("place", MODULES)
def test_imports_point_down(place):
    part = part_of(place)
    assert part in RANK, f"give {part!r} a rank, here and in docs"
    others = parts_imported(MODULES[place].read_text(encoding="utf-8")) - {part}
    assert {name for name in others if RANK[name] <= RANK[part]} == set()


@pytest.mark.parametrize("place", MODULES)
def test_imports_are_absolute(place):
    names = imports_of(MODULES[place].read_text(encoding="utf-8"))
    assert {name for name in names if name.startswith(".")} == set()


@pytest.mark.parametrize("library", OWNERS)
def test_a_library_is_imported_by_its_owner_only(library):
    users = {place for place, path in MODULES.items() if uses(path.read_text("utf-8"), library)}
    assert {place for place in users if not place.startswith(tuple(OWNERS[library]))} == set()


@pytest.mark.parametrize(
    ("part", "stranger"), [("agents", "torch"), ("graph_models", "paperflow.store")]
)
def test_a_part_stays_away_from(part, stranger):
    sources = {place: path for place, path in MODULES.items() if part_of(place) == part}
    assert [
        place for place, path in sources.items() if uses(path.read_text("utf-8"), stranger)
    ] == []


def test_kernels_know_only_torch():
    known = sys.stdlib_module_names | {"torch", "triton", "paperflow"}
    sources = [
        path.read_text("utf-8") for place, path in MODULES.items() if part_of(place) == "kernels"
    ]
    imported = {name.split(".")[0] for source in sources for name in imports_of(source)}
    assert imported - known == set()


@pytest.mark.parametrize("name", LINKED)
def test_a_root_folder_is_linked_into_the_package_and_is_no_package_itself(name):
    link = ROOT / "paperflow" / name
    assert link.is_symlink()
    assert link.readlink() == Path("..", name)
    assert (ROOT / name).is_dir()
    assert not (ROOT / name / "__init__.py").exists()


def test_no_file_is_longer_than_400_lines():
    folders = ["paperflow", *LINKED, "tests", "benchmarks", "examples", "scripts"]
    files = [path for name in folders for path in (ROOT / name).rglob("*") if path.is_file()]
    code = [path for path in files if path.suffix in {".py", ".cpp", ".h"}]
    long = {path for path in code if len(path.read_text("utf-8").splitlines()) > 400}
    assert {path.relative_to(ROOT).as_posix() for path in long} == set()


def test_help_imports_nothing_heavy():
    code = (
        "import sys; from paperflow.cli import app; sys.argv = ['paperflow', '--help']\n"
        "try: app()\n"
        "finally: print(*sys.modules, file=sys.stderr)"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert "Usage" in run.stdout
    assert HEAVY & set(run.stderr.split()) == set()
