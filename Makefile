# The front door. `make help` lists every chore.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
FLASK := $(BIN)/flask --app wsgi
PORT ?= 8000

.PHONY: help
help: ## list every chore
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes

$(VENV)/.running: requirements.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing the locked packages …"
	@$(PIP) -r requirements.txt
	@touch $@

$(VENV)/.installed: requirements-dev.txt $(VENV)/.running
	@echo "installing what checks and tests need …"
	@$(PIP) -r requirements-dev.txt
	@touch $@

.PHONY: install
install: $(VENV)/.installed translations/en/LC_MESSAGES/messages.mo ## virtual environment with the locked packages

translations/en/LC_MESSAGES/messages.mo: $(VENV)/.running $(wildcard translations/en/*.po)
	@$(BIN)/python -m tools.strings

.PHONY: run
run: export PUBLIC_URL ?= http://127.0.0.1:$(PORT)
run: $(VENV)/.running translations/en/LC_MESSAGES/messages.mo ## set up, upgrade the database, load the demo if it is empty, start web and worker
	@$(FLASK) db upgrade
	@$(FLASK) demo load --if-empty
	@$(FLASK) search rebuild --if-missing
	@$(FLASK) demo accounts
	@echo "Guyub: http://127.0.0.1:$(PORT)  (stop with Ctrl-C)"
	@PORT=$(PORT) $(BIN)/honcho start

.PHONY: system
system: install ## PostgreSQL and a browser for the tests
	@$(BIN)/python -m tools.system

.PHONY: test
test: system lint strings ## all checks on both databases, with browser journeys
	$(BIN)/pytest -n 2 --dist loadscope --no-loadscope-reorder $(TESTS)

.PHONY: coverage
coverage: system ## which branches of rules, services and kernel the tests reach; takes half as long again
	$(BIN)/pytest -n 2 --dist loadscope --no-loadscope-reorder -m "not journey" --cov --cov-report= $(TESTS)
	@$(BIN)/coverage report --include='marketplace/*/rules.py,marketplace/*/rules/*,marketplace/*/service.py,marketplace/*/service/*,marketplace/kernel/*' --skip-covered

.PHONY: check
check: install lint strings ## static checks, rules and services on SQLite, under a minute
	GUYUB_TEST_DATABASES=sqlite $(BIN)/pytest -n 2 -m "not slow and not journey and not race" tests

.PHONY: strings
strings: install ## every sentence has its English
	$(BIN)/python -m tools.strings --check

.PHONY: vectors
vectors: install ## worked cases through the real code: make vectors DIR=tests/vectors
	$(BIN)/python -m tools.vectors $(or $(DIR),tests/vectors)

.PHONY: bench
bench: install ## measure what benchmarks/README.md lists
	$(BIN)/python -m benchmarks

.PHONY: lint
lint: install ## format, lint, types, import contracts, templates
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/djlint templates --lint --quiet

.PHONY: lock
lock: ## write the lock files anew (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-emit-index-url --no-header requirements.in -o requirements.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-emit-index-url --no-header requirements-dev.in -o requirements-dev.txt
