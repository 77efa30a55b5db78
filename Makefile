# make alone prints this help. Nothing but Python 3.11+ and make is needed.

PYTHON ?= python3
VENV   ?= .venv
PORT   ?= 8000
SIZE   ?= county
SEED   ?= 20260101
DB     ?= sqlite
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check -q

ifeq ($(DB),postgres)
INSTALLED := $(VENV)/.dev
POS_SIM   := $(BIN)/pos-sim with-postgres
else
INSTALLED := $(VENV)/.run
POS_SIM   := $(BIN)/pos-sim
endif

ifdef JSON
AS_JSON    := --json
MAKEFLAGS  += --silent
endif

.DEFAULT_GOAL := help
.PHONY: help run day year seed audit load test test-long check bench mutants clean

# PROFILE, USERS, WORKERS, SECONDS, URL and LOAD (further options) choose the load.
LOAD_OPTIONS = $(if $(PROFILE),--profile $(PROFILE)) $(if $(USERS),--users $(USERS)) \
  $(if $(WORKERS),--workers $(WORKERS)) $(if $(SECONDS),--seconds $(SECONDS)) \
  --port $(PORT) $(if $(URL),--url $(URL)) $(AS_JSON) $(LOAD)

help: ## show this help
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} \
	  /^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo
	@echo "  DB=postgres  uses a real PostgreSQL from a Python wheel     SIZE=village|county|bank|province"
	@echo "  PORT=8000  SEED=20260101          JSON=1  day, year, audit, load, bench, mutants as JSON and nothing else"
	@echo "  make load PROFILE=market-day USERS=100 WORKERS=2 SECONDS=60 URL=http://127.0.0.1:8000"

##@ Use
run: $(INSTALLED) ## serve the seeded county, ready for the first request
	$(POS_SIM) serve --port $(PORT) --size $(SIZE) --seed $(SEED)

day: $(INSTALLED) ## drive one business day of Bank of Guiyang's network and compare with 2025
	$(POS_SIM) day --size bank --date 2025-06-18 --seed $(SEED) $(AS_JSON)

year: $(INSTALLED) ## live through a year of the network, compare it with 2025, write a page
	$(POS_SIM) year --seed $(SEED) $(AS_JSON)

seed: $(INSTALLED) ## fill an empty database
	$(POS_SIM) seed --size $(SIZE) --seed $(SEED)

audit: $(INSTALLED) ## recompute every balance and check every promise
	$(POS_SIM) audit $(AS_JSON)

load: $(VENV)/.dev ## villages on the running server, or on one of its own, with the money auditor
	$(BIN)/python -m loadtests $(LOAD_OPTIONS)

##@ Develop
test: $(VENV)/.dev ## everything, on SQLite and on a real PostgreSQL
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not long"

test-long: $(VENV)/.dev ## the same and the long ones: twenty kills a database, minutes of work
	$(BIN)/python -m pytest -n 2 --dist loadfile

check: $(VENV)/.dev ## style, types, and who may import whom
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.dev ## measure everything against the limits of this machine (QUICK=1: three minutes)
	$(BIN)/python -m tests.benchmarks $(if $(QUICK),--quick) $(if $(ONLY),--only $(ONLY)) $(AS_JSON)

mutants: $(VENV)/.dev ## break the build on purpose, one way at a time: each must be caught
	$(BIN)/python -m tests.mutants $(AS_JSON)

clean: ## remove the virtual environment and what tools left behind
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache *.egg-info

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed; name it with PYTHON=..."; exit 2; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) install -c constraints.txt -e .
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) install -c constraints.txt -e '.[dev]'
	@touch $@ $(VENV)/.run
