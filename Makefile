# Every task of the project. Each target sets up what it needs; you need make and Python 3.11 or newer.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
JOBS ?= auto

.DEFAULT_GOAL := help
.PHONY: help run demo test check format formatted lint types contracts coverage pythons startup lowest integrations lock snapshots e2e fuzz kills bench shots clean

help: ## List the targets
	@sed -n 's/^\([a-z0-9]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

run: $(VENV)/.run ## Open the monitor (ARGS='PATH…' names sessions)
	@$(BIN)/tui-monitor $(ARGS)

demo: $(VENV)/.run ## Open the monitor on a made-up session
	@$(BIN)/tui-monitor demo $(ARGS)

# The tests start Python hundreds of times: what it has compiled is kept, whatever the environment says.
test coverage e2e: export PYTHONDONTWRITEBYTECODE :=

test: $(VENV)/.dev ## Run the tests on every core (ARGS='-k name' selects some, JOBS=0 stays in one process)
	@$(BIN)/python -m pytest -n $(JOBS) --dist worksteal $(ARGS)

check: formatted lint types contracts test ## Run everything that must pass before a change lands

format: $(VENV)/.dev ## Format the code and fix what the linter can fix
	@$(BIN)/ruff check -q --fix .
	@$(BIN)/ruff format .

formatted: $(VENV)/.dev
	@$(BIN)/ruff format --check .

lint: $(VENV)/.dev
	@$(BIN)/ruff check .

types: $(VENV)/.dev
	@$(BIN)/mypy

contracts: $(VENV)/.dev
	@$(BIN)/lint-imports

coverage: $(VENV)/.dev ## Run the tests without the end-to-end ones and fail below 97 % coverage
	@$(BIN)/python -m pytest -q -n $(JOBS) --dist worksteal -m 'not agents and not e2e' --cov --cov-report=term:skip-covered --cov-fail-under=97 $(ARGS)

pythons: ## Run the suite on every Python found on the PATH and in pyenv (ARGS='3.12 3.13' selects)
	@$(PYTHON) -m tests.pythons $(ARGS)

startup: ## Run the start-up checks on every Python found
	@$(PYTHON) -m tests.pythons --startup $(ARGS)

lowest: ## Run the start-up checks with the oldest dependencies that pyproject.toml allows (needs uv)
	@$(PYTHON) -m tests.pythons --lowest $(ARGS)

integrations: ## Test the recorders with the newest frameworks, in an environment of their own
	@$(MAKE) -s VENV=.integrations .integrations/.extras
	@TUI_MONITOR_EXTRAS=1 .integrations/bin/python -m pytest -q tests/integrations $(ARGS)
	@.integrations/bin/mypy --cache-dir .integrations/.mypy_cache

lock: ## Renew uv.lock (needs uv)
	@uv lock --upgrade

snapshots: $(VENV)/.dev ## Retake the pictures in snapshots/ (ARGS=FILE takes those of one test file)
	@$(BIN)/python -m pytest --snapshot-update -k snapshot $(ARGS)

bench: $(VENV)/.dev ## Measure speed and memory (ARGS='NAME… --json FILE' selects and saves)
	@$(BIN)/python -m tests.bench $(ARGS)

shots: $(VENV)/.dev ## Redraw the pictures in assets/
	@$(BIN)/python -m tests.shots

e2e: $(VENV)/.dev ## Run the real program in pseudo-terminals, and real agents beside it where they are installed
	@$(BIN)/python -m pytest -rs -m 'e2e or agents' $(ARGS)

fuzz: $(VENV)/.dev ## Try hostile input of every kind for a minute (ARGS='--only TARGET --seconds N --seed N')
	@$(BIN)/python -m tests.fuzz $(ARGS)

kills: $(VENV)/.dev ## Kill 1, 2 and 4 programs on one store 100 times each (ARGS='--kills N --processes N')
	@$(BIN)/python -m tests.fuzz.kills $(ARGS)

clean: ## Remove everything that these targets created
	@rm -rf $(VENV) .pythons .integrations .reports .coverage* .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .benchmarks

$(VENV)/.run: pyproject.toml
	@$(call install,-e .,)
	@touch $@

EXTRAS := anthropic,google-genai,langchain,litellm,mcp,openai,openai-agents,pydantic-ai

$(VENV)/.extras: pyproject.toml
	@$(call install,-e '.[$(EXTRAS)]',--group dev)
	@touch $@

$(VENV)/.dev: pyproject.toml
	@$(call install,-e .,--group dev)
	@touch $@ $(VENV)/.run

# Install with uv where it is on the PATH, else with the standard library's venv and its pip. What is being set up goes
# to standard error, so that the output of a target stays its own.
define install
if [ -z "$(PYTHON)" ] && ! command -v uv >/dev/null 2>&1; then \
	echo "tui-monitor needs Python 3.11 or newer: none was found on the PATH." >&2; exit 1; fi; \
if command -v uv >/dev/null 2>&1; then \
	echo "Setting up $(VENV) with uv (once, a few seconds) …" >&2; \
	([ -x $(BIN)/python ] || uv venv -q --python '>=3.11' $(VENV)) && uv pip install -q --compile-bytecode --python $(BIN)/python $(1) $(2); \
else \
	echo "Setting up $(VENV) with pip (once, about a minute; uv would take seconds) …" >&2; \
	([ -x $(BIN)/python ] || $(PYTHON) -m venv $(VENV)) \
	|| { rm -rf $(VENV); echo "Python's venv module is incomplete: on Debian and Ubuntu, apt install python3-venv." >&2; exit 1; }; \
	if [ -n "$(2)" ]; then $(BIN)/python -m pip install -q --disable-pip-version-check --upgrade 'pip>=25.1'; fi && \
	$(BIN)/python -m pip install -q --disable-pip-version-check $(1) $(2); \
fi
endef
