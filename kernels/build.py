"""Compile the native kernels for every instruction set of this machine's architecture.

Usage: python -m paperflow.kernels.build
Needs only the standard library and a C++20 compiler ($CXX, c++, g++ or clang++).
"""

import hashlib
import os
import platform
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
SOURCES = HERE / "cpp"
FOLDER = HERE / "native"
FLAGS = [
    *["-std=c++20", "-O2", "-fopenmp-simd", "-fPIC", "-shared", "-fvisibility=hidden"],
    *["-fno-exceptions", "-fno-rtti", "-fno-math-errno", "-fno-trapping-math"],
]
# Loads and stores of whole vectors even where a generic target would split them.
TUNING = {
    "v2": ["-march=x86-64-v2"],
    "v3": ["-march=x86-64-v3", "-mtune=haswell"],
    "v4": ["-march=x86-64-v4", "-mprefer-vector-width=512"],
    "neon": [],
}


def targets() -> list[str]:
    """Return the instruction sets to build here; none on an unknown architecture."""
    machine = platform.machine().lower()
    if machine in ("x86_64", "amd64"):
        return ["v2", "v3", "v4"]
    return ["neon"] if machine in ("aarch64", "arm64") else []


def compiler() -> str | None:
    """Return the C++ compiler, None where there is none or the system is Windows."""
    if sys.platform == "win32":
        return None
    names = [os.environ.get("CXX", ""), "c++", "g++", "clang++"]
    return next((found for name in names if name and (found := shutil.which(name))), None)


def fingerprint(target: str) -> str:
    """Return a hash of the sources and flags that a library is made from."""
    parts = [path.read_bytes() for path in sorted(SOURCES.iterdir()) if path.is_file()]
    parts.append(" ".join([*FLAGS, *TUNING[target]]).encode())
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def compile_target(target: str, extra: list[str] | None = None, to: Path | None = None) -> Path:
    """Compile one instruction set and return the library; CalledProcessError tells why not.

    A library that was made from the same sources and flags is left as it is.
    """
    made = to or FOLDER / f"paperflow_{target}.so"
    stamp = made.with_suffix(".made")
    wanted = fingerprint(target) + " ".join(extra or [])
    if made.exists() and stamp.exists() and stamp.read_text() == wanted:
        return made
    made.parent.mkdir(parents=True, exist_ok=True)
    part = made.with_suffix(f".{os.getpid()}.part")
    command = [compiler() or "c++", *FLAGS, *TUNING[target], *(extra or [])]
    command += ["-o", str(part), str(SOURCES / "kernels.cpp"), "-lm"]
    subprocess.run(command, check=True, capture_output=True, text=True)
    part.replace(made)  # whole or not at all: another process may be loading it
    stamp.write_text(wanted)
    return made


def build() -> tuple[list[Path], str]:
    """Compile every target that the compiler can and return the libraries and what went wrong."""
    if not targets() or compiler() is None:
        return [], f"no C++ compiler or unknown machine ({platform.machine()})"
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(_try, targets()))
    made = [path for path, _ in results if path is not None]
    return made, "\n".join(problem for _, problem in results if problem)


def _try(target: str) -> tuple[Path | None, str]:
    try:
        return compile_target(target), ""
    except (OSError, subprocess.CalledProcessError) as error:
        return None, f"{target}: {getattr(error, 'stderr', '') or error}"


def main() -> int:
    """Build, say what was made on stdout and what failed on stderr, and return the status."""
    made, problem = build()
    sys.stdout.writelines(f"{path}\n" for path in made)
    if problem:
        sys.stderr.write(f"{problem}\n")
    return 0 if made else 1


if __name__ == "__main__":
    sys.exit(main())
