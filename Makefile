# make demo and make test set up everything that they need.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
JOBS ?= auto

KILLS ?= 200
PYTEST := $(BIN)/pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder
# A browser or a kernel that others kept waiting fails a test now and then: what failed beside others
# is tried once more by itself, and counts as failed only when it fails again.
ALONE := $(BIN)/pytest -n 0 --last-failed --last-failed-no-failures none

.PHONY: help setup demo test thorough faults check browser bwrap locale clean

help:  ## say what can be made
	@grep -E '^[a-z]+:.*##' Makefile | sed 's/:.*## /\t/' | expand -t 12

setup: $(READY)  ## a ready .venv with pinned versions

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "course needs Python 3.11 or newer; found $$($(PYTHON) --version). Try: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

demo: $(READY)  ## play a whole term on the sample course, into demo/
	@$(BIN)/course demo

browser:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; \
	  else echo "The browser tests need Chromium. Install it (Debian: sudo apt-get install chromium) and run make test again."; exit 1; fi; }

check: $(READY)  ## style and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

bwrap:
	@command -v bwrap >/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq bubblewrap >/dev/null; } || \
	  echo "The tests of bubblewrap's walls will be skipped: it isn't installed."

test: $(READY) browser bwrap check  ## style, types, and all tests but those that take long
	$(PYTEST) -m "not thorough" || $(ALONE) -m "not thorough"

thorough: $(READY)  ## the tests that take long: a quarter of an hour more
	$(PYTEST) -m thorough || $(ALONE) -m thorough

faults: $(READY)  ## the same, with kills at 200 random moments, and another course; half an hour
	COURSE_KILLS=$(KILLS) $(PYTEST) -m thorough

locale: $(READY)  ## write the catalogues of translations again
	COURSE_WRITE_LOCALE=1 $(BIN)/pytest -q tests/lesson/test_translation.py

clean:  ## remove what make made
	rm -rf $(VENV) demo
