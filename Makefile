# make run starts everything, make test proves it, make check is what CI runs.

PYTHON ?= python3
BIN := .venv/bin

.PHONY: run demo test test-all check lint types contracts migrations deploy-check format lock clean

run: .venv/runtime
	@$(BIN)/python manage.py prepare
	@exec $(BIN)/python manage.py serve

demo: .venv/runtime
	@exec $(BIN)/python -m tests.demo

test: .venv/development
	$(BIN)/python -m pytest -q -n auto -m "not service and not browser and not slow"

test-all: .venv/development
	$(BIN)/python -m pytest -q -n auto

check: lint types contracts migrations deploy-check test-all

lint: .venv/development
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/development
	$(BIN)/mypy .

contracts: .venv/development
	$(BIN)/lint-imports

migrations: .venv/development
	$(BIN)/python manage.py makemigrations --check --dry-run

deploy-check: .venv/development
	HOST=0.0.0.0 ALLOWED_HOSTS=registry.example BEHIND_TLS=1 $(BIN)/python manage.py check --deploy --fail-level WARNING

format: .venv/development
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Both files name every package with its hashes, for every supported Python.
lock: .venv/development
	$(BIN)/uv pip compile pyproject.toml --universal --generate-hashes --no-emit-index-url --no-emit-find-links -q -o requirements.txt
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --generate-hashes --no-emit-index-url --no-emit-find-links -q -o requirements-dev.txt

.venv/bin/python:
	$(PYTHON) -m venv .venv

# uv is quicker; where it cannot be had, pip does the same. Both compile, so that starts are quick.
.venv/runtime: requirements.txt | .venv/bin/python
	@$(BIN)/python -m pip install -q uv==0.13.9 || true
	@echo "Installing the pinned packages…"
	@if [ -x $(BIN)/uv ]; then $(BIN)/uv pip install -q --compile-bytecode --python $(BIN)/python --require-hashes -r $<; \
	else $(BIN)/python -m pip install -q --require-hashes -r $<; fi
	@touch $@

.venv/development: requirements-dev.txt | .venv/bin/python
	@$(BIN)/python -m pip install -q uv==0.13.9 || true
	@echo "Installing the pinned packages…"
	@if [ -x $(BIN)/uv ]; then $(BIN)/uv pip install -q --compile-bytecode --python $(BIN)/python --require-hashes -r $<; \
	else $(BIN)/python -m pip install -q --require-hashes -r $<; fi
	@touch $@ .venv/runtime

clean:
	rm -rf .venv var
