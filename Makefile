# Tools come from .venv where there is one, else from the PATH.
BIN := $(if $(wildcard .venv/bin/python),.venv/bin/,)
PYTHON := $(if $(BIN),$(BIN)python,python3)
PATHS := lrtui tests benchmarks docs examples

.PHONY: check lint test quick format bench wheels gpu

check: lint test  ## everything CI does

lint:
	$(BIN)ruff format --check $(PATHS)
	$(BIN)ruff check $(PATHS)
	$(BIN)mypy
	$(BIN)lint-imports

test:
	$(PYTHON) -m pytest -n 2 -m "not gpu"

quick:  ## the tests that start no training processes, in under a minute
	$(PYTHON) -m pytest -n 2 -m "not gpu and not processes"

format:
	$(BIN)ruff format $(PATHS)
	$(BIN)ruff check --fix $(PATHS)

bench:  ## figures for benchmarks/RESULTS.md; none of them is asserted
	$(PYTHON) benchmarks/store.py
	$(PYTHON) benchmarks/study.py
	$(PYTHON) benchmarks/dashboard.py

# A GPU machine may have torch but no way to a registry: what it lacks travels as wheels in .whl, for its Python 3.12.
WHEELS := textual plotext sqlite-utils sqlite-fts4 click-default-group tabulate mdit-py-plugins linkify-it-py uc-micro-py platformdirs python-dateutil tomli-w psutil pysqlite3 rich pytest-asyncio pyte wcwidth
wheels:
	rm -rf .whl
	$(PYTHON) -m pip download -q --no-deps --only-binary=:all: --python-version 3.12 --implementation cp \
		--platform manylinux_2_28_x86_64 --platform manylinux_2_17_x86_64 --platform manylinux2014_x86_64 -d .whl $(WHEELS)

gpu:  ## on a machine with a GPU: its tests and its benchmark, in under ten minutes
	if ls .whl/*.whl >/dev/null 2>&1; then $(PYTHON) -m pip install -q --no-index --no-deps --upgrade --target /tmp/lrtui-site .whl/*.whl; fi
	PYTHONPATH=/tmp/lrtui-site:$(CURDIR) $(PYTHON) -m pytest -m gpu -p no:cacheprovider
	PYTHONPATH=/tmp/lrtui-site:$(CURDIR) $(PYTHON) benchmarks/study_runs.py --device cuda
