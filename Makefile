# The door to everything. Each target sets up what it needs; only make and Python 3.11 or newer have to be there.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help run demo test check format lint types contracts snapshots e2e bench shots clean

help: ## Say what there is
	@sed -n 's/^\([a-z0-9]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

run: $(VENV)/.run ## Open the monitor (ARGS='PATH…' to name a session)
	@$(BIN)/tui-monitor $(ARGS)

demo: $(VENV)/.run ## Open the monitor on a session that is played
	@$(BIN)/tui-monitor demo $(ARGS)

test: $(VENV)/.dev ## Run the tests (ARGS='-k name' to choose)
	@$(BIN)/python -m pytest $(ARGS)

check: format lint types contracts test ## Everything that must pass before a change lands

format: $(VENV)/.dev
	@$(BIN)/ruff format --check .

lint: $(VENV)/.dev
	@$(BIN)/ruff check .

types: $(VENV)/.dev
	@$(BIN)/mypy

contracts: $(VENV)/.dev
	@$(BIN)/lint-imports

snapshots: $(VENV)/.dev ## Take the pictures in snapshots/ anew
	@$(BIN)/python -m pytest --snapshot-update -k snapshot

bench: $(VENV)/.dev ## Measure (ARGS='NAME… --json FILE' to choose and to keep)
	@$(BIN)/python -m tests.bench $(ARGS)

shots: $(VENV)/.dev ## Draw the pictures in assets/ anew
	@$(BIN)/python -m tests.shots

e2e: $(VENV)/.dev ## Run the real program in pseudo-terminals, and real agents beside it where they are installed
	@$(BIN)/python -m pytest -rs -m 'e2e or agents' $(ARGS)

clean: ## Remove what was set up
	@rm -rf $(VENV) .reports .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .benchmarks

$(VENV)/.run: pyproject.toml
	@$(call install,-e .)
	@touch $@

$(VENV)/.dev: pyproject.toml
	@$(call install,-e . --group dev)
	@touch $@ $(VENV)/.run

# uv where it is there, else the standard library's venv and its pip.
define install
if [ -z "$(PYTHON)" ] && ! command -v uv >/dev/null 2>&1; then \
	echo "tui-monitor needs Python 3.11 or newer: none was found on the PATH." >&2; exit 1; fi; \
if command -v uv >/dev/null 2>&1; then \
	([ -x $(BIN)/python ] || uv venv -q --python '>=3.11' $(VENV)) && uv pip install -q --compile-bytecode --python $(BIN)/python $(1); \
else \
	([ -x $(BIN)/python ] || $(PYTHON) -m venv $(VENV)) \
	|| { rm -rf $(VENV); echo "Python's venv module is incomplete: on Debian and Ubuntu, apt install python3-venv." >&2; exit 1; }; \
	$(BIN)/python -m pip install -q --disable-pip-version-check --upgrade 'pip>=25.1' && $(BIN)/python -m pip install -q --disable-pip-version-check $(1); \
fi
endef
