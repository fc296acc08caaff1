# Two commands matter: `make demo` runs the main job, `make test` runs every test.
# Each installs what it needs: Go modules, and Debian packages by name.

SHELL   := /bin/bash
GO      ?= go
BIN     := bin
PACKAGES := chromium postgresql-15 mariadb-server softhsm2 fonts-noto-cjk
N       ?= 200

.PHONY: demo test build generate generate-check lint race crash bench bench-go bench-detect bench-deid packages bench-trace clean

build: $(BIN)/wardfold $(BIN)/wardcheck

$(BIN)/wardfold $(BIN)/wardcheck: FORCE
	$(GO) build -trimpath -o $@ ./cmd/$(notdir $@)
FORCE:

# demo: a fictional city on loopback; prints where each persona signs in.
demo: $(BIN)/wardfold
	./$(BIN)/wardfold demo

# Packages whose tests open a whole house: test/engines.sh runs them once more on
# PostgreSQL and once more with the gm suite.
HOUSES = $(shell $(GO) list -f '{{$$p := .Dir}}{{range .XTestImports}}{{if eq . "$(HOUSETEST)"}}{{$$p}} {{end}}{{end}}' ./...)
HOUSETEST := github.com/wardfold/wardfold/internal/house/housetest

# Tests wait for browsers, databases and disks as much as for a processor: three
# packages to each, and two tests of one to each.
TOGETHER := -p $(shell expr 3 '*' $$(nproc)) -parallel $(shell expr 2 '*' $$(nproc))

# They sync thousands of small databases: in memory, where there is room. What a loss
# of power leaves is tested by a file layer that forgets (internal/db/faultfs).
ON_DISK := $(or $(TMPDIR),/tmp)
MEMORY  := /dev/shm
SCRATCH := $(shell [ -w $(MEMORY) ] && [ $$(df --output=avail -B1G $(MEMORY) | tail -1) -ge 8 ] && \
	! grep -q ' $(MEMORY) .*noexec' /proc/mounts && echo $(MEMORY) || echo $(ON_DISK))

# vet has run by itself, and nobody takes a debugger to these binaries.
QUICK := -vet=off -ldflags='-s -w'

# The packages that take longest begin first, so that none of them runs alone at
# the end.
LONGEST := ./internal/web ./test/matrix ./test/crash ./cmd/wardfold

# test: unit, property, fuzz seeds, both databases, both cipher suites, browser, crash.
test: export TMPDIR = $(SCRATCH)
test: export GOTMPDIR = $(ON_DISK)
test: packages generate-check
	$(GO) vet ./...
	HOUSES="$(HOUSES)" $(GO) test $(QUICK) $(TOGETHER) -exec "$(CURDIR)/test/engines.sh" -timeout 25m $(LONGEST) ./...
	$(GO) test $(QUICK) -timeout 5m -tags pkcs11 ./internal/keys/...

# packages: Debian packages that the tests drive for real.
packages:
	@missing=; for p in $(PACKAGES); do dpkg -s $$p >/dev/null 2>&1 || missing="$$missing $$p"; done; \
	if [ -n "$$missing" ]; then \
	  echo "installing:$$missing"; \
	  if [ "$$(id -u)" = 0 ]; then sudo=; else sudo=sudo; fi; \
	  $$sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	fi
	@test/browser/axe.sh

# generate: templ components; the result is committed.
generate:
	$(GO) tool templ generate -path internal/web

generate-check: generate
	@git diff --exit-code --stat -- '*_templ.go' || { echo "run 'make generate' and commit the result"; exit 1; }

# crash: kill -9 at random instants under mixed load, N rounds; and SERVED rounds
# of the real binary on SQLite and on PostgreSQL.
SERVED ?= 30
crash:
	WARDFOLD_CRASH_ROUNDS=$(N) WARDFOLD_CRASH_SERVED=$(SERVED) WARDFOLD_CRASH_POSTGRES=$(SERVED) $(GO) test -count=1 -timeout 0 -v -run Crash ./test/crash

race:
	$(GO) test -race -timeout 40m ./...

lint:
	$(GO) vet ./...
	$(GO) run honnef.co/go/tools/cmd/staticcheck@v0.8.2 ./...

# bench: the figures of the README over HTTP, against this machine's own limits
# in the same run; then every package's own benchmarks with `make bench-go`.
SUBJECTS ?= 100000
bench:
	$(GO) run ./test/bench -subjects $(SUBJECTS)

# bench-deid: anonymisation against published figures; DATA is a directory of sets
# with their hierarchies, such as adult.csv, or nothing.
DATA ?=
bench-deid:
	$(GO) run ./test/deid -data "$(DATA)"

bench-go:
	$(GO) test -run '^$$' -bench . -benchtime 1s ./...

# bench-trace: how well leaked lists are traced, on a simulated chain with a seed,
# and whether the bars are met; under eight minutes on two processors.
TRIALS ?= 100
bench-trace:
	$(GO) run ./test/trace -trials $(TRIALS)

clean:
	rm -rf $(BIN)

# bench-detect: every bar of package detect beside this machine's memory; DATA is
# a directory with dev/, region/ and bank/ (see test/detect).
bench-detect:
	$(GO) run ./test/detect bench -data $(DATA)
	$(GO) run ./test/detect eval $(wildcard $(DATA)/dev/*.jsonl $(DATA)/dev/*_dev.txt $(DATA)/dev/*.csv)
