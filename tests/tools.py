"""Programs that tests need beside Python: missing ones skip a test, but fail it in CI."""

import os
import shutil
from importlib.util import find_spec

import pytest


def need(program: str) -> str:
    """Return the path of a program; without it, skip the test, or fail in CI."""
    path = shutil.which(program)
    if path is None:
        reason = f"{program} is not installed (make test-system installs it)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return path


def need_package(name: str) -> None:
    """Skip the test without a Python package, or fail it in CI."""
    if find_spec(name) is None:
        reason = f"{name} is not installed (make test installs it)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
