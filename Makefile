# wye in two commands: `make run` and `make test`. Everything else is for people who work on it.
.DEFAULT_GOAL := help
SHELL := /bin/sh
JOBS ?= $(shell nproc)

.PHONY: help run build test agents chaos sim conformance sanitize bench decide-bench fuzz format format-check tidy clean setup-build setup-test

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' Makefile

run: build ## build, and start the gateway on a small example configuration
	@scripts/run.sh

build: setup-build build/release/build.ninja ## the release binary, build/release/wye
	@cmake --build build/release --target wye -j $(JOBS)

test: setup-test build/release/build.ninja ## build and run every test
	@cmake --build build/release -j $(JOBS)
	@ctest --preset release -j $(JOBS)
	@tests/sdk/run.sh build/release/wye
	@scripts/format.sh check

agents: build ## command-line agents (Claude Code, Codex, gemini-cli, opencode) against wye; installs them, 1.4 GB
	@tests/agents/run.sh build/release/wye

sim: setup-test build/release/build.ninja ## random faults from a seed, until stopped (SEED=1 ASKS=100000)
	@cmake --build build/release --target sim -j $(JOBS)
	@build/release/sim --seed $(or $(SEED),1) $(if $(ASKS),--asks $(ASKS))

chaos: setup-test build/release/build.ninja ## what failover is measured by, in figures
	@cmake --build build/release --target chaos --target sim -j $(JOBS)
	@build/release/chaos
	@build/release/sim --seed 1 --asks 1000000

conformance: setup-test build/release/build.ninja ## how faithfully recorded answers travel (WYE_CORPUS)
	@cmake --build build/release --target conformance test_dialect test_wire -j $(JOBS)
	@build/release/conformance build/conformance.sent
	@python3 tests/conformance/validate.py build/conformance.sent
	@python3 tests/conformance/measured.py build/release/test_dialect build/release/test_wire

sanitize: setup-test ## all tests once more under the address/undefined and the thread sanitizer
	@for preset in asan tsan; do \
	  cmake --preset $$preset >/dev/null && cmake --build build/$$preset -j $(JOBS) && \
	  ctest --preset $$preset -j $(JOBS) || exit 1; done

bench: setup-build ## wye beside nginx and haproxy in one run, and the small benchmarks
	@scripts/setup.sh packages/build.txt packages/bench.txt
	@cmake --preset bench >/dev/null
	@cmake --build build/bench -j $(JOBS)
	@scripts/bench.sh build/bench

fuzz: setup-build ## a minute of fuzzing for each parser
	@scripts/setup.sh packages/build.txt packages/lint.txt
	@cmake --preset fuzz >/dev/null
	@cmake --build build/fuzz -j $(JOBS)
	@scripts/fuzz.sh build/fuzz

format: ## clang-format all sources in place
	@scripts/format.sh fix

tidy: setup-build ## clang-tidy over sources and tests: an hour at first, then what has changed
	@scripts/setup.sh packages/build.txt packages/test.txt packages/lint.txt
	@cmake --preset tidy >/dev/null
	@cmake --build --preset tidy -- -k0

clean: ## remove all build output
	@rm -rf build

setup-build:
	@scripts/setup.sh packages/build.txt
setup-test:
	@scripts/setup.sh packages/build.txt packages/test.txt

build/release/build.ninja: CMakeLists.txt CMakePresets.json cmake/rooms.cmake cmake/embed_catalog.cmake \
    cmake/embed_ranks.cmake third_party/tokenizers/package-lock.json
	@cmake --preset release >/dev/null
	@touch $@
