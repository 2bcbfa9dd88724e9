# sluice: `make run` shows what it does, `make test` checks everything. Both install what they need and say so.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run build test check unit race cover golden fuzz bench lint docs schema registry completion clean

BIN        := bin
SLUICE     := $(BIN)/sluice
LINTER     := $(BIN)/golangci-lint
LINTER_VER := v2.15.0
FUZZTIME   ?= 5m
VERSION    := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
# Everything outside engine/gst is pure Go.
PURE       := CGO_ENABLED=0

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

build: ## build bin/sluice
	@mkdir -p $(BIN)
	@$(PURE) go build -trimpath -ldflags '-X main.release=$(VERSION)' -o $(SLUICE) ./cmd/sluice

run: build ## lint the shipped graphs, print the plan of one and draw it
	@mkdir -p out
	$(SLUICE) lint graphs
	$(SLUICE) plan jobs/transcode
	$(SLUICE) show rooms/mixer -p room=lobby --as svg > out/.mixer.svg && mv out/.mixer.svg out/mixer.svg
	@echo "drawn: out/mixer.svg (open it in a browser)"

test: setup check race gst ## everything: set-up, lint, unit, race and GStreamer tests

.PHONY: setup gst
setup:
	@.ci/setup test

gst: build ## the tests that need GStreamer: the registry snapshot against the installed one
	go test -count=1 ./engine/gst/...

check: lint unit ## fast: lint and unit tests, without GStreamer

unit:
	$(PURE) go test ./...
	@# testdata is not matched by ./...; its one package is the embedded registry.
	$(PURE) go vet ./testdata/registry

race: ## all pure packages under the race detector
	go test -race $$(go list ./... | grep -v /engine/gst)

golden: ## rewrite the golden files; review the difference before you commit it
	$(PURE) go test ./engine/plan/draw ./cmd/sluice -update
	git diff --stat -- '*testdata*'

fuzz: ## every fuzz target for FUZZTIME (default 5m each), one after the other
	@.ci/fuzz $(FUZZTIME)

bench: ## benchmarks, as ratios to a floor in the same run
	$(PURE) go test -run '^$$' -bench . -benchmem ./engine/... ./cmd/...

lint: $(LINTER) build ## golangci-lint, the shipped graphs, formatting
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { echo "gofmt these files:"; gofmt -l $$(git ls-files '*.go'); exit 1; }
	$(PURE) $(LINTER) run ./...
	$(SLUICE) lint graphs
	$(SLUICE) fmt --check graphs

$(LINTER):
	@echo "golangci-lint $(LINTER_VER) is missing: building it into $(BIN)/ (once, a few minutes)"
	@mkdir -p $(BIN)
	GOBIN=$(CURDIR)/$(BIN) go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(LINTER_VER)

docs: build ## write the generated pages: docs/elements.md, docs/lint.md, docs/cli.md
	$(SLUICE) docs docs

schema: build ## write graphs/schema.json for editors
	$(SLUICE) docs schema > graphs/schema.json

registry: setup ## write the GStreamer registry snapshot anew from this machine
	go test -count=1 ./engine/gst/registry -update

clean: ## remove what was built
	rm -rf $(BIN) out
