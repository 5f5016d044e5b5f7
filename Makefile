# 一门: what one types here. `make` alone prints this list.

.DEFAULT_GOAL := help
SHELL := /bin/sh
.SUFFIXES:

# The oldest Python we support is 3.11; take the newest one found.
PYTHON ?= $(shell for p in python3.14 python3.13 python3.12 python3.11 python3 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { command -v $$p; break; }; done)
VENV ?= .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip install --disable-pip-version-check --require-hashes
APP := miniprogram
APP_READY := $(APP)/node_modules/.package-lock.json
NODE = $(shell $(PY) -m local.node 2>/dev/null)
ARGS ?=

.PHONY: help run test lint check bench promises walk app-test app-lint requirements clean

help: ## print this list
	@echo "一门 · 一县一门一网"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' Makefile | while IFS='|' read -r name words; do \
		printf '  make %-13s %s\n' "$$name" "$$words"; done
	@echo "  PORT= and VAR= choose port and data folder; DATABASE_URL= and REDIS_URL= replace the embedded servers."

run: $(VENV)/run.stamp $(VENV)/node.stamp ## start the whole house here; the first time it installs what it needs
	@WITH_PARENT=1 exec $(PY) -m local $(ARGS)

test: $(VENV)/dev.stamp $(VENV)/node.stamp app-test ## every test, against real PostgreSQL and Valkey
	$(PY) -m pytest -n 2 --dist loadfile $(ARGS)

lint: $(VENV)/dev.stamp $(VENV)/node.stamp app-lint ## style, types, who may import whom
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy .
	$(VENV)/bin/lint-imports

check: $(VENV)/run.stamp ## are the settings, servers and keys in order?
	@$(PY) main.py check

bench: $(VENV)/dev.stamp $(VENV)/node.stamp ## how fast and how small, as medians with the machine named
	@$(PY) -m bench $(ARGS)

promises: $(VENV)/dev.stamp ## faults and storms: what is promised holds
	$(PY) -m pytest tests/promises -n 2 --dist loadfile $(ARGS)

walk: $(VENV)/dev.stamp $(VENV)/node.stamp ## one case end to end through real HTTP against a running house
	@$(PY) -m tests.walks $(ARGS)

app-test: $(VENV)/node.stamp ## the app's own tests, where there is Node
	@if [ -z "$(NODE)" ]; then echo "*** No Node 20+: the app's own tests are left out ***"; \
	elif $(MAKE) --no-print-directory $(APP_READY); then $(PY) -m local.npm run test; \
	elif [ "$$CI" = true ]; then exit 1; \
	else echo "*** The app's packages cannot be fetched: its own tests are left out ***"; fi

app-lint: $(VENV)/node.stamp ## the app's lint and types, where there is Node
	@if [ -n "$(NODE)" ]; then $(MAKE) --no-print-directory $(APP_READY) && \
		$(PY) -m local.npm run lint && $(PY) -m local.npm run type; \
	else echo "*** No Node 20+: the app's lint is left out ***"; fi

$(APP_READY): $(APP)/package-lock.json
	$(PY) -m local.npm ci --no-audit --no-fund
	@touch $@

$(PY):
	@test -n "$(PYTHON)" || { echo "需要 Python 3.11 或更新的版本，请先安装（setting_missing）"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "建不了 $(VENV)：请安装 Python 的 venv 组件（Debian 上是 python3-venv）"; exit 1; }

$(VENV)/run.stamp: requirements.txt | $(PY)
	$(PIP) -r requirements.txt
	@touch $@

$(VENV)/dev.stamp: requirements-dev.txt $(VENV)/run.stamp
	$(PIP) -r requirements-dev.txt
	@touch $@

# Node only where the machine has none; without it everything but the web app works.
$(VENV)/node.stamp: requirements-node.txt $(VENV)/run.stamp
	@$(PY) -m local.node >/dev/null || $(PIP) -r requirements-node.txt || \
		echo "*** No Node 20+ for this machine: the web app will not be built ***"
	@touch $@

requirements: $(VENV)/run.stamp ## compile the pinned lists again from the *.in files (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		requirements.in -o requirements.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		requirements-dev.in -o requirements-dev.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		requirements-node.in -o requirements-node.txt

clean: ## forget builds and caches; data in var/ stay
	rm -rf .mypy_cache .ruff_cache .pytest_cache $(APP)/dist $(APP)/unpackage
