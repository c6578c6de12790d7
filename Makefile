# Two commands do everything on a machine with Python 3.11 and make: `make demo` and `make test`.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
STAMP := .venv/.installed
READERS := .venv-replay/.installed
.DEFAULT_GOAL := help
# Where bytecode is not kept, each of the hundreds of processes of the tests compiles the whole program anew.
export PYTHONDONTWRITEBYTECODE :=
.PHONY: help setup demo demo-site check test soak replay-check bench lock clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP) ## make .venv with the locked packages and lantian in it

$(STAMP): pyproject.toml constraints.txt
	@command -v $(PYTHON) >/dev/null || { echo "make: $(PYTHON) not found; install Python 3.11 or name one: make PYTHON=python3"; exit 3; }
	@echo "making .venv with the locked packages (once, a minute or two)"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

demo: $(STAMP) ## crawl the demo site twice, export, replay: the whole road in a minute or two
	@$(BIN)/python -m tests.demo_site

demo-site: $(STAMP) ## serve the sites of the last demo again until Ctrl-C, to crawl them by hand
	@$(BIN)/python -m tests.demo_site.stay

check: $(STAMP) ## lint, types, import rules (under 30 s)
	$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: $(STAMP) ## every test but the long ones (under 6 minutes on two cores)
	$(BIN)/pytest -n 2 --dist worksteal -q

soak: $(STAMP) ## the long tests (they need a C compiler); reports are written to tests/soak/
	$(BIN)/pytest -m soak -q --timeout 7200; told=$$?; $(BIN)/python -m tests.bench readme; exit $$told

replay-check: $(STAMP) $(READERS) ## our files in pywb, ReplayWeb.page and other readers (needs chromium and npm for the browser)
	$(BIN)/pytest -m replay -q -rs tests/replay

$(READERS): tests/replay/requirements.txt
	$(PYTHON) -m venv .venv-replay
	.venv-replay/bin/python -m pip install --quiet --disable-pip-version-check -r tests/replay/requirements.txt
	@mkdir -p .venv-replay/replaywebpage
	@cd .venv-replay/replaywebpage && { npm pack --silent replaywebpage@2.4.6 >/dev/null && tar xzf replaywebpage-2.4.6.tgz --strip-components=1 package/ui.js package/sw.js; } || echo "make: ReplayWeb.page could not be fetched with npm; its checks will be skipped"
	@touch $@

bench: $(STAMP) ## timings side by side; results are written to tests/bench/
	$(BIN)/python -m tests.bench

lock: ## write constraints.txt anew from what is installed
	@{ head -1 constraints.txt; $(BIN)/python -m pip freeze --exclude-editable --disable-pip-version-check; } > constraints.new && mv constraints.new constraints.txt

clean: ## remove what make has made
	rm -rf .venv .venv-replay build dist demo-out .mypy_cache .ruff_cache .pytest_cache
