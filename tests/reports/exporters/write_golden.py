"""Write the golden files anew; read the difference before it is committed.

python -m tests.reports.exporters.write_golden
"""

from io import StringIO
from pathlib import Path

from paperflow.reports import EXPORTERS
from tests.reports.exporters.cases import PAPERS

GOLDEN = Path(__file__).parent / "golden"


def exported(name: str) -> str:
    """Return the papers of the cases in the format `name`."""
    out = StringIO(newline="")
    EXPORTERS.load(name)(PAPERS, out)
    return out.getvalue()


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for name in EXPORTERS.names():
        (GOLDEN / f"papers.{name}").write_text(exported(name), encoding="utf-8", newline="")
