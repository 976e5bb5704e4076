# Everything needs only Python 3.11 or later and make; `make setup` brings the rest into .venv.
PYTHON ?= python3
BIN := .venv/bin
ON_WINDOWS := $(BIN)/python -m pytest -p no:cacheprovider
ON_ALL_CORES := -n auto --dist loadscope --no-loadscope-reorder
SOURCES := henrei schemas store checks data flows reports tests benchmarks packaging

# The tests start hundreds of processes: each would compile its modules anew where the environment forbids to keep them.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-fast check fix docs example-letters pictures new-check test-long-crashes test-long-input test-long-workbooks test-long-refused bench bench-nation bench-reports bench-foretold bench-peers bench-page same-homes windows-test test-long-windows bundle bundle-test sbom release clean

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

test-fast: setup  ## the tests that need no browser, server, killing or whole city: three quarters of all functions, and every example of every check
	$(BIN)/python -m pytest -m 'not slow' $(ON_ALL_CORES)

test: setup  ## run all tests, on all cores
	$(BIN)/python -m pytest $(ON_ALL_CORES)

check: setup  ## format, lint, types and the floors of the house
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	@# The folders are installed as parts of `henrei`; mypy and import-linter read them where they are that.
	rm -rf build/types build/lib  # setuptools would keep modules there that are gone
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --target build/types .
	cd build/types && ../../$(BIN)/mypy --config-file ../../pyproject.toml -p henrei
	cd build/types && ../../$(BIN)/lint-imports ../../pyproject.toml

fix: setup  ## put format and simple lint faults right
	$(BIN)/ruff check --fix $(SOURCES)
	$(BIN)/ruff format $(SOURCES)

docs: setup  ## write docs/checks.md anew from the checks, and docs/手引き.html from the guide
	$(BIN)/python -m henrei.checks.docs_page docs/checks.md
	$(BIN)/python packaging/guide_page.py

example-letters: setup  ## write docs/examples/ anew: letters of all states and readers
	cd tests && ../$(BIN)/python -m lib.example_letters ../docs/examples

pictures: demo  ## draw the list, a case and the dashboard of README and guide anew (needs chromium)
	$(BIN)/python packaging/pictures.py demo
	$(BIN)/python packaging/guide_page.py

new-check: setup  ## CODE=DAY299 NAME=what-it-finds: make a check's SQL file and its examples
	$(BIN)/python -m henrei.checks.scaffold '$(CODE)' '$(NAME)'

bench: setup  ## henrei against the floor of reading the same files: 2,000 and 20,000 children (DATA=folder keeps the data)
	$(BIN)/python -m benchmarks.bench small $(if $(DATA),--data '$(DATA)')

bench-foretold: setup  ## how much of what goes wrong in fictional cities `henrei remind` had foretold (five minutes a city)
	$(BIN)/python -m benchmarks.foretold $(ARGS)

bench-nation: setup  ## the same up to 600,000 children, and 40,000 files against one (5 GB of disk; DATA=folder keeps the data)
	$(BIN)/python -m benchmarks.bench nation --one-file 600000 --cities 100 $(if $(DATA),--data '$(DATA)')

test-long-crashes: setup  ## 200 kills at every step and moment of run, decide, close and reopen, and full disks, with figures as JSON
	$(BIN)/python tests/system/reliability/long_crashes.py --json build/long/crashes.json

test-long-input: setup  ## 20,000 spoilt files and the very large ones, with figures as JSON
	$(BIN)/python tests/system/reliability/long_bad_input.py

test-long-workbooks: setup  ## 2,000 spoilt workbooks for decide, 2,000 ledgers and code tables, and zip bombs, with figures as JSON
	$(BIN)/python tests/system/reliability/long_bad_workbooks.py

test-long-refused: setup  ## 200 seeds of spoilt lines: no return finding may come up because a line was refused
	$(BIN)/python tests/system/refused/long_refused_lines.py

bench-reports: setup  ## how long worklist, notices and dashboard of a city of 3,000 children take
	$(BIN)/python benchmarks/reports.py

bench-peers: setup build/peers/ready  ## CHILDREN='2000 20000' ROUNDS=3: the floor, and ten checks in polars, pandas, dbt-duckdb and henrei
	$(BIN)/python -m benchmarks.peers.compare --python build/peers/bin/python --work build/bench-peers \
		--children $(or $(CHILDREN),20000) --rounds $(or $(ROUNDS),3)

bench-page: setup build/peers/ready  ## build/bench-page.md: all tables of docs/performance.md from one run (hours; DATA=folder keeps the data)
	$(BIN)/python -m benchmarks.bench small --rounds 3 $(if $(DATA),--data '$(DATA)')
	$(BIN)/python -m benchmarks.bench nation --rounds 3 --one-file 600000 --cities 100 --no-extras $(if $(DATA),--data '$(DATA)')
	$(BIN)/python -m benchmarks.peers.compare --python build/peers/bin/python --work build/bench-peers \
		--children 2000 20000 75000 --rounds 3
	cat benchmarks/results/small.md benchmarks/results/nation.md build/bench-peers/peers.md > build/bench-page.md

build/peers/ready: benchmarks/peers/requirements.txt
	$(PYTHON) -m venv build/peers
	build/peers/bin/python -m pip install --quiet --disable-pip-version-check -r benchmarks/peers/requirements.txt
	touch $@

same-homes: setup  ## BEFORE=python-of-the-other-version: say every difference in the homes it and this one leave (INPUTS=folder)
	$(BIN)/python -m benchmarks.same_homes all build/same-homes --before '$(BEFORE)' $(if $(INPUTS),--inputs '$(INPUTS)')

windows-test: setup  ## two months on Windows as Wine plays it, every file against ours; brings Wine and mingw (Debian, root) where missing
	$(BIN)/python packaging/windows_on_wine.py
	$(ON_WINDOWS) -n 2 tests/windows/months.py tests/windows/faults.py tests/windows/installed.py

test-long-windows: setup  ## the same Windows: a command ended at ten points
	$(BIN)/python packaging/windows_on_wine.py
	$(ON_WINDOWS) -n 0 -rP tests/windows/long_ended.py

bundle: setup  ## dist/henrei-*-linux.tar.gz and -windows.zip: all wheels and an installer that needs no network
	$(BIN)/python packaging/bundle.py

bundle-test: setup  ## try what `make bundle` made: a clean install without network, every wheel that Windows needs
	$(BIN)/python -m pytest -rP tests/packaging/bundles.py

sbom: setup  ## build/sbom/: CycloneDX bill of materials and licence list of what a bundle holds
	$(BIN)/python packaging/sbom.py

release: setup  ## dist/<version>/: source archive, wheel, bundles, bill of materials, SHA-256 list; made twice, installed and run
	$(BIN)/python packaging/release.py

clean:  ## remove what was built, not .venv
	rm -rf build demo *.egg-info
