"""Programs that tests need beside Python: missing ones skip a test, but fail it in CI."""

import os
import shutil

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
