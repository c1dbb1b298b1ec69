# Every target sets up .venv by itself when it is missing or out of date.
LAB     ?= lab03
HOST    ?= 127.0.0.1
PYTHON  ?= python3
SAMPLE  ?= 12
REPEAT  ?= 2
MANY    ?= 10000
BIN     := .venv/bin
KIT      = $(BIN)/python -m autograder
READY   := .venv/ready
CLUSTER := .venv/cluster
PARALLEL = --numprocesses logical --maxprocesses 4 --dist loadscope
QUICK    = test_rooms.py labtools hidden examine intake collect course record export report

.DEFAULT_GOAL := help
.PHONY: help install system lab release new-lab check collect autograde feedback report similarity export proofs formgrader scheduler worker bench bench-cluster doctor demo test test-quick test-all lint clean

help:  ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

install: system $(READY)  ## set up .venv, and bubblewrap and Chromium where this user may install them

system:
	@command -v bwrap >/dev/null || [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null \
	  || { apt-get update -qq && apt-get install -y -qq bubblewrap; } \
	  || echo "bubblewrap could not be installed; the one from requirements.txt will be used"
	@command -v chromium >/dev/null || [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null \
	  || { apt-get update -qq && apt-get install -y -qq chromium; } \
	  || echo "Chromium could not be installed; the tests in tests/browser need it"

$(READY): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed: make PYTHON=python3.11 ..."; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $(READY)

$(CLUSTER): requirements-cluster.txt $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-cluster.txt
	@touch $(CLUSTER)

demo: $(READY)  ## grade a small synthetic class in demo/ and print the scores
	@$(KIT) demo --lab $(LAB)

test: $(READY) $(CLUSTER) lint  ## run the tests that every change has to pass
	$(BIN)/python -m pytest -m "not slow" $(PARALLEL)

test-quick: $(READY) lint  ## run those that start no kernel: an answer within a minute
	$(BIN)/python -m pytest -m "not slow" $(PARALLEL) $(addprefix tests/,$(QUICK))

test-all: $(READY) $(CLUSTER)  ## run what takes longer, after `make test`: each protection taken out, wide samples
	$(BIN)/python -m pytest -m slow $(PARALLEL)

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

lab: $(READY)  ## open the student version in JupyterLab
	$(BIN)/jupyter lab release/$(LAB)

release: $(READY)  ## show what changes, make release/LAB from source/LAB; DRY_RUN=1 shows only
	@$(KIT) release --lab $(LAB) $(if $(DRY_RUN),--dry-run)

new-lab: $(READY)  ## make the skeleton of a second lab: LAB=lab04
	@$(KIT) new-lab --lab $(LAB)

check: $(READY)  ## check the hidden tests: right answers, known mistakes, mutants; SEEDS=n, ONLY=text
	@$(KIT) check --lab $(LAB) $(if $(JOBS),--jobs $(JOBS)) $(if $(SEEDS),--seeds $(SEEDS)) $(if $(ONLY),--only "$(ONLY)")

collect: $(READY)  ## put a class download of Moodle or Canvas, or folders, into submitted/: FROM=archive.zip
	@$(if $(FROM),,echo "Say what to collect: make collect FROM=archive.zip"; exit 1;) $(KIT) collect --lab $(LAB) "$(FROM)"

autograde: $(READY) $(if $(SCHEDULER),$(CLUSTER))  ## grade submitted/*/LAB; JOBS=n at a time, STUDENT=name, SCHEDULER=tcp://...
	@$(KIT) autograde --lab $(LAB) $(if $(JOBS),--jobs $(JOBS)) $(if $(STUDENT),--student $(STUDENT)) \
	  $(if $(SCHEDULER),--scheduler $(SCHEDULER))

feedback: $(READY)  ## write feedback/*/LAB as HTML, and feedback/LAB.zip for upload
	@$(KIT) feedback --lab $(LAB)

report: $(READY)  ## write the report of LAB to report/: HTML, CSV, JSON
	@$(KIT) report --lab $(LAB)

similarity: $(READY)  ## write pairs of similar answers to report/, for a person to read
	@$(KIT) similarity --lab $(LAB)

export: $(READY)  ## write grades to export/: FORMAT=moodle, canvas, csv or json; PARTIAL=1 if some are missing
	@$(KIT) export --lab $(LAB) $(if $(FORMAT),--format $(FORMAT)) $(if $(PARTIAL),--partial)

proofs: $(READY)  ## grade the proofs in the browser: TA=name, PORT=n, REQUESTS=file.csv takes requests, LOG=1 writes who did what
	@$(KIT) proofs --lab $(LAB) $(if $(TA),--who "$(TA)") $(if $(PORT),--port $(PORT)) $(if $(NO_BROWSER),--no-browser) \
	  $(if $(REQUESTS),--requests "$(REQUESTS)") $(if $(LOG),--log)

formgrader: $(READY)  ## open nbgrader's formgrader
	$(BIN)/python -m jupyter lab --LabApp.default_url=/formgrader

scheduler: $(CLUSTER)  ## start the scheduler of a cluster; HOST=address in a private network
	$(BIN)/dask scheduler --host $(HOST)

worker: $(CLUSTER)  ## start a worker of a cluster here: SCHEDULER=tcp://..., JOBS=n at a time
	@$(if $(SCHEDULER),,echo "Say where the scheduler is: make worker SCHEDULER=tcp://host:8786"; exit 1;) \
	DASK_DISTRIBUTED__WORKER__DAEMON=False $(BIN)/dask worker $(SCHEDULER) --nworkers 1 --nthreads $(or $(JOBS),$$(nproc))

bench: $(READY)  ## compare the speed with stock nbgrader's: SIZE=500 submissions, SAMPLE=12 for stock, REPEAT=2 runs
	$(BIN)/python -m bench.bench --lab $(LAB) $(if $(SIZE),--size $(SIZE)) --sample $(SAMPLE) --repeat $(REPEAT)

bench-cluster: $(CLUSTER)  ## measure workers, scheduler, writer and memory: SIZE=100 submissions, MANY=10000 made in advance
	$(BIN)/python -m bench.cluster --lab $(LAB) $(if $(SIZE),--size $(SIZE)) --many $(MANY)

doctor: $(READY)  ## say what this machine has and what is missing
	@$(KIT) doctor

clean:  ## remove what can be made again; submissions and the gradebook stay
	rm -rf demo tests/artefacts .pytest_cache .mypy_cache .ruff_cache release/.new-* release/.old-*
