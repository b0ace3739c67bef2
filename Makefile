# `make demo` runs the sample city, `make test` runs every test; each makes what it needs by itself.
# Plain make 3.81 is enough (that is what macOS brings).

SHELL := /bin/sh
PYTHON ?=
BIN := .venv/bin
ENVIRONMENT := .venv/.complete
SPARK := .venv-spark/.complete

.DEFAULT_GOAL := help
.PHONY: help demo demo-reset serve test test-slow test-spark check coverage-verivote mutate-verivote format bench bench-large messages lock environment

help: ## Show this list
	@echo "make demo         the sample city of Shaoxing on 127.0.0.1:8000, from nothing"
	@echo "make demo-reset   throw the sample city away and load it anew"
	@echo "make serve        serve what is there, load nothing"
	@echo "make test         every test but the slow ones, browser tests included"
	@echo "make test-slow    the slow tests"
	@echo "make test-spark   the engines beside each other, on a real Spark cluster; needs Java 17"
	@echo "make check        lint, types, floors, templates, translations, migrations"
	@echo "make coverage-verivote  which branches of the verifier its tests run; all, or it fails"
	@echo "make mutate-verivote    how many small faults in the verifier its tests notice; slow"
	@echo "make format       put imports and layout of the code in order"
	@echo "make bench        measure at the size of a city (ONLY=register for one matter)"
	@echo "make bench-large  measure at the size of the nation"
	@echo "make messages     collect and compile the sentences to be translated"
	@echo "make lock         resolve the packages anew into requirements.lock"
	@echo "PYTHON=/path/to/python3 chooses the Python; DATABASE_URL=postgresql://… another PostgreSQL (15 or newer)."

$(ENVIRONMENT): requirements.lock requirements-uv.txt pyproject.toml scripts/environment.sh
	@PYTHON="$(PYTHON)" sh scripts/environment.sh

WORDS := gongjian/locale/zh_Hans/LC_MESSAGES/django

$(WORDS).mo: $(WORDS).po $(ENVIRONMENT)
	@$(BIN)/python scripts/messages.py --compile

environment: $(ENVIRONMENT) $(WORDS).mo

demo: environment
	@$(BIN)/gongjian demo

demo-reset: environment
	@$(BIN)/gongjian demo --reset

serve: environment
	@$(BIN)/gongjian serve

test: environment
	@CHROMIUM="$$(sh scripts/chromium.sh)" && export CHROMIUM && $(BIN)/python -m pytest -n 2 --dist loadgroup -m "not slow and not spark" $(ARGS)

test-slow: environment
	@CHROMIUM="$$(sh scripts/chromium.sh)" && export CHROMIUM && $(BIN)/python -m pytest -m "slow and not spark" $(ARGS)

# Spark needs another pandas, and weighs more than all else together: an environment of its own.
$(SPARK): requirements-spark.lock requirements-uv.txt pyproject.toml scripts/environment.sh
	@PYTHON="$(PYTHON)" sh scripts/environment.sh .venv-spark requirements-spark.lock

test-spark: environment $(SPARK)
	@.venv-spark/bin/python -m pytest -m spark tests/spark $(ARGS)

check: environment
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/djlint --lint --quiet gongjian
	$(BIN)/python scripts/messages.py --check
	$(BIN)/python -m django makemigrations --check --dry-run --settings gongjian.settings

# Every branch of the verifier has to be run by its own tests.
coverage-verivote: environment
	$(BIN)/python -m coverage erase
	$(BIN)/python -m coverage run -m pytest -q -n0 -m "not slow" tests/verivote $(ARGS)
	$(BIN)/python -m coverage combine -q
	$(BIN)/python -m coverage report

# Slow. An environment of its own: the tool and what it needs are for nothing else.
mutate-verivote: $(ENVIRONMENT)
	@sh scripts/mutate.sh $(ARGS)

format: $(ENVIRONMENT)
	$(BIN)/ruff check --fix --quiet .
	$(BIN)/ruff format --quiet .

bench: environment
	$(BIN)/python -m bench $(if $(ONLY),--only $(ONLY))

bench-large: environment
	$(BIN)/python -m bench --large $(if $(ONLY),--only $(ONLY))

messages: $(ENVIRONMENT)
	$(BIN)/python scripts/messages.py

lock: $(ENVIRONMENT)
	@sh scripts/lock.sh
