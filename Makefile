# Open LHCR on a fresh machine: Python 3.11 or later, make and git are enough.
#
#   make demo    the demonstration area; ARGS="..." go to `lhcr demo`
#   make test    every test that this machine can run; says what it skipped and what is missing
#   make check   lint, format, types and import contracts
#   make bench   the benchmarks, as a table and as build/bench.json
#   make lock    lock the dependencies anew; UPGRADE=1 takes newer versions

.PHONY: demo test check bench lock assets clean
.NOTPARALLEL:
.DELETE_ON_ERROR:

PYTHON ?= $(shell command -v python3.11 || command -v python3 || echo python3)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
SERVED := src/lhcr/portal/static/vendor
ASSETS := $(SERVED)/versions.json

# The whole suite runs in as many processes as there are cores, each with a database server of its own; a part of it in one.
IN_SEVERAL := --numprocesses=auto --maxprocesses=4 --dist=loadfile

demo: $(VENV)/.installed $(ASSETS)
	@exec $(BIN)/lhcr demo $(ARGS)

test: $(VENV)/.installed-dev $(ASSETS)
	$(BIN)/python -m pytest $(or $(ARGS),$(IN_SEVERAL))

check: $(VENV)/.installed-dev
	@failed=0; \
	for check in "ruff check" "ruff format --check" "mypy" "lint-imports --no-logo"; do \
	    echo "== $$check"; $(BIN)/$$check || failed=1; \
	done; \
	exit $$failed

bench: $(VENV)/.installed-dev $(ASSETS)
	$(BIN)/python -m bench $(ARGS)

assets: $(ASSETS)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "Open LHCR needs Python 3.11 or later: name one with make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@echo "Creating $(VENV)"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

# The stamps are younger than what they were made from, so that a second call starts at once.
$(VENV)/.installed: requirements/run.txt requirements/run.in pyproject.toml | $(BIN)/python
	@echo "Installing what Open LHCR needs to run"
	@$(PIP) install --require-hashes -r requirements/run.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.installed-dev: requirements/dev.txt requirements/run.in pyproject.toml | $(BIN)/python
	@echo "Installing what Open LHCR needs to run and to be tested"
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.installed-node: requirements/node.txt | $(BIN)/python
	@echo "No npm here: installing Node.js into $(VENV)"
	@$(PIP) install --require-hashes -r requirements/node.txt
	@touch $@

# The system's npm where there is one, else the one of a locked package.
HAS_NPM := $(shell npm --version >/dev/null 2>&1 && echo yes)
NPM := $(if $(HAS_NPM),npm,PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/npm)

$(ASSETS): package.json package-lock.json src/lhcr/portal/build_assets.py | $(BIN)/python $(if $(HAS_NPM),,$(VENV)/.installed-node)
	@echo "Fetching the front-end assets"
	@$(NPM) ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@$(BIN)/python src/lhcr/portal/build_assets.py node_modules $(SERVED)

LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header $(if $(UPGRADE),--upgrade)
lock: $(VENV)/.installed-dev $(if $(HAS_NPM),,$(VENV)/.installed-node)
	$(LOCK) requirements/run.in -o requirements/run.txt
	$(LOCK) requirements/dev.in -o requirements/dev.txt
	$(LOCK) requirements/node.in -o requirements/node.txt
	$(NPM) $(if $(UPGRADE),update,install) --package-lock-only --omit-lockfile-registry-resolved --ignore-scripts --no-audit --no-fund

clean:
	rm -rf $(VENV) node_modules $(SERVED) build .mypy_cache .ruff_cache .import_linter_cache
