# Two commands on a fresh machine: `make demo` and `make test`. Each sets up its own .venv.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test check lint bench search constraints clean

demo: .venv/ready
	@$(BIN)/kith demo

# A file's tests stay together, since they share servers and stories.
test: .venv/ready
	@$(BIN)/pytest --numprocesses auto --maxprocesses 4 --dist loadfile $(PYTEST_ARGS)

lint: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

check: lint test

bench: .venv/bench-ready
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m bench $(BENCH)

# The stateful tests with a much larger budget: minutes to hours, for looking for what the suite does not find.
search: .venv/ready
	HYPOTHESIS_PROFILE=long $(BIN)/pytest tests/stateful $(PYTEST_ARGS)

# The newest versions that the declared ranges allow, written down. Run the tests before committing them.
constraints:
	rm -rf .venv && $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --editable '.[dev,bench]'
	$(BIN)/pip freeze --exclude-editable --exclude kithd | LC_ALL=C sort > constraints.txt

clean:
	rm -rf .venv build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis

.venv/ready: pyproject.toml constraints.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Setting up .venv (once) …"
	@$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

# What kith is measured against.
.venv/bench-ready: .venv/ready
	@$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev,bench]'
	@touch $@
