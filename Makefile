# sluice: `make run` shows what it does, `make test` checks everything. Both install what they need and say so.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run build build-nogst media test check unit race browser matrix cover golden fuzz bench endure lint docs schema registry completion clean

BIN        := bin
SLUICE     := $(BIN)/sluice
LINTER     := $(BIN)/golangci-lint
LINTER_VER := v2.15.0
# Of make fuzz, altogether.
FUZZTIME   ?= 28m
VERSION    := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
LDFLAGS    := -X main.release=$(VERSION)
# Tests that have gst-launch-1.0 for their peer fail without it, rather than skip.
test: export SLUICE_REQUIRE_GST := 1
# Everything outside engine/gst is pure Go.
PURE       := CGO_ENABLED=0
# sluice without GStreamer, for what needs none: it builds in seconds, and nobody's bin/sluice is replaced by it.
TOOL       := $(PURE) go run ./cmd/sluice --registry snapshot
# GStreamer is built in where its headers and a C compiler are. TAGS=nogst leaves it out all the same.
TAGS       ?=
HEADERS    := $(shell command -v $${CC:-cc} >/dev/null 2>&1 && pkg-config --exists 'gstreamer-1.0 >= 1.22' 'gstreamer-app-1.0 >= 1.22' 2>/dev/null && echo yes)
MEDIA      := testdata/media/bars.flv $(addprefix testdata/media/pattern.,mp4 fmp4 ts mkv webm opus)

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

ifneq (,$(findstring nogst,$(TAGS)))
build: build-nogst ## build bin/sluice, with GStreamer if its headers are here (TAGS=nogst: without)
else ifeq (,$(HEADERS))
build: build-nogst
	@echo "build: GStreamer's headers or a C compiler are missing, so it is not in $(SLUICE), and \`sluice run\` will refuse;" >&2
	@echo "build: as root, run \".ci/setup build\" (Debian's libgstreamer-plugins-base1.0-dev, gcc, pkg-config), then \"make build\"" >&2
else
build:
	@mkdir -p $(BIN)
	@[ -e $(SLUICE) ] || echo "build: with GStreamer $$(pkg-config --modversion gstreamer-1.0); the first time takes some minutes"
	@CGO_ENABLED=1 go build -tags '$(TAGS)' -ldflags '$(LDFLAGS)' -o $(SLUICE) ./cmd/sluice
endif

build-nogst: ## build bin/sluice without GStreamer: it lints, plans and serves, and runs no graph that codes
	@mkdir -p $(BIN)
	@$(PURE) go build -tags nogst -ldflags '$(LDFLAGS)' -o $(SLUICE) ./cmd/sluice

media: $(MEDIA) ## make the media files that tests and the first run need (testdata/media/README.md)

# gst-launch plays the graph, so that a defect of our runtime is not hidden in what it is tested with.
testdata/media/%.flv: testdata/media/%.yaml
	@command -v gst-launch-1.0 >/dev/null || { echo "media: gst-launch-1.0 is missing: as root, run .ci/setup run" >&2; exit 1; }
	@mkdir -p out
	@$(TOOL) show $< -p target=$@.part --as launch > out/media.sh
	@sh out/media.sh > out/media.log 2>&1 || { cat out/media.log >&2; rm -f $@.part; exit 1; }
	@mv $@.part $@
	@echo "media: made $@ from $<"

# The same for each container, as the shipped graph makes it.
testdata/media/pattern.%: graphs/jobs/pattern.yaml
	@command -v gst-launch-1.0 >/dev/null || { echo "media: gst-launch-1.0 is missing: as root, run .ci/setup run" >&2; exit 1; }
	@mkdir -p out/media
	@$(TOOL) show $< -p target=out/media/$(@F) -p size=160x90 -p length=1s -p tone=1000 --as launch > out/media/$(@F).sh
	@sh out/media/$(@F).sh > out/media/$(@F).log 2>&1 || { cat out/media/$(@F).log >&2; exit 1; }
	@mv out/media/$(@F) $@
	@echo "media: made $@ from $<"

run: ## install what is missing, transcode a test file, and start the server until Ctrl-C (http://localhost:8080/)
	@{ .ci/setup build && .ci/setup run; } || echo "run: going on with what is there"
	@$(MAKE) --no-print-directory build media
	@mkdir -p out
	$(SLUICE) lint graphs
	@$(SLUICE) plan jobs/transcode | head -n 2
	@$(SLUICE) show rooms/mixer -p room=lobby --as svg > out/.mixer.svg && mv out/.mixer.svg out/mixer.svg
	@echo "drawn: out/mixer.svg (open it in a browser)"
	$(SLUICE) run jobs/transcode --overwrite -p source=testdata/media/bars.flv -p target=out/bars.webm
	$(SLUICE) test testdata/media/webm.yaml
	@! command -v ffprobe >/dev/null || ffprobe -hide_banner out/bars.webm
	@echo "made: out/bars.webm (play it in a browser)"
	@SLUICE_LOG_FORMAT=text $(SLUICE) serve --dev

