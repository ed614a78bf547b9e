"""Install PyTorch: the ordinary build on a machine with an NVIDIA GPU, else one without CUDA.

Usage: install_torch.py cpu|gpu

On Linux the ordinary build brings several gigabytes of CUDA libraries. So pip is asked what it
would install, and PyTorch's own index of CPU builds is used only when that includes CUDA.
"""

import json
import subprocess
import sys
from pathlib import Path

CPU_INDEX = "https://download.pytorch.org/whl/cpu"
CONSTRAINTS = Path(__file__).parent.parent / "constraints.txt"


def pip_install(*options: str) -> str:
    """Run `pip install` and return what it prints on stdout."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", *options]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def brings_cuda(requirement: str) -> bool:
    """Tell whether installing `requirement` from the configured index would bring CUDA."""
    report = json.loads(pip_install("--dry-run", "--report", "-", requirement))
    names = {item["metadata"]["name"].lower() for item in report["install"]}
    return any(name.startswith(("nvidia-", "cuda-")) for name in names)


def main() -> None:
    lines = CONSTRAINTS.read_text(encoding="utf-8").splitlines()
    requirement = next(line for line in lines if line.startswith("torch=="))
    if sys.argv[1] == "cpu" and brings_cuda(requirement):
        try:
            # Its dependencies come with paperflow's, from the usual index.
            pip_install("--no-deps", "--index-url", CPU_INDEX, requirement)
            return
        except subprocess.CalledProcessError:
            print(f"{CPU_INDEX} did not answer: taking the build with CUDA, some gigabytes")
    pip_install("--constraint", str(CONSTRAINTS), requirement)


if __name__ == "__main__":
    main()
