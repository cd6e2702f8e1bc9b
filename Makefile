# What a person, a developer and CI run. `make` alone lists it.
.DEFAULT_GOAL := help
.PHONY: help run test quick prove-delivery check format requirements clean
MAKEFLAGS += --no-print-directory

BIN := .venv/bin
PYTHON_CODE := core cogs db migrations tests bot.py
WEB_CODE := core
PYTEST := $(BIN)/python -m pytest --numprocesses=4 --dist=worksteal
# Which tests may be skipped: any, shared (those that read ../shared) or none.
MAY_SKIP := any
# What `make run` hands on to `bot.py demo` or `bot.py run`, such as OPTIONS="--port 9001".
OPTIONS :=
# How often `make prove-delivery` runs on each database.
RUNS := 26
# `make requirements UPGRADE=--upgrade` takes the newest versions that pyproject.toml allows.
UPGRADE :=
COMPILE := $(BIN)/uv pip compile --quiet --system-certs --universal --python-version 3.11 --generate-hashes --no-header \
	--no-annotate $(UPGRADE) pyproject.toml

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-15s %s\n", $$1, $$2 }' Makefile

run: ## Start the bot, or the demo when no DISCORD_TOKEN is set; OPTIONS="--port 9001" go to either
	@.ci/install requirements.txt
	@mode=$$(PYTHONPATH=. $(BIN)/python .ci/mode.py) || exit 1; \
	[ "$$mode" != demo ] || echo "No DISCORD_TOKEN in .env: starting the demo"; \
	exec $(BIN)/python bot.py $$mode $(OPTIONS)

test: ## Run every test, on SQLite and PostgreSQL, with coverage
	@.ci/install requirements.txt requirements-dev.txt
	@$(PYTEST) --may-skip=$(MAY_SKIP) --cov --cov-report=term-missing:skip-covered

quick: ## Run the tests that need neither PostgreSQL nor a browser and take no seconds
	@.ci/install requirements.txt requirements-dev.txt
	@$(PYTEST) -m "not postgres and not browser and not slow"

prove-delivery: ## Kill the bot again and again in streams of deals: none lost, none twice; RUNS=26 on each database
	@.ci/install requirements.txt requirements-dev.txt
	@$(PYTEST) tests/recovery/test_delivery.py --delivery-runs=$(RUNS)

check: ## Check format, lint and types of Python, and lint JavaScript and CSS
	@.ci/install requirements.txt requirements-dev.txt
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy $(PYTHON_CODE)
	@if [ -x $(BIN)/biome ]; then \
		$(BIN)/biome lint --config-path=.ci/biome.json --error-on-warnings $(WEB_CODE); \
	else \
		echo "biome has no build for this machine: JavaScript and CSS were not linted"; \
	fi

format: ## Mend what ruff can mend
	@.ci/install requirements.txt requirements-dev.txt
	@$(BIN)/ruff check --fix --exit-zero --quiet .
	@$(BIN)/ruff format .

requirements: ## Pin the dependencies of pyproject.toml again, with hashes
	@.ci/install requirements.txt requirements-dev.txt
	@$(COMPILE) --output-file requirements.txt
	@$(COMPILE) --output-file requirements-dev.txt --extra dev --constraint requirements.txt

clean: ## Remove .venv, caches and reports; data/ and .env stay
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage .coverage.* htmlcov
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
