# FitSM Flow. Needs Python 3.11 or newer, make and git; everything else is fetched into .venv by these targets.
SHELL := /bin/bash
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
FRONT := webapp/frontend
ASSETS := webapp/static/dist/.vite/manifest.json
FRONT_SOURCES := $(wildcard $(FRONT)/*.json $(FRONT)/*.js $(FRONT)/*.mjs) $(shell find $(FRONT)/src -type f 2>/dev/null)

.PHONY: help install assets up test check format bench screenshots gallery clean

help:  ## Print this text
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(STAMP) $(ASSETS)  ## Create .venv, install the project and build the front end

up: install  ## Run FitSM Flow at http://127.0.0.1:8080, with a sample organisation on the first start
	@$(BIN)/fitsm up $(ARGS)

test: install  ## Run all tests (browser tests too when Chromium is found); ARGS="-k name" narrows them
	$(BIN)/python -m pytest -n 2 $(ARGS)

check: $(STAMP)  ## Run the static checks: ruff, mypy, import contracts, style of the diagrams
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet . || echo "note: 'make format' would change some files"
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/fitsm style

format: $(STAMP)  ## Sort imports and mend what ruff can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: install  ## Run the benchmarks; ARGS="steps http" runs some of them
	$(BIN)/python -m benchmarks $(ARGS)

screenshots: install  ## Take the pictures of the README anew (needs Chromium)
	$(BIN)/python -m tests.browser.screenshots

gallery: install  ## Draw all processes anew for docs/processes.md (needs Chromium)
	$(BIN)/python -m tests.browser.gallery

clean:  ## Remove what was built or installed; the database in var/ stays
	rm -rf $(VENV) dist build webapp/static/dist $(FRONT)/node_modules .mypy_cache .ruff_cache .pytest_cache

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "FitSM Flow needs Python 3.11 or newer. Name one with: make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)

# The front end is built by the build hook (hatch_build.py) as a part of the installation.
$(STAMP): pyproject.toml hatch_build.py | $(BIN)/python
	@echo "Installing FitSM Flow into $(VENV) (the first time takes a minute or two) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

$(ASSETS): $(FRONT_SOURCES) | $(STAMP)
	@echo "Building the front end ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@test -f $@ && touch $@
