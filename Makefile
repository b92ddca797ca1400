# Fonds: two commands do everything. `make demo` runs the archive, `make test` passes all tests.
SHELL := /bin/bash
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
STAMPS := .venv/stamps
export FONDS_DATA ?= $(CURDIR)/var
export PIP_DISABLE_PIP_VERSION_CHECK = 1

DEMO_PACKAGES := python3-venv libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk fonts-lxgw-wenkai gettext ffmpeg
TEST_PACKAGES := $(DEMO_PACKAGES) chromium libatomic1 postgresql-15 poppler-utils softhsm2

.DEFAULT_GOAL := help
.PHONY: help demo setup setup-test test test-sqlite test-postgres lint format bench lock clean

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 16

demo: setup ## install what is missing, load the demo archive, serve it on 127.0.0.1:$(PORT)
	@BASE_URL=http://127.0.0.1:$(PORT) $(BIN)/python manage.py run_demo --port $(PORT)

setup: $(STAMPS)/demo-packages $(STAMPS)/python reports/fonts/made/serif.otf $(STAMPS)/vendor $(STAMPS)/messages $(FONDS_DATA)/static/.collected ## everything demo and test share, no server

setup-test: $(STAMPS)/test-packages $(STAMPS)/python-dev setup

test: test-sqlite test-postgres ## all tests on SQLite and in Chromium, then on PostgreSQL

test-sqlite: setup-test
	@echo "== Tests on SQLite, with Chromium"
	env -u DATABASE_URL FONDS_DATA=$$(mktemp -d) $(BIN)/pytest -n 2 --dist worksteal

test-postgres: setup-test
	@echo "== Tests on PostgreSQL"
	FONDS_DATA=$$(mktemp -d) $(BIN)/python tests/with_postgres.py $(BIN)/pytest -n 2 --dist worksteal -m "not browser and not once"

lint: setup-test ## style of code and templates, migrations complete and linear
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djhtml --check templates
	$(BIN)/curlylint templates
	FONDS_DATA=$$(mktemp -d) $(BIN)/python manage.py makemigrations --check --dry-run
	FONDS_DATA=$$(mktemp -d) $(BIN)/python manage.py check --fail-level WARNING

format: setup-test ## rewrite code and templates in house style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/djhtml templates

bench: setup-test ## measure what the product promises, on both databases (an hour and more)
	env -u DATABASE_URL FONDS_DATA=$$(mktemp -d) $(BIN)/python bench/run.py
	FONDS_DATA=$$(mktemp -d) $(BIN)/python tests/with_postgres.py $(BIN)/python bench/run.py

lock: setup-test ## pin pyproject.toml's dependencies anew
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --upgrade pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra dev -c requirements.txt pyproject.toml -o requirements-dev.txt

clean: ## remove what was installed and built; FONDS_DATA stays
	rm -rf .venv node_modules static/vendor reports/fonts/made locale/*/*/LC_MESSAGES/*.mo

# --- The steps of the set-up, each done once -------------------------------------------------------------------------

$(STAMPS)/demo-packages $(STAMPS)/test-packages: Makefile .ci/system-packages
	@.ci/system-packages $(if $(findstring test,$@),$(TEST_PACKAGES),$(DEMO_PACKAGES))
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/python: requirements.txt pyproject.toml | $(STAMPS)/demo-packages
	@echo "== Python packages"
	$(BIN)/pip install --quiet --require-hashes -r requirements.txt
	$(BIN)/pip install --quiet --no-deps --editable .
	@touch $@

$(STAMPS)/python-dev: requirements-dev.txt | $(STAMPS)/python
	@echo "== Python packages for the tests"
	$(BIN)/pip install --quiet --require-hashes -r requirements-dev.txt
	@touch $@

reports/fonts/made/serif.otf: reports/fonts/serif.py | $(STAMPS)/python
	@echo "== Font of the printouts"
	$(BIN)/python manage.py make_press_font

$(STAMPS)/vendor: package.json package-lock.json .ci/npm | $(STAMPS)/python
	@echo "== Scripts of the viewer"
	.ci/npm ci --ignore-scripts --no-audit --no-fund
	mkdir -p static/vendor
	cp -r node_modules/openseadragon/build/openseadragon static/vendor/
	@touch $@

$(STAMPS)/messages: $(wildcard locale/*/zh_Hans/LC_MESSAGES/django.po) | $(STAMPS)/python
	@echo "== Translations"
	$(BIN)/python manage.py compilemessages -l zh_Hans --verbosity 0
	@touch $@

$(FONDS_DATA)/static/.collected: $(shell find static -type f -not -path 'static/vendor/*') $(STAMPS)/vendor | $(STAMPS)/python
	@echo "== Static files"
	$(BIN)/python manage.py collectstatic --noinput --verbosity 0
	@mkdir -p $(@D) && touch $@
