#!/bin/sh
# Install what the tests use besides Python: a browser that opens the HTML report, a TeX that
# compiles the BibTeX, a compiler for the kernels (and one for 64-bit ARM, with an emulator),
# a false clock. Whoever only runs paperflow needs none of it.
set -eu

missing=
for tool in chromium chromedriver pdflatex bibtex g++ aarch64-linux-gnu-g++ qemu-aarch64-static faketime setpriv; do
    command -v "$tool" > /dev/null || missing="$missing $tool"
done
[ -n "$missing" ] || exit 0

if ! command -v apt-get > /dev/null; then
    echo "missing:$missing" >&2
    echo "hint: dnf install chromium chromedriver texlive-scheme-basic gcc-c++ libfaketime" >&2
    echo "hint: brew install --cask chromium chromedriver basictex libfaketime" >&2
    exit 1
fi

as_root=
[ "$(id -u)" -eq 0 ] || as_root=sudo
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq
$as_root apt-get install -y -qq --no-install-recommends \
    chromium chromium-driver fonts-dejavu-core fonts-inter texlive-latex-base g++ faketime util-linux \
    g++-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user-static > /dev/null
