# make run: look at the portal. make test: prove it. Both install what they need.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
# Debian's own PostgreSQL programs, wherever the newest of them lives.
PG_BIN := $(lastword $(sort $(wildcard /usr/lib/postgresql/*/bin)))
# A throw-away cluster; C.UTF-8, because trigrams are blind to Japanese under plain C.
WITH_POSTGRES = PATH="$(PG_BIN):$$PATH" pg_virtualenv -t -i '--locale=C.UTF-8 --encoding=UTF8' -o fsync=off -o max_connections=200 -- \
	sh -c 'export DATABASE_URL=postgres://$$PGUSER:$$PGPASSWORD@$$PGHOST:$$PGPORT/$$PGDATABASE DATABASE_POOL=0; exec "$$@"' sh
export PYTHONDONTWRITEBYTECODE := 1
export UV_PYTHON_DOWNLOADS := never

.PHONY: run setup dev system test lint lint-style lint-types lint-house pytest-postgres pytest-sqlite bench catalogue lock clean

run: setup
	@export DEBUG=1 PORTAL_URL=http://localhost:$(PORT); \
	$(BIN)/python manage.py send_messages & worker=$$!; \
	$(BIN)/python manage.py runserver --noreload --skip-checks 127.0.0.1:$(PORT) & server=$$!; \
	trap 'kill $$worker $$server 2>/dev/null' EXIT INT TERM; \
	$(BIN)/python manage.py welcome --port $(PORT); \
	wait $$server

setup: $(VENV)/runtime
	@export DEBUG=1; mkdir -p var; \
	$(BIN)/python -m aspire.catalogue compile && \
	$(BIN)/python manage.py migrate --verbosity 0 && \
	$(BIN)/python manage.py createcachetable && \
	$(BIN)/python manage.py load_directory | tail -n 1 && \
	$(BIN)/python manage.py demo

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/runtime: requirements.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(VENV)/development: requirements-dev.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@ $(VENV)/runtime

dev: $(VENV)/development system
	@$(BIN)/python -m aspire.catalogue compile

# What pip cannot bring. As root it is installed; otherwise the missing package is named.
system:
	@need=""; \
	command -v pg_virtualenv >/dev/null && ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || need="$$need postgresql"; \
	command -v chromium >/dev/null || need="$$need chromium"; \
	fc-list 2>/dev/null | grep -qi "noto.*cjk" || need="$$need fonts-noto-cjk fontconfig"; \
	command -v xgettext >/dev/null || need="$$need gettext"; \
	if [ -z "$$need" ]; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ]; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$need >/dev/null; \
	else echo "Please install:$$need (as root: apt-get install$$need), then run make test again." >&2; exit 1; fi

# What pip brings and what it cannot are fetched side by side.
test:
	@$(MAKE) --no-print-directory -j 2 dev
	@$(MAKE) --no-print-directory lint
	@$(MAKE) --no-print-directory pytest-sqlite
	@$(MAKE) --no-print-directory pytest-postgres

lint:
	@$(MAKE) --no-print-directory -j 2 --output-sync=target lint-types lint-style lint-house

lint-types:
	$(BIN)/mypy

lint-style:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint templates --lint --quiet

lint-house:
	$(BIN)/lint-imports
	DEBUG=1 $(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python -m aspire.catalogue check
	SECRET_KEY=check-$$(head -c 40 /dev/urandom | base64 -w0) PORTAL_URL=https://portal.example.org ALLOWED_HOSTS=portal.example.org \
		EMAIL_URL=smtp://localhost:25 $(BIN)/python manage.py check --deploy --fail-level WARNING

# PostgreSQL's pass runs every test but the crawls, which ask what the code lets whom see: SQLite answers
# them in half the time, so they are its pass's. Beside them SQLite, the newcomer's default, runs each test
# that asks a database once, with the first case of its table; browsers and locks are PostgreSQL's.
# worksteal: each worker keeps to neighbours, so the long crawls are shared out.
pytest-sqlite:
	SMTP_SCRIPTS=50 $(BIN)/pytest -n 2 --dist worksteal --second-database --ignore=tests/browser --ignore=tests/journeys/test_fuzz.py

pytest-postgres:
	$(WITH_POSTGRES) $(BIN)/pytest -n 2 --dist worksteal -m "not crawl" $(ARGS)

bench: dev
	$(WITH_POSTGRES) $(BIN)/python -m tests.bench

catalogue: dev
	DEBUG=1 $(BIN)/python manage.py makemessages -l ja --no-obsolete --no-location --ignore=.venv --ignore=var --ignore=tests
	$(BIN)/python -m aspire.catalogue compile

lock:
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header -q -o requirements.txt
	uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-header -q -o requirements-dev.txt

clean:
	rm -rf $(VENV) var
