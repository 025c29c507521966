# Every target sets up by itself what it needs; `make help` lists them.
# Only python3 (3.11 or newer), git and make are expected on the machine.

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run demo test test-unit check check-web format generate bench bench-browser bench-captions bench-flood bench-loss bench-media bench-rooms bench-timeline bench-topics prove-rooms prove-run screenshots clean
SHELL := /bin/sh

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

run: ## Start the service on this machine (http://localhost:8080); Ctrl-C stops it
	@tools/python.sh && tools/native.sh && tools/client.sh && exec .venv/bin/python -m server serve

demo: ## A house of its own with synthetic members who talk, to look at alone; Ctrl-C ends it
	@tools/demo.sh

test: ## Check everything, then run all tests, in a real Chromium too
	@tools/test.sh all

test-unit: ## Run the quick tests: no browser, no processes, no sockets
	@tools/test.sh unit

check: ## Format, lint, types, layers, generated files, client types and client tests
	@tools/python.sh dev && tools/client.sh packages && tools/check.sh

check-web: ## axe on every view, theme, language and size; Lighthouse on a running house
	@tools/web.sh

format: ## Format the Python code and repair what the linter can
	@tools/python.sh dev && .venv/bin/ruff check --fix --quiet . ; .venv/bin/ruff format .

generate: ## Write JSON Schema, TypeScript and the tables of the documents anew
	@tools/python.sh && .venv/bin/python -m protocol.generate && .venv/bin/python -m tests.docs.roles_table && .venv/bin/python -m tests.docs.colour_tables

bench: bench-browser bench-flood bench-loss bench-media bench-rooms bench-topics ## Measure everything; results go to bench/results

bench-browser: ## Voices between two real Chromiums: lag, click to first audio, change of network
	@tools/bench.sh bench.browser

bench-captions: ## What captions cost and how late they come (ARGS="--only cost,load")
	@tools/python.sh dev && .venv/bin/python -m bench.captions $(ARGS)

bench-flood: ## What a datagram of a stranger costs the media worker, and how many log lines
	@tools/python.sh dev && tools/native.sh && .venv/bin/python -m bench.flood

bench-loss: ## Speech over a road that loses 10 %, scored with PESQ and STOI (LOSS_ARGS="--rounds 1")
	@tools/python.sh bench && tools/bench.sh bench.loss $(LOSS_ARGS)

bench-media: ## Measure the media engine beside C, Janus and aiortc (as root; ARGS="--quick")
	@tools/python.sh dev && tools/native.sh && .venv/bin/python -m bench.media $(ARGS)

bench-rooms: ## From a command to the screens of a room of 200, p50 and p99 (BENCH_ARGS="--people 50")
	@tools/python.sh dev && .venv/bin/python -m bench.room_commands $(BENCH_ARGS)

bench-timeline: ## Does the live timeline cut a meeting where people would (meetings in ../shared)
	@tools/python.sh dev && .venv/bin/python -m bench.timeline

bench-topics: ## How good live topics are (by the judge in ../shared), what 1,000 rooms cost
	@tools/python.sh dev && .venv/bin/python -m bench.topics

prove-rooms: ## 10,000 random sequences of room commands, two moderators racing, keep every promise
	@tools/python.sh dev && MASIL_ROOM_SEQUENCES=10000 .venv/bin/python -m pytest tests/domain/test_room_machine.py -q --timeout 1800

prove-run: ## A clean clone, make run, then the main job through the page
	@tools/bench.sh tests.browser.prove_run

screenshots: ## Every view and dialog, size, theme and language, on the sheets of docs/design
	@tools/fonts.sh && tools/bench.sh tests.browser.screenshots

clean: ## Remove all that was installed or built; the service's data in var/ stays
	rm -rf .venv .tools client/node_modules client/dist bench/web/node_modules server/media/embedded/native/fan_out.so
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
