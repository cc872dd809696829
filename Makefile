# make demo        walk the whole road on this machine, from a feature branch to Production; `make down` removes it
# make test        run all tests; make test-fast: those of the inner loop. One test: make test ARGS="-k name"
#                  With CLUSTER=SCRIPT or KUBECONFIG also those of the kubernetes tier
# make cluster     run the tests of the kubernetes tier on a cluster that CLUSTER=SCRIPT starts and stops (`up DIR` prints
#                  KUBECONFIG=FILE in its last line, `down DIR`), or on the cluster that KUBECONFIG names
# make measure     measure start-up, builds, images and the example, each beside what it is compared with
# make load        measure what users notice of a deployment, failed ones and a rollback, under load
# make error-rates simulate how often the model gate errs, beside three gates that people write by hand
# make engines ENGINE=docker-26   run a few tests of the Docker target against another engine: docker-26,
#                  docker-26-containerd, rootless, podman; without ENGINE against that of DOCKER_HOST
# make mutants     make every kind of fault in the YAML and in the Python that decides, and name the test that sees it
# make python-faults ARGS="--write cicd.road.status"   measure the faults of these modules alone anew
# make benchmarks  measure everything and write docs/benchmarks.md
# make lint | format | lock | docs (the generated pages)

PYTHON ?= python3
ARGS ?=
BIN := .venv/bin
NODE := tests/static/node
READY := .venv/.ready $(if $(wildcard $(NODE)/package-lock.json),$(NODE)/node_modules/.package-lock.json)
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	--no-strip-extras

FAST := tests/unit tests/static tests/act
PYTEST = $(BIN)/python -m pytest --numprocesses $(PROCESSES)
PROCESSES := auto
ON_CLUSTER = $(BIN)/python -m tests.tools.cluster
SCRIPT = $(if $(CLUSTER),$(abspath $(CLUSTER)))

# Where it is set, every process compiles all that it imports.
unexport PYTHONDONTWRITEBYTECODE

# pip and uv bring their own certificate authorities; behind a TLS-inspecting proxy only the machine's will do.
AUTHORITIES := $(wildcard /etc/ssl/certs/ca-certificates.crt)
ifneq ($(AUTHORITIES),)
SSL_CERT_FILE ?= $(AUTHORITIES)
PIP_CERT ?= $(AUTHORITIES)
export SSL_CERT_FILE PIP_CERT
endif

.PHONY: setup cluster demo measure load error-rates benchmarks mutants python-faults engines docs down engine test test-fast lint format lock
.DEFAULT_GOAL := setup

setup: $(READY)

.venv/.ready: requirements/bootstrap.sh requirements/bootstrap.txt requirements/dev.txt pyproject.toml
	@requirements/bootstrap.sh $(PYTHON)

$(NODE)/node_modules/.package-lock.json: $(NODE)/package-lock.json | .venv/.ready
	@exec 9>>$<; $(BIN)/python -c 'import fcntl; fcntl.flock(9, fcntl.LOCK_EX)'; \
	[ $@ -nt $< ] || { echo "installing $<"; PATH="$(CURDIR)/$(BIN):$$PATH" NODE_USE_SYSTEM_CA=1 \
	npm ci --loglevel=error --no-audit --no-fund --prefix $(NODE) && touch $@; }

demo: $(READY)
	@$(BIN)/python -m tests.tools.demo $(ARGS)

measure: $(READY)
	@$(BIN)/python -m tests.tools.measure $(ARGS)
	@$(BIN)/python -m tests.tools.hosted $(ARGS)
	@$(BIN)/python -m tests.tools.gate_speed $(ARGS)

load: $(READY)
	@$(BIN)/python -m tests.tools.load $(ARGS)

error-rates: $(READY)
	@$(BIN)/python -m tests.tools.error_rates $(ARGS)

benchmarks: $(READY)
	@$(BIN)/python -m tests.tools.benchmarks

engines: $(READY)
	@$(BIN)/python -m tests.tools.engines $(ENGINE)

mutants: $(READY)
	@$(BIN)/python -m tests.tools.mutants $(ARGS)
	@$(BIN)/python -m tests.tools.python_faults $(ARGS)

python-faults: $(READY)
	@$(BIN)/python -m tests.tools.python_faults $(ARGS)

docs: $(READY)
	@$(BIN)/python -m tests.tools.reference
	@$(BIN)/python -m tests.tools.cases_page
	@$(BIN)/python -m tests.tools.reported_faults
	@$(BIN)/python -m tests.tools.benchmarks --page

down: .venv/.ready
	@$(BIN)/python -m tests.tools.demo --down
	@$(BIN)/python -m cicd.forge.machine.engine_setup --stop

# Where this fails it says why; the tests then say what was not run, and in CI that is a failure.
engine: .venv/.ready
	-@$(BIN)/python -m cicd.forge.machine.engine_setup

# Tests of an engine wait for it a quarter of their time, and the two groups of the kubernetes tier mostly wait.
test: PROCESSES := $(shell expr $(if $(CLUSTER)$(KUBECONFIG),2,1) + $$(getconf _NPROCESSORS_ONLN))
test: $(READY) engine
	@$(ON_CLUSTER) --optional $(SCRIPT) -- $(PYTEST) $(FAST) $(wildcard tests/road tests/deploy tests/kubernetes) $(ARGS)

# These tests start thousands of short processes, and wait half the time.
test-fast: PROCESSES := $(shell expr 2 \* $$(getconf _NPROCESSORS_ONLN))

# What the tests write goes to memory where there is room for twice as much: files on a disk take a tenth more time.
# Pytest removes the files of tests that passed.
IN_MEMORY = $(shell { grep MemAvailable /proc/meminfo; df --output=avail /dev/shm; } 2>/dev/null | \
	awk '$$NF ~ /kB/ {memory = $$2} $$1 + 0 > $(1) && memory > $(1) {print "/dev/shm"}')
test cluster: export PYTEST_DEBUG_TEMPROOT ?= $(call IN_MEMORY,8000000)
test-fast: export PYTEST_DEBUG_TEMPROOT ?= $(call IN_MEMORY,500000)
test-fast: $(READY)
	@$(PYTEST) $(FAST) $(ARGS)

cluster: $(READY) engine
	@$(ON_CLUSTER) $(SCRIPT) -- $(PYTEST) tests/kubernetes $(ARGS)

lint: $(READY)
	$(BIN)/ruff check . example_project
	$(BIN)/ruff format --check . example_project
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache --no-logo
	$(BIN)/shellcheck .ci/run requirements/bootstrap.sh
	$(BIN)/shellcheck cicd/deploy/docker/haproxy/*.sh

format: $(READY)
	$(BIN)/ruff check --fix . example_project
	$(BIN)/ruff format . example_project

lock: .venv/.ready
	for name in bootstrap dev; do $(COMPILE) requirements/$$name.in -o requirements/$$name.txt; done
	for name in configuration signatures engine yaml gate parquet; do \
		$(COMPILE) --constraint requirements/dev.txt requirements/$$name.in -o requirements/$$name.txt; done
	for tool in $(basename $(wildcard cicd/produce/generated/tools/*.in)); do $(COMPILE) $$tool.in -o $$tool.txt; done
