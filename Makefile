# Each target sets up what it needs, in .venv: `make demo` and `make test` work on a
# machine that has Python 3.11 or later, git and make.

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: help demo test lint types unit browser readme faults faults-peers bench clean

help:
	@echo "make demo   the whole loop on this machine: check, generate, call, deliver, see"
	@echo "make test   everything CI runs"
	@echo "make readme write the commands' help into the README, and the page of rules"
	@echo "make faults what the sender does under each fault, in figures, in about twelve minutes"
	@echo "make bench  what trackplan costs beside its peers, in ratios, in about half an hour"
	@echo "make clean  remove what the other targets made"

demo: $(VENV)/cli
	@$(BIN)/trackplan demo

test: lint types unit
	@$(BIN)/trackplan generate --check

lint: $(VENV)/test
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check

types: $(VENV)/test
	@$(BIN)/mypy
	@$(BIN)/pyright --pythonpath $(BIN)/python

unit: $(VENV)/test browser
	@$(BIN)/pytest -n auto --dist loadfile

# The tests of the pages drive Debian's chromium; without one they are skipped, and say so.
browser:
	@if ! command -v chromium >/dev/null && command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
		echo "Installing Debian's chromium for the tests of the pages (once, about a minute) ..."; \
		export DEBIAN_FRONTEND=noninteractive; \
		apt-get -qq update && apt-get -qq install --no-install-recommends chromium fonts-dejavu-core >/dev/null \
			|| echo "That failed: the tests of the pages will be skipped."; \
	fi

readme: $(VENV)/test
	@$(BIN)/python tests/readme.py

faults: $(VENV)/test
	@$(BIN)/python -m tests.faults --json build/faults.json

faults-peers: $(VENV)/test $(VENV)/peers/installed
	@$(BIN)/python -m tests.faults --peers --json build/faults-peers.json

bench: $(VENV)/bench/installed
	@$(VENV)/bench/bin/python -m tests.benchmarks --json build/bench.json

clean:
	rm -rf $(VENV) dist build .mypy_cache .pytest_cache .ruff_cache .hypothesis .trackplan_cache
	find codegen generated tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@for python in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
		if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			echo "Making a virtual environment in $(VENV) with $$($$python --version) ..."; \
			$$python -m venv $(VENV) && exit 0; \
			rm -rf $(VENV); \
			echo "That failed: install Python's venv module (on Debian: apt install python3-venv)."; \
			exit 1; \
		fi; \
	done; \
	echo "No Python 3.11 or later was found: install one, or name it: make $(MAKECMDGOALS) PYTHON=/path/to/python"; \
	exit 1

$(VENV)/cli: pyproject.toml | $(BIN)/python
	@echo "Installing trackplan and its command line (once, about half a minute) ..."
	@$(PIP) -e '.[cli]'
	@touch $@

$(VENV)/test: pyproject.toml $(VENV)/cli | $(BIN)/python
	@echo "Installing what the tests need (once, about half a minute) ..."
	@$(PIP) -e '.[cli,test]'
	@touch $@

$(VENV)/peers/installed: | $(BIN)/python
	@echo "Installing the other senders (once, about half a minute) ..."
	@$(BIN)/python -m venv $(VENV)/peers
	@$(VENV)/peers/bin/python -m pip install --quiet --disable-pip-version-check \
		segment-analytics-python posthog rudder-sdk-python amplitude-analytics \
		mixpanel snowplow-tracker
	@touch $@

$(VENV)/bench/installed: pyproject.toml | $(BIN)/python
	@echo "Installing trackplan's peers (once, about two minutes) ..."
	@$(BIN)/python -m venv $(VENV)/bench
	@# The commands that an old pip writes import re, which takes longer than ours do.
	@$(VENV)/bench/bin/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	@$(VENV)/bench/bin/python -m pip install --quiet --disable-pip-version-check \
		-e '.[cli]' ruff jsonschema-rs fastjsonschema pydantic msgspec \
		segment-analytics-python posthog rudder-sdk-python amplitude-analytics mixpanel \
		datamodel-code-generator openapi-python-client glean_parser
	@touch $@
