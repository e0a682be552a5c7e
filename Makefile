.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?= python3
BIN := .venv/bin
TRANSLATIONS := newsletter_service/translations
LOCKING := --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
    --no-emit-index-url --no-header --no-annotate
FRESH ?=
LETTERS ?= instance/letters
WORKERS ?= 3

CHECKS := check-types check-audit check-imports check-templates check-dead-code check-stylesheets \
    check-format check-style check-scripts
TOGETHER := $(if $(filter output-sync,$(.FEATURES)),--output-sync=target) # what one tool says stands in one place

.PHONY: $(CHECKS) help run test check format catalogues migration seal lock wheel letters walks screenshots bench operating pentest chaos clean

help: ## What can be made here
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: .venv/ready ## Set up all, load invented content, start web, scheduler and mail catcher (FRESH=1 starts over)
	@DEMO=1 FRESH=$(FRESH) exec $(BIN)/python -m newsletter_service.demo

test: .venv/ready ## Set up all, run all tests (ARGS="-k name" for some of them, WORKERS=0 in one process)
	@$(BIN)/python -m compileall -q newsletter_service scheduled_jobs # once for all processes that tests start
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

check: .venv/ready ## Format, style, types, imports, dead code, scripts, stylesheets, templates, known vulnerabilities
	@$(MAKE) --no-print-directory --keep-going --jobs=2 $(TOGETHER) $(CHECKS)

check-types: # the longest first
	$(BIN)/mypy
check-audit:
	$(BIN)/python -m tests.house.audit
check-imports:
	$(BIN)/lint-imports
check-templates:
	$(BIN)/djlint --quiet --profile=jinja --lint templates
check-dead-code:
	$(BIN)/python -m tests.house.dead_code
check-stylesheets:
	$(BIN)/python -m tests.house.stylesheets
check-format:
	$(BIN)/ruff format --check .
check-style:
	$(BIN)/ruff check .
check-scripts:
	$(BIN)/oxlint --quiet --deny-warnings newsletter_service/web/static

format: .venv/ready ## Put the code into the house's format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

catalogues: .venv/ready ## Bring the Dutch and English catalogues up to date with the texts in code and templates
	$(BIN)/python -m newsletter_service.translations
	$(BIN)/pybabel -q compile -d $(TRANSLATIONS)

migration: .venv/ready ## Write a migration for changed models (NAME="what changes")
	DEMO=1 $(BIN)/newsletter db upgrade
	DEMO=1 $(BIN)/newsletter db migrate -m "$(NAME)"
	@echo "Tidy it up, then run make seal: from then on it is never edited again."

seal: .venv/ready ## Write down what new migrations say, which is never edited again
	@$(BIN)/python -m tests.house.sealed

lock: .venv/ready ## Pin the newest versions that fit pyproject.toml, with hashes: of what runs, and of that with all tools
	$(BIN)/uv pip compile $(LOCKING) -o requirements.lock pyproject.toml
	$(BIN)/uv pip compile $(LOCKING) --all-extras --constraint requirements.lock -o requirements-dev.lock pyproject.toml

wheel: .venv/ready ## Build what is installed elsewhere into dist/; the same commit gives the same bytes
	rm -rf dist
	SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) $(BIN)/uv build --quiet --offline --no-build-isolation --python $(BIN)/python --out-dir dist

letters: .venv/ready ## Write one letter of each kind into a folder and check it with what is installed (LETTERS=instance/letters)
	@LETTERS=$(LETTERS) $(BIN)/python -m tests.every_letter

screenshots: .venv/ready ## Picture every page of the demonstration and every letter at three widths, in light and dark, into build/screenshots (PAGES=archief for some)
	$(BIN)/python -m tests.screenshots $(PAGES)

walks: .venv/ready ## Count the files that an address, a reply, a release and an unsubscribe pass through
	$(BIN)/python -m tests.walks

bench: .venv/ready ## Measure sending beside others, far away, together and to ever more readers (QUICK=1, PART=compare|far|together|growth|waiting|readers|trail)
	@sh .ci/install postfix postgresql iproute2
	$(BIN)/python -m benchmarks $(PART)

operating: wheel ## Follow docs/operating.md to the letter on a bare Debian of debootstrap's: as root, takes some minutes
	@sh .ci/install debootstrap iproute2
	$(BIN)/python -m tests.operating

pentest: .venv/ready ## Attack the service as it runs: our own hostile suite, and ZAP's baseline where it is installed; writes docs/pentest.md
	@sh .ci/install nginx-light
	$(BIN)/python -m tests.pentest

chaos: .venv/ready ## Kill senders, scheduler and database at random while an edition goes out (KILLS=100 LETTERS=50000 SEED=)
	@sh .ci/install postgresql
	$(BIN)/python -m tests.chaos

clean: ## Remove what setting up, building and running made
	rm -rf .venv instance dist

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	    || { echo "Python 3.11 or newer is needed; set PYTHON=/path/to/it." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || sh .ci/install python3-venv
	$(PYTHON) -m venv .venv

.venv/ready: .venv/bin/python requirements-dev.lock pyproject.toml $(wildcard $(TRANSLATIONS)/*/LC_MESSAGES/*.po)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@PYTHONWARNINGS=ignore $(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