test: setup media check race gst browser matrix ## everything: set-up, lint, unit, race, GStreamer, browser and matrix tests

.PHONY: setup gst
setup:
	@.ci/setup test

# Of the program's packages these two: no other has GStreamer in it, or tests bin/sluice, so that `make unit` runs their tests as well.
gst: $(LINTER) build media ## the tests that need GStreamer, those in the shipped graphs too, with and without the GPL
	@.ci/gst ./engine/gst/... ./cmd/sluice ./cmd/sluice/endure
	$(LINTER) run ./engine/gst/... ./cmd/sluice ./cmd/sluice/endure
	$(SLUICE) test graphs
	$(SLUICE) test --licence lgpl graphs

browser: ## publish and play in Chromium with the Web SDK and its pages; RUN=name: only the scenario of that name (RUN=.*words.*: those with these words)
	@.ci/setup browser
	@mkdir -p out; node --test testdata/browser/lib/*.test.mjs >out/browser-lib.log || { cat out/browser-lib.log >&2; exit 1; }
	SLUICE_BROWSER=1 $(PURE) .ci/again --scenes -count=1 -timeout 20m -parallel 3 $(if $(RUN),-v -run '^Test(Scenarios|Conversions)$$/^$(RUN)$$') -- ./cmd/sluice/browser

matrix: build ## every client publishes and every other plays, compared with docs/matrix.md; UPDATE=1: write that (three or four minutes)
	@.ci/setup browser
	SLUICE_MATRIX=1 $(PURE) .ci/again -count=1 -timeout 10m -parallel 8 -- ./cmd/sluice/matrix $(if $(UPDATE),-update)

check: lint unit ## fast: lint and unit tests, without GStreamer

unit:
	@# What takes long (-short) is run by make race: calls, and all that plays media with other programs. go vet is one of the linters.
	$(PURE) .ci/again -short -vet=off -- ./...
	@# testdata is not matched by ./...; its one package is the embedded registry.
	$(PURE) go vet ./testdata/registry

race: ## all pure packages under the race detector
	.ci/again -race -vet=off -tags nogst -- $$(go list -tags nogst ./... | grep -v /engine/gst)

golden: ## rewrite the golden files; review the difference before you commit it
	$(PURE) go test ./engine/plan/draw ./cmd/sluice -update
	git diff --stat -- '*testdata*'

fuzz: ## every fuzz target, and damaged media in workers, in FUZZTIME altogether (default 28m)
	@.ci/fuzz $(FUZZTIME)

# Long tests of what goes on for long. They say what they saw, and keep it in out/endure.log. pipefail, since tee never fails.
endure: build ## six hours of clocks that differ, ten real minutes of it, and 200 changes to a room (a quarter of an hour; wants a quiet machine)
	@mkdir -p out
	@set -o pipefail; SLUICE_ENDURE=1 go test -count=1 -v -p 1 -timeout 60m ./engine/gst/drift ./cmd/sluice/endure 2>&1 | tee out/endure.log

bench: build ## all benchmarks, and their figures beside the goals (docs/performance.md; a quarter of an hour on two cores)
	@.ci/bench

lint: $(LINTER) ## golangci-lint, the shipped graphs, formatting
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { echo "gofmt these files:"; gofmt -l $$(git ls-files '*.go'); exit 1; }
	$(PURE) $(LINTER) run ./...
	$(TOOL) lint graphs testdata/media
	$(TOOL) fmt --check graphs testdata/media

$(LINTER):
	@echo "golangci-lint $(LINTER_VER) is missing: building it into $(BIN)/ (once, a few minutes)"
	@mkdir -p $(BIN)
	GOBIN=$(CURDIR)/$(BIN) go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(LINTER_VER)

docs: ## write the generated pages: docs/elements.md, lint.md, cli.md, configuration.md
	$(TOOL) docs docs

schema: ## write graphs/schema.json for editors
	$(TOOL) docs schema > graphs/.schema.json && mv graphs/.schema.json graphs/schema.json

registry: setup ## write the GStreamer registry snapshot anew from this machine
	go test -count=1 ./engine/gst/registry -update

clean: ## remove what was built
	rm -rf $(BIN) out
