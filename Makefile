# Every target sets up .venv by itself when it is missing or out of date.
LAB     ?= lab03
HOST    ?= 127.0.0.1
PYTHON  ?= python3
SAMPLE  ?= 12
REPEAT  ?= 2
MANY    ?= 10000
BIN     := .venv/bin
KIT      = $(BIN)/python -m autograder
PIP      = $(BIN)/python -m pip install --disable-pip-version-check
LEVEL    = $(if $(REDUCED),--reduced) $(if $(UNSAFE),--unsafe)
READY   := .venv/ready
DEV     := .venv/dev
CLUSTER := .venv/cluster
PARALLEL = --numprocesses logical --maxprocesses 4 --dist loadscope
QUICK    = test_rooms.py labtools hidden examine intake collect course record export report

.DEFAULT_GOAL := help
.PHONY: help install install-dev system lab import release new-lab check collect autograde feedback report similarity export solution drop proofs gradescope formgrader scheduler worker bench bench-courses bench-cluster doctor demo test test-quick test-all lint clean

help:  ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

install: system $(READY)  ## set up .venv, and bubblewrap where this user may install it; TORCH_INDEX=address without CUDA

install-dev: install $(DEV)  ## what tests need besides, and Chromium where this user may install it
	@command -v chromium >/dev/null || [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null \
	  || { apt-get update -qq && apt-get install -y -qq chromium; } \
	  || echo "Chromium could not be installed; the tests in tests/browser need it"

system:
	@command -v bwrap >/dev/null || [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null \
	  || { apt-get update -qq && apt-get install -y -qq bubblewrap; } \
	  || echo "bubblewrap could not be installed; the one from requirements.txt will be used"

# Kernels may run as another user than the one who installs, so all may read what is installed. An environment without
# pip is half-made (Debian without python3-venv leaves one behind): it is made again.
$(READY): requirements.txt pyproject.toml
	@umask 022; $(BIN)/python -m pip --version >/dev/null 2>&1 || { rm -rf .venv; $(CHECK_PYTHON) \
	  && { $(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }; }; }
	@echo "Installing into .venv. This downloads 0.9 GB at the first time, or 2.9 GB with CUDA (see docs/where.md)."
	$(if $(TORCH_INDEX),umask 022; $(PIP) --index-url $(TORCH_INDEX) "$$(grep '^torch==' requirements.txt)")
	umask 022; $(PIP) -r requirements.txt
	umask 022; $(PIP) --quiet --no-deps --no-build-isolation --editable .
	@touch $(READY)

CHECK_PYTHON = { $(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null \
  || { echo "Python 3.11 to 3.14 is needed, and $(PYTHON) is none: make PYTHON=python3.13 ..."; exit 1; }; }

$(DEV): requirements-dev.txt $(READY)
	umask 022; $(PIP) -r requirements-dev.txt
	@touch $(DEV)

$(CLUSTER): requirements-cluster.txt $(READY)
	umask 022; $(PIP) -r requirements-cluster.txt
	@touch $(CLUSTER)

demo: $(READY)  ## grade a small synthetic class in demo/ and print the scores; REDUCED=1 without namespaces
	@$(KIT) demo --lab $(LAB) $(LEVEL)

test: $(READY) $(DEV) $(CLUSTER) lint  ## run the tests that every change has to pass
	$(BIN)/python -m pytest -m "not slow and not whole_bank" $(PARALLEL)

test-quick: $(READY) $(DEV) lint  ## run the light ones: an answer within a minute
	$(BIN)/python -m pytest -m "not slow and not whole_bank and not heavy" $(PARALLEL) $(addprefix tests/,$(QUICK))

test-all: $(READY) $(DEV) $(CLUSTER)  ## run what takes longer, after `make test`: each protection taken out, wide samples
	$(BIN)/python -m pytest -m slow $(PARALLEL)

lint: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/ruff check --line-length 100 source/*/*.ipynb
	$(BIN)/ruff format --line-length 100 --check source/*/*.ipynb
	$(BIN)/mypy

lab: $(READY)  ## open the student version in JupyterLab
	$(BIN)/jupyter lab release/$(LAB)

release: $(READY)  ## show what changes, make release/LAB from source/LAB; DRY_RUN=1 shows only
	@$(KIT) release --lab $(LAB) $(if $(DRY_RUN),--dry-run)

import: $(READY)  ## bring in a course made for nbgrader: FROM=a notebook, an assignment or a course; LAB=name for a single one
	@$(if $(FROM),,echo "Say what to bring in: make import FROM=folder"; exit 1;) $(KIT) import "$(FROM)" \
	  $(if $(filter command line,$(origin LAB)),--lab $(LAB))

new-lab: $(READY)  ## make the skeleton of a second lab: LAB=lab04
	@$(KIT) new-lab --lab $(LAB)

check: $(READY)  ## check the hidden tests: right answers, known mistakes, mutants; SEEDS=n, ONLY=text
	@$(KIT) check --lab $(LAB) $(LEVEL) $(if $(JOBS),--jobs $(JOBS)) $(if $(SEEDS),--seeds $(SEEDS)) $(if $(ONLY),--only "$(ONLY)")

collect: $(READY)  ## fill submitted/ from Moodle, Canvas or folders: FROM=archive.zip; Moodle: WORKSHEET=csv TIMEZONE=place
	@$(if $(FROM),,echo "Say what to collect: make collect FROM=archive.zip"; exit 1;) $(KIT) collect --lab $(LAB) "$(FROM)" \
	  $(if $(WORKSHEET),--worksheet "$(WORKSHEET)") $(if $(TIMEZONE),--timezone "$(TIMEZONE)")

autograde: $(READY) $(if $(SCHEDULER),$(CLUSTER))  ## grade submitted/*/LAB; JOBS=n, STUDENT=name, SCHEDULER=tcp://..., REDUCED=1
	@$(KIT) autograde --lab $(LAB) $(LEVEL) $(if $(JOBS),--jobs $(JOBS)) $(if $(STUDENT),--student $(STUDENT)) \
	  $(if $(SCHEDULER),--scheduler $(SCHEDULER))

feedback: $(READY)  ## write feedback/*/LAB as HTML, and feedback/LAB.zip for upload
	@$(KIT) feedback --lab $(LAB)

report: $(READY)  ## write the report of LAB to report/: HTML, CSV, JSON
	@$(KIT) report --lab $(LAB)

similarity: $(READY)  ## write pairs of similar answers to report/, for a person to read
	@$(KIT) similarity --lab $(LAB)

export: $(READY)  ## write grades to export/: FORMAT=moodle (WORKSHEET=csv), canvas, csv or json; PARTIAL=1 if some are missing
	@$(KIT) export --lab $(LAB) $(if $(FORMAT),--format $(FORMAT)) $(if $(PARTIAL),--partial) \
	  $(if $(WORKSHEET),--worksheet "$(WORKSHEET)")

solution: $(READY)  ## write the worked solution of LAB to solution/, to publish after the deadline; SCHEMES=1 with marking schemes
	@$(KIT) solution --lab $(LAB) $(if $(SCHEMES),--schemes)

drop: $(READY)  ## put a student who left aside: STUDENT=name
	@$(if $(STUDENT),,echo "Say who left: make drop STUDENT=name"; exit 1;) $(KIT) drop --lab $(LAB) "$(STUDENT)"

gradescope: $(READY)  ## pack the autograder of LAB for Gradescope into export/; TORCH_INDEX=address without CUDA
	@$(KIT) gradescope --lab $(LAB) $(if $(TORCH_INDEX),--torch-index $(TORCH_INDEX))

proofs: $(READY)  ## grade the proofs in the browser: TA=name, PORT=n, REQUESTS=file.csv takes requests, LOG=1 writes who did what
	@$(KIT) proofs --lab $(LAB) $(if $(TA),--who "$(TA)") $(if $(PORT),--port $(PORT)) $(if $(NO_BROWSER),--no-browser) \
	  $(if $(REQUESTS),--requests "$(REQUESTS)") $(if $(LOG),--log)

formgrader: $(READY)  ## open nbgrader's formgrader
	$(BIN)/python -m jupyter lab --LabApp.default_url=/formgrader

scheduler: $(CLUSTER)  ## start the scheduler of a cluster; HOST=address in a private network
	$(BIN)/dask scheduler --host $(HOST) --dashboard-address $(HOST):8787

worker: $(CLUSTER)  ## start a worker of a cluster here: SCHEDULER=tcp://..., HOST=own address, JOBS=n at a time
	@$(if $(SCHEDULER),,echo "Say where the scheduler is: make worker SCHEDULER=tcp://host:8786"; exit 1;) \
	$(if $(findstring 127.0.0.1,$(HOST)),$(if $(findstring 127.0.0.1,$(SCHEDULER)),, \
	  echo "Say at which of this machine's addresses the scheduler reaches it: HOST=10.0.0.6"; exit 1;)) \
	DASK_DISTRIBUTED__WORKER__DAEMON=False $(BIN)/dask worker $(SCHEDULER) --host $(HOST) \
	  --dashboard-address $(HOST):0 --nworkers 1 --nthreads $(or $(JOBS),$$(nproc))

bench: $(DEV)  ## measure each step beside stock nbgrader: SIZE="24 100 500" submissions, SAMPLE=12 for stock, REPEAT=2 runs
	$(BIN)/python -m bench.bench --lab $(LAB) $(if $(SIZE),--size $(SIZE)) --sample $(SAMPLE) --repeat $(REPEAT)
	$(if $(SIZE),,$(BIN)/python -m bench.growth --lab $(LAB))

bench-courses: $(DEV)  ## compare verdicts with nbgrader's own way on public courses: FROM=folder of courses
	@$(if $(FROM),,echo "Say where the courses are: make bench-courses FROM=folder"; exit 1;) $(BIN)/python -m bench.courses "$(FROM)"

bench-cluster: $(DEV) $(CLUSTER)  ## measure workers, scheduler, writer and memory: SIZE=100 submissions, MANY=10000 made in advance
	$(BIN)/python -m bench.cluster --lab $(LAB) $(if $(SIZE),--size $(SIZE)) --many $(MANY)

doctor: $(READY)  ## grade a right submission here, and say what this machine lacks and what mends it; REDUCED=1
	@$(KIT) doctor --lab $(LAB) $(LEVEL)

clean:  ## remove what can be made again; submissions and the gradebook stay
	rm -rf demo tests/artefacts .pytest_cache .mypy_cache .ruff_cache release/.new-* release/.old-*
