# The operator's and the developer's commands. `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export HOST ?= 127.0.0.1
export PORT ?= 8000
export DJANGO_SETTINGS_MODULE ?= invoiceapp.settings.development
# Compiled once: a test run starts some dozens of processes of the product.
unexport PYTHONDONTWRITEBYTECODE
# What the tests spread over; 0 runs them in one process.
JOBS ?= $(shell nproc 2>/dev/null || echo 2)

.PHONY: help
help: ## List the commands
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(VENV)/.runtime: requirements.txt
	@scripts/install.sh "$(PYTHON)" $(VENV) requirements.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt requirements.txt
	@scripts/install.sh "$(PYTHON)" $(VENV) requirements-dev.txt
	@touch $@ $(VENV)/.runtime

.PHONY: install
install: $(VENV)/.runtime ## Make the virtual environment and install what running needs

.PHONY: setup
setup: $(VENV)/.runtime ## Migrate the database and collect the static files
	@$(BIN)/python manage.py migrate --verbosity 0
	@$(BIN)/python manage.py collectstatic --noinput --verbosity 0

.PHONY: run
run: setup ## Install, migrate, make the demo organization and serve everything on $$PORT
	@$(BIN)/python manage.py demo
	@exec scripts/run.sh $(BIN)

.PHONY: demo
demo: setup ## Print the demo organization's credentials, made anew
	@$(BIN)/python manage.py demo

.PHONY: worker
worker: $(VENV)/.runtime ## A separate worker (needs REDIS_URL)
	@exec $(BIN)/celery -A invoiceapp worker --loglevel INFO

.PHONY: beat
beat: $(VENV)/.runtime ## The scheduler that wakes the workers (needs REDIS_URL)
	@exec $(BIN)/celery -A invoiceapp beat --loglevel INFO

.PHONY: test
test: $(VENV)/.dev ## Run all tests: on SQLite, then on PostgreSQL and Redis where they are given
	@scripts/test.sh $(BIN) $(JOBS)

.PHONY: check
check: $(VENV)/.dev ## Format, lint, types, import contracts, migrations, deployment settings
	@scripts/check.sh $(BIN)

.PHONY: format
format: $(VENV)/.dev ## Rewrite the code in the house format
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

.PHONY: verify
verify: $(VENV)/.runtime ## Prove that every figure in the books adds up
	@$(BIN)/python manage.py verify_ledger

.PHONY: chaos
chaos: $(VENV)/.dev ## Break things under load and count what is left (CAMPAIGN=redis: one of them)
	@$(BIN)/python -m tests.chaos.campaign

.PHONY: year
year: $(VENV)/.dev ## Live a year of 1,000 customers three times, once among kills (needs both)
	@$(BIN)/python -m tests.chaos.year

.PHONY: limits
limits: $(VENV)/.dev ## Let 4 processes with 64 connections run against each rate limit (needs both)
	@$(BIN)/python -m tests.chaos.limits

.PHONY: fuzz
fuzz: $(VENV)/.dev ## Throw generated requests at a server of its own (FUZZ_EXAMPLES=20 per operation)
	@$(BIN)/python -m tests.fuzz.campaign

.PHONY: bench
bench: $(VENV)/.dev ## Measure against baselines in the same run (needs PostgreSQL)
	@$(BIN)/python -m benchmarks

.PHONY: bench-out
bench-out: $(VENV)/.dev ## Measure webhooks and mails per second against bare senders (PostgreSQL, Redis)
	@$(BIN)/python -m benchmarks.outgoing

.PHONY: plans
plans: $(VENV)/.dev ## Time every list and report in the database, and name its index (PostgreSQL)
	@$(BIN)/python -m benchmarks.plans

.PHONY: pages
pages: $(VENV)/.dev ## Time the staff pages among 100,000 invoices (PostgreSQL; BENCH_KEEP=1: the last database)
	@$(BIN)/python -m benchmarks.pages

.PHONY: texts
texts: $(VENV)/.runtime ## Collect the texts of the staff pages into locale/, and compile them
	@$(BIN)/python manage.py texts

.PHONY: screenshots
screenshots: $(VENV)/.dev ## Take the pictures of the main pages anew, from a demo (needs Chromium)
	@$(BIN)/python scripts/screenshots.py

.PHONY: assets
assets: ## Rebuild the committed style sheet (needs Node)
	@cd assets && npm install --no-save --no-audit --no-fund --silent && npm run --silent build
