# Two commands do everything: `make run` and `make test`. `make help` lists the rest.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
export OMP_NUM_THREADS := 1
export OPENBLAS_NUM_THREADS := 1

.PHONY: help install run chat sandbox test check lint types format bench soak replay-real clean

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

install: $(STAMP)  ## virtual environment with everything, and the trained model of the demo brand

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.11 …"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[dev]'
	$(BIN)/daogou train
	@touch $@

run: install  ## serve the demo brand on http://127.0.0.1:8080/chat
	$(BIN)/daogou serve

chat: install  ## talk in the terminal
	$(BIN)/daogou chat

sandbox: install  ## the simulator of WeChat Customer Service on http://127.0.0.1:9100
	$(BIN)/daogou sandbox

test: install  ## every test
	$(BIN)/python -m pytest -q

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: install
	$(BIN)/mypy

format: install  ## bring the code into form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

check: lint types test  ## lint, types, content and tests: what CI runs
	$(BIN)/daogou check

bench: install  ## the figures of BENCHMARKS.md, measured on this machine
	$(BIN)/python -m bot.bench figures

soak: install  ## invariants under fire for MINUTES=10
	$(BIN)/python -m bot.bench soak --minutes $(or $(MINUTES),10)

replay-real: install  ## real customer messages from DATA=../shared/data through the sandbox
	$(BIN)/python -m bot.bench replay-real --data $(or $(DATA),../shared/data)

clean:  ## forget the environment and the embedded servers' data
	rm -rf $(VENV) .daogou .pytest_cache .mypy_cache .ruff_cache
