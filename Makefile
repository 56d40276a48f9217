# ceramer: every command below sets up what it needs. `make setup` wants nothing but python3.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready

.PHONY: setup reproduce test test-full check lock bench docs clean
.DEFAULT_GOAL := help

help:
	@echo "make setup | reproduce | test | test-full | check | bench | bench-NAME | docs | lock | clean"

setup: $(STAMP)

$(STAMP): locks/test.txt pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r locks/test.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(STAMP)

reproduce: $(STAMP)
	$(BIN)/ceramer reproduce --html report/report.html --json report/reproduce.json

check: $(STAMP)
	$(BIN)/ruff check src tests benchmarks examples docs
	$(BIN)/ruff format --check src tests benchmarks examples docs
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

# Two halves side by side, each with its own process: what simulates and prints most, and the rest.
SLOW := tests/cli tests/literature tests/convergence
REST := $(filter-out $(SLOW),$(patsubst %/,%,$(wildcard tests/*/))) src

test: $(STAMP) check
	@$(BIN)/python -m pytest -p no:cacheprovider $(SLOW) > $(VENV)/.slow-half.log 2>&1 & slow=$$!; \
	$(BIN)/python -m pytest -p no:cacheprovider $(REST); rest=$$?; \
	wait $$slow; half=$$?; cat $(VENV)/.slow-half.log; exit $$((rest | half))

test-full: $(STAMP) check
	CERAMER_FULL=1 $(BIN)/python -m pytest -m "full or not full"

bench: $(patsubst benchmarks/%.py,bench-%,$(filter-out benchmarks/_%,$(wildcard benchmarks/*.py)))

bench-%: $(STAMP) locks/bench.txt
	@test -x .venv-bench/bin/python || $(PYTHON) -m venv .venv-bench
	@cmp -s locks/bench.txt .venv-bench/.lock || { .venv-bench/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r locks/bench.txt && \
	  .venv-bench/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . && cp locks/bench.txt .venv-bench/.lock; }
	.venv-bench/bin/python benchmarks/$*.py

docs: $(STAMP) locks/docs.txt
	@test -x .venv-docs/bin/python || $(PYTHON) -m venv .venv-docs
	@cmp -s locks/docs.txt .venv-docs/.lock || { .venv-docs/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r locks/docs.txt && \
	  .venv-docs/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . && cp locks/docs.txt .venv-docs/.lock; }
	.venv-docs/bin/mkdocs build --strict

# Rewrites the lock files (needs uv; nothing else does).

LOCKED := engine figures parquet excel images biologic neware nmr test # gpu is left out: it brings the driver's libraries

lock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate $(LOCKED:%=--extra %) --build-isolation pyproject.toml locks/build.in -o locks/test.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate pyproject.toml locks/bench.in locks/build.in -o locks/bench.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate pyproject.toml locks/docs.in locks/build.in -o locks/docs.txt

clean:
	rm -rf $(VENV) .venv-bench .venv-docs report site dist build
