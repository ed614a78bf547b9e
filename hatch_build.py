"""Compile the kernels into the wheel where a C++ compiler is there; else build without them."""

import importlib.util
import os
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from packaging.tags import platform_tags


class KernelBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Run kernels/build.py; PAPERFLOW_BUILD_KERNELS=0 leaves the kernels out."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, and tag a wheel that holds libraries for this platform and any Python."""
        if os.environ.get("PAPERFLOW_BUILD_KERNELS") == "0":
            return
        made, problem = _load(Path(self.root) / "kernels" / "build.py").build()
        if problem:
            self.app.display_warning(f"without some compiled kernels: {problem}")
        if made:
            build_data["pure_python"] = False
            # Built on this machine, for this machine: no claim about older systems.
            plain = next(tag for tag in platform_tags() if not tag.startswith(("many", "musl")))
            build_data["tag"] = f"py3-none-{plain}"
            build_data["artifacts"].append("/kernels/native/*.so")


def _load(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location("paperflow_kernels_build", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
