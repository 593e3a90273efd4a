# Two commands matter: `make demo` and `make test`. Each does its own set-up; nothing but Python 3.11, pip and make is needed.
PYTHON ?= python3.11
ifeq ($(shell command -v $(PYTHON) 2>/dev/null),)
PYTHON := python3
endif
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
export PYTHONUTF8 = 1
# Where this is set every process compiles every library anew, which costs each one that the tests start some three seconds.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test check types style unit app postgres browser coverage full bench lock pictures pages clean help install

help: ## what there is
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info[:2] < (3, 14) else "Huifang needs Python 3.11 to 3.13; set PYTHON=/path/to/python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv

$(VENV)/.app: $(UV) requirements/app.txt pyproject.toml
	$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements/app.txt
	$(UV) pip install --quiet --python $(BIN)/python --no-deps -r requirements/build.txt
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.app requirements/dev.txt
	$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements/dev.txt
	@touch $@

install: $(VENV)/.app ## the product in .venv

demo: $(VENV)/.app ## two demo businesses on this machine, with ready logins
	$(BIN)/huifang demo

test: check unit app postgres browser coverage ## everything that must hold
	@echo "All checks passed."

check: $(VENV)/.dev ## style, types, direction of imports, translations
	@$(MAKE) --no-print-directory -j 2 types style
	@rm -f .coverage*

types: $(VENV)/.dev
	HUIFANG_DATA=$(VENV)/check $(BIN)/mypy

style: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/bandit -q -ll -r src

RUN := $(BIN)/python -m pytest -q
COVER := COVERAGE_FILE=.coverage $(RUN) -p tests.lines_reached
# A module's tests stay with one worker, and with them what it prepares and the servers it starts; who has done takes over half of the rest.
BESIDE := -n auto --dist worksteal
ON_POSTGRESQL := $(BIN)/python scripts/with_postgresql.py
# Once is enough for what starts processes with a database file of its own, and for clocks.
ONCE := tests/app/test_demo_prepared.py tests/app/test_processes.py tests/app/test_pages_start.py tests/app/test_welcome.py tests/app/api/test_client.py
# The order is random from commit to commit, and the same on one commit: what failed can be seen again.
export PYTEST_ADDOPTS += --randomly-seed=$(shell git log -1 --format=%ct 2>/dev/null || echo 1)
unit: $(VENV)/.dev ## rules, playbooks, engine
	$(COVER) $(BESIDE) tests --ignore=tests/app --ignore=tests/web --ignore=tests/browser

app: $(VENV)/.dev ## the system on SQLite
	$(COVER) $(BESIDE) tests/app tests/web

postgres: $(VENV)/.dev ## the system on a real PostgreSQL server, which the run starts by itself
	$(ON_POSTGRESQL) $(COVER) $(BESIDE) tests/app $(addprefix --ignore=,$(ONCE))

browser: $(VENV)/.dev ## a person's way through the product in a real browser
	$(BIN)/python scripts/find_browser.py
	$(RUN) -n 2 --dist loadfile tests/browser

coverage: $(VENV)/.dev ## what the tests above have not reached
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage json --quiet -o .coverage.json
	$(BIN)/python scripts/coverage_floor.py

full: $(VENV)/.dev ## everything in its full size: random businesses, a million contacts and timelines, a thousand kills; takes hours
	$(RUN) -m full tests

bench: $(VENV)/.dev ## benchmarks beside their rivals
	$(BIN)/python -m benchmarks

pictures: $(VENV)/.dev ## the documentation's pictures, taken from the demo
	$(BIN)/python scripts/pictures.py

pages: $(VENV)/.dev ## what axe finds on every page and state, what is too wide and what too heavy; half an hour
	$(BIN)/python scripts/pictures.py --check

lock: $(UV) ## renew the pinned requirements
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra app --extra analytics pyproject.toml -o requirements/app.txt
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra app --extra analytics --extra embed --extra fast --extra spark --group dev pyproject.toml -o requirements/dev.txt

clean: ## remove what was made here
	rm -rf $(VENV) .coverage* .mypy_cache .ruff_cache .pytest_cache .hypothesis
