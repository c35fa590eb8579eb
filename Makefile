# Short on purpose: the set-up is tools/hansa_setup, the rest are one-liners. `make help` lists the targets.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
PYTEST_ARGS ?=
NICE ?=
MUTANTS ?=
PLAY_ARGS ?=
BENCH_ARGS ?=
export PATH := $(CURDIR)/.venv/bin:$(PATH)
# What `make` is given passes on: HANSA_KUBECONFIG=file or KIND=1 take another cluster than our own control plane.
up down clean: export HANSA_HOME ?= $(CURDIR)/.hansa
# Tests start clusters of their own.
test test-%: override export HANSA_KUBECONFIG :=
test test-%: override export KIND :=

SETUP = PYTHONPATH=tools PYTHONDONTWRITEBYTECODE=1 $(PYTHON) -m hansa_setup
PYTEST = .venv/bin/pytest $(PYTEST_ARGS)
FAST = tests/unit tests/property tests/packaging tests/model
FORGE = cd chain_bridge/contracts && $(NICE) forge

.PHONY: help .python setup demo up down test test-markets test-servers test-unit test-contracts test-contracts-deep \
	slither halmos mutants gas-snapshot test-differential test-integration test-e2e lint format bench-start bench-gas \
	bench-sealing crds wheel lock clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-20s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# In one clear line instead of make's own.
.python:
	@command -v $(PYTHON) >/dev/null || { echo "setup: $(PYTHON) is not on PATH. Install Python 3.11 or newer, or name it: make PYTHON=/path/to/python3" >&2; exit 1; }

setup: .python ## Make everything that is needed: Python environment, control plane, chain tools, contracts
	@$(SETUP)

demo: setup ## Run real jobs from kubectl apply to money on chain, then catch a dishonest hub
	@hansa demo
	@python -m tests.dishonest

up: setup ## Start a development environment and leave it running
	@hansa up

down: ## Stop the development environment and remove it
	@hansa down

# Who computes all the time is nice to those who mostly wait and have deadlines; of these one half computes while the
# other waits.
test: setup ## Run all tests side by side; what each kind tells is printed when it has ended
	@echo "test: contracts, fast tests and two halves of those that start servers, side by side; each is heard at its end"
	@$(MAKE) --jobs --output-sync=target NICE=nice test-contracts test-unit test-markets test-servers

test-markets: setup ## Run the tests of whole markets: the operator in all its troubles, and the demo
	@$(PYTEST) tests/integration/operator tests/e2e --ignore=tests/e2e/environment

test-servers: setup ## Run all other tests that start servers
	@$(PYTEST) tests/integration tests/e2e/environment --ignore=tests/integration/operator

test-unit: setup ## Run the fast tests: unit, property, packaging, model
	@$(NICE) $(PYTEST) $(FAST)

test-contracts: setup ## Run the contracts' tests, and compare their gas with the snapshots
	@$(FORGE) test --gas-snapshot-check true

test-contracts-deep: setup ## Try the contracts' invariants with over a million calls
	@export FOUNDRY_PROFILE=deep; $(FORGE) test --match-contract Invariants

mutants: setup ## Make deliberate defects in the contracts, one by one: a test must notice each
	@python -m tests.mutants $(MUTANTS)

slither: setup ## Search the contracts for known kinds of defects
	@export FOUNDRY_PROFILE=slither; $(FORGE) build --force && uvx --from slither-analyzer==0.11.6 slither .

halmos: setup ## Prove for all values what the contracts' sums, rows, lines and proofs hold to
	@export FOUNDRY_PROFILE=symbolic; cd chain_bridge/contracts && uvx --from halmos==0.3.3 halmos

gas-snapshot: setup ## Write what the contracts' calls cost now into chain_bridge/contracts/snapshots
	@$(FORGE) test --match-contract Gas

test-differential: setup ## Play 10,000 random histories on the contracts and on their model
	@python -m tests.model.play $(PLAY_ARGS)

test-integration: setup ## Run the tests on a real API server, chain and Ray
	@$(PYTEST) tests/integration

test-e2e: setup ## Run the demo and the quickstart as tests
	@$(PYTEST) tests/e2e

lint: .python ## Check style, types and the one-way imports
	@$(SETUP) environment chain-tools
	ruff check
	ruff format --check
	mypy
	lint-imports
	$(FORGE) fmt --check

format: .python ## Format Python and Solidity
	@$(SETUP) environment chain-tools
	ruff format
	$(FORGE) fmt

bench-start: setup ## Measure start-up, latencies and memory (BENCH_ARGS=--warm: not on a new machine)
	@python -m tests.bench.start $(BENCH_ARGS)

bench-gas: setup ## Measure what a settled job costs on chain into build/bench/gas.json
	@python -m tests.bench.gas

bench-sealing: setup ## Measure how fast slices become a batch into build/bench/sealing.json
	@python -m tests.bench.sealing

crds: setup ## Write crds/*.yaml from the models
	@python -m hansa_operator.api.crd crds/

wheel: setup ## Build the wheel into dist/
	@python -m build --wheel --no-isolation

lock: .python ## Resolve the Python packages anew into requirements.txt
	@$(SETUP) environment
	uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --generate-hashes --upgrade \
		--no-emit-index-url --no-header --no-annotate --quiet --output-file requirements.txt

clean: ## Stop the development environment and remove all that was made here (the shared cache stays)
	@if [ -x .venv/bin/hansa ] && [ -d "$(HANSA_HOME)" ]; then .venv/bin/hansa down; fi
	rm -rf .venv build dist chain_bridge/contracts/{node_modules,out,cache} chain_bridge/hansa_chain/artifacts
