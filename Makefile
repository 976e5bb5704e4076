# Everything needs only Python 3.11 or later and make; `make setup` brings the rest into .venv.
PYTHON ?= python3
BIN := .venv/bin
SOURCES := henrei schemas store checks data flows reports tests benchmarks

.DEFAULT_GOAL := help
.PHONY: help setup demo test check fix docs new-check bench-reports clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 12

setup: .venv/ready  ## make .venv with henrei and its pinned libraries; afterwards .venv/bin/henrei is the command

.venv/ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt setuptools
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt --no-build-isolation -e '.[dev]'
	touch $@

demo: setup  ## make a fictional city in ./demo, run and close six months and say what to open
	$(BIN)/henrei demo demo

test: setup  ## run all tests, on all cores
	$(BIN)/python -m pytest -n auto --dist loadfile

check: setup  ## format, lint and types
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	@# The folders are installed as parts of `henrei`; mypy reads them where they are that.
	rm -rf build/types
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --target build/types .
	cd build/types && ../../$(BIN)/mypy --config-file ../../pyproject.toml -p henrei

fix: setup  ## put format and simple lint faults right
	$(BIN)/ruff check --fix $(SOURCES)
	$(BIN)/ruff format $(SOURCES)

docs: setup  ## write docs/checks.md anew from the checks
	$(BIN)/python -m henrei.checks.page docs/checks.md

new-check: setup  ## CODE=DAY210 NAME=what-it-finds: make a check's SQL file and its examples
	$(BIN)/python -m henrei.checks.new '$(CODE)' '$(NAME)'

bench-reports: setup  ## how long worklist, notices and dashboard of a city of 3,000 children take
	$(BIN)/python benchmarks/reports.py

clean:  ## remove what was built, not .venv
	rm -rf build demo *.egg-info
