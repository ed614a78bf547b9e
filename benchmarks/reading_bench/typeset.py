"""LaTeX to PDF, and PDFs to damaged ones."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from random import Random

TEX = shutil.which("pdflatex")


def typeset(latex: str, folder: Path, name: str) -> Path:
    """Return the PDF of a LaTeX text, compiled until its numbers are right."""
    source = folder / f"{name}.tex"
    source.write_text(latex, encoding="utf-8")
    command = [TEX or "pdflatex", "-interaction=batchmode", "-no-shell-escape", source.name]
    for _ in range(2):
        subprocess.run(
            command,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
            timeout=120,
        )
    made = source.with_suffix(".pdf")
    if not made.exists():
        raise RuntimeError(f"pdflatex made nothing of {source}")
    return made


def _cut(share: float) -> Callable[[bytes], bytes]:
    return lambda data: data[: int(len(data) * share)]


def _flipped(count: int) -> Callable[[bytes], bytes]:
    def damage(data: bytes) -> bytes:
        random, out = Random(count), bytearray(data)
        for _ in range(count):
            out[random.randrange(len(out))] ^= 1 << random.randrange(8)
        return bytes(out)

    return damage


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "cut at 99 %": _cut(0.99),
    "cut at 90 %": _cut(0.9),
    "cut at 60 %": _cut(0.6),
    "cut at 20 %": _cut(0.2),
    "wrong startxref": lambda data: data[: data.rfind(b"startxref")] + b"startxref\n17\n%%EOF\n",
    "no trailer": lambda data: data[: data.rfind(b"startxref")],
    "junk before": lambda data: b"HTTP/1.1 200 OK\r\nContent-Type: x\r\n\r\n" + data,
    "junk after": lambda data: data + b"\0" * 4096,
    "3 bits flipped": _flipped(3),
    "30 bits flipped": _flipped(30),
    "300 bits flipped": _flipped(300),
    "line ends changed": lambda data: data.replace(b"\nendobj", b"\r\nendobj"),
    "no version": lambda data: data.replace(b"%PDF-1.", b"%PDF-9.", 1),
    "zeros in the middle": lambda data: (
        data[: len(data) // 2] + bytes(2000) + data[len(data) // 2 + 2000 :]
    ),
    "written twice": lambda data: data + data,
}


# The same paper once more, set so that a reader is led astray.
AGAIN: dict[str, tuple[str, str]] = {
    "double spacing": ("\\begin{document}", "\\linespread{2}\\begin{document}"),
    "large type": ("\\begin{document}", "\\begin{document}\\large"),
    "no page numbers": ("\\begin{document}", "\\pagestyle{empty}\\begin{document}"),
    "running heads": ("\\begin{document}", "\\pagestyle{headings}\\begin{document}"),
    "ragged right": ("\\begin{document}", "\\begin{document}\\raggedright"),
    "no indent": (
        "\\begin{document}",
        "\\setlength\\parindent{0pt}\\setlength\\parskip{6pt}\\begin{document}",
    ),
}
