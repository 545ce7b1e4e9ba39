# `make demo` sets everything up and runs the city; `make check` sets everything up and passes every check.
# Needs Python 3.11 or newer, Node 20 or newer and make; nothing else.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
PORT ?= 8000
DATA ?=
SCENE ?=
PEER ?=
STORE ?=
COUNT ?=
SUITE ?=
GROUPS ?=
CASES ?=
JSON ?=
FAILING ?=
KEEP ?=
PAGE ?=
BIN := .venv/bin
STAMPS := .make

SCREEN_SOURCES := $(shell find src -path '*/static/dist' -prune -o \( -name '*.ts' -o -name '*.css' -o -name 'icons.txt' \) -print 2>/dev/null)
CATALOGUES := $(shell find src -name 'django.po' 2>/dev/null)

.PHONY: help
help:  ## Show what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

# --- set-up -------------------------------------------------------------------------------------

$(STAMPS)/python: requirements/dev.lock pyproject.toml
	@mkdir -p $(STAMPS)
	@$(PYTHON) -c 'import sys; sys.exit("songcau needs Python 3.11 or newer") if sys.version_info < (3, 11) else None'
	@echo "setting up Python packages …"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements/dev.lock
	@$(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(STAMPS)/node: package.json package-lock.json
	@mkdir -p $(STAMPS)
	@echo "setting up front-end packages …"
	@npm ci --silent --no-audit --no-fund
	@touch $@

$(STAMPS)/assets: $(STAMPS)/node vite.config.ts tsconfig.json $(SCREEN_SOURCES)
	@echo "building styles and scripts …"
	@npm run --silent build
	@touch $@

$(STAMPS)/messages: $(STAMPS)/python $(CATALOGUES)
	@$(BIN)/python -m tools.messages compile
	@touch $@

.PHONY: setup assets
setup: $(STAMPS)/python $(STAMPS)/node $(STAMPS)/assets $(STAMPS)/messages  ## Set everything up, run nothing
assets: $(STAMPS)/assets  ## Build styles and scripts

# --- the city -----------------------------------------------------------------------------------

.PHONY: demo
demo: setup  ## Set everything up and run the demonstration city (PORT=8000, DATA=folder of real data, SCENE=storm)
	@exec $(BIN)/songcau demo --port $(PORT) $(if $(DATA),--data-from $(DATA)) $(if $(SCENE),--scene $(SCENE))

# --- checks -------------------------------------------------------------------------------------

.PHONY: check soak audit bench bench-context bench-reports bench-operations conformance screenshots lock format messages generated
check: setup  ## Every check (at most 10 minutes); what this machine lacks is named NOT RUN
	@$(BIN)/python -m tools.check

soak: setup  ## Kills, fuzzing, long runs (SOAK=short for CI)
	@$(BIN)/python -m tools.soak $(SOAK)

bench: setup  ## Measure speed and memory; prints tables
	@$(BIN)/python -m bench

# The packages of the suite have an environment of their own: two of them come as sources only, so what builds those is
# put in first, by its hash too, and nothing is fetched besides.
$(STAMPS)/conformance/ready: requirements/conformance-build.lock requirements/conformance.lock
	@mkdir -p $(STAMPS)
	@echo "setting up the packages of the conformance suite …"
	@rm -rf $(STAMPS)/conformance
	@$(PYTHON) -m venv $(STAMPS)/conformance
	@$(STAMPS)/conformance/bin/python -m pip install --quiet --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements/conformance-build.lock
	@$(STAMPS)/conformance/bin/python -m pip install --quiet --quiet --disable-pip-version-check --require-hashes --no-deps --no-build-isolation -r requirements/conformance.lock
	@touch $@

conformance: $(STAMPS)/python $(STAMPS)/conformance/ready  ## The ETSI suite against the broker (SUITE=checkout, GROUPS=…, CASES=…, JSON=file, FAILING=folder, KEEP=folder, PAGE=yes)
	@test -n "$(SUITE)" || { echo "make conformance needs SUITE=<a checkout of the suite>; see docs/CONFORMANCE.md" >&2; exit 2; }
	@$(BIN)/python -m tools.conformance "$(SUITE)" --groups "$(GROUPS)" --cases "$(or $(CASES),*)" $(if $(JSON),--json "$(JSON)") $(if $(FAILING),--failing "$(FAILING)") $(if $(KEEP),--keep "$(KEEP)") $(if $(PAGE),--page)

bench-context: setup  ## Measure the context broker (PEER=http://… another broker beside it, STORE=postgresql://…)
	@PEER=$(PEER) STORE=$(STORE) $(BIN)/python -m bench.context

bench-reports: setup  ## Measure a million citizens' reports (STORE=postgresql://…, COUNT=1000000, KEEP=folder)
	@$(BIN)/python -m bench.reports $(if $(STORE),--store "$(STORE)") $(if $(COUNT),--count $(COUNT)) $(if $(KEEP),--keep "$(KEEP)")

bench-operations: setup  ## Measure the operations centre: alert rules, wall and map in Chromium (SECONDS=180 of memory)
	@$(BIN)/python -m bench.operations $(SECONDS)

audit: setup  ## Known vulnerabilities in any dependency; fails on a package it could not check
	@$(BIN)/python -m tools.audit

screenshots: setup  ## Take the pictures in docs/images with Chromium
	@$(BIN)/python -m tools.screenshots

format: $(STAMPS)/python  ## Put the Python code into form
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

messages: $(STAMPS)/python  ## Bring the message catalogues to what the code says
	@$(BIN)/python -m tools.messages update && $(BIN)/python -m tools.messages compile

generated: setup  ## Write docs/generated anew
	@$(BIN)/python -m tools.generated write

lock: $(STAMPS)/python  ## Write requirements/*.lock anew (needs uv on the path)
	@uv pip compile pyproject.toml --generate-hashes --no-header --quiet --python-version 3.11 -o requirements/runtime.lock
	@uv pip compile pyproject.toml --group dev --generate-hashes --no-header --quiet --python-version 3.11 -o requirements/dev.lock
	@uv pip compile requirements/conformance-build.in --generate-hashes --no-header --quiet --python-version 3.11 -o requirements/conformance-build.lock
	@uv pip compile requirements/conformance.in --generate-hashes --no-header --quiet --python-version 3.11 -o requirements/conformance.lock

# --- distribution -------------------------------------------------------------------------------

.PHONY: dist clean
dist: setup  ## One wheel with the built assets in it
	@rm -rf dist && $(BIN)/python -m build --wheel --no-isolation --outdir dist . >/dev/null && ls -l dist

clean:  ## Remove everything that set-up and the demonstration made
	@rm -rf .venv .make node_modules dist demo-data src/songcau/static/dist src/songcau/foundation/files/documents/fonts
