"""Run the command line with `python -m paperflow`."""

from paperflow.cli import app

if __name__ == "__main__":
    app()
