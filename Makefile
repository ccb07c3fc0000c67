# Every task of the project. `make help` lists them.

GO      ?= go
PKGS    ?= ./...
CACHE   := .cache
BENCHFLAGS ?=
PROVEFLAGS ?=
SOAKFLAGS ?=
QUARTERFLAGS ?=
OBSERVEFLAGS ?=
export CGO_ENABLED ?= 0

.DEFAULT_GOAL := help

.PHONY: help
help: ## list the tasks
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: build
build: ## build one static binary: ./ajar
	$(GO) build -trimpath -ldflags="-s -w" -o ajar ./cmd/ajar

.PHONY: demo
demo: ## run the whole job on an invented organization; no token, no network
	$(GO) run ./cmd/ajar demo

.PHONY: observe
observe: ## start Prometheus and Alertmanager on the demo's daemon, show every panel, provoke an alert (OBSERVEFLAGS=-once)
	@$(GO) run ./internal/observe $(OBSERVEFLAGS)

.PHONY: setup
setup: ## fetch GitHub's published schemas, which the contract tests judge by, and what drives the browser
	@sh scripts/contract-setup.sh
	@sh scripts/browser-setup.sh
	@sh scripts/dashboard-setup.sh

.PHONY: test
test: setup ## run every test (sets up by itself what it needs)
	$(GO) vet $(PKGS)
	$(GO) test -timeout 15m $(PKGS)

.PHONY: contract
contract: setup ## run only the tests that hold ajar against GitHub's schemas
	$(GO) test -timeout 15m ./internal/contract/... ./internal/githubsim/... ./collector/...

# Only what works side by side can race: packages that start goroutines or guard memory
# from others. What plays the whole program, or a whole collection, over and over spends
# its time in SQLite, ten times slower when watched: of it the race step plays a part.
RACE_SOME := ./cmd/ajar ./internal/audit
RACE_NOT  := cmd/ajar|internal/(audit|evidence|faults|prove|quarter|soak)
RACE_SKIP := PassingTrouble|LastingTrouble|FullReadKeepsItsBudget|FieldThatWasNotTold|RecoveryCostsLittle|EstimateIsClose|ReserveIsLeftThrough|TornLogGives|EveryFaultOfAChange
RACE_RUN  := ^(TestDaemon.*|TestNoMixtureOf.*|TestScripts)$$/^(serve|apply|audit|collect|$$)
RACE_PKGS  = $$(git grep -lE '\bgo (func|[a-z.]+\()|\b(errgroup|sync|atomic|synctest)\.' -- '*.go' | xargs -n1 dirname | sort -u | grep -vE '^(($(RACE_NOT))$$|tools/)' | sed 's|^|./|')

.PHONY: race
race: ## run the tests that start goroutines under the race detector (needs a C compiler)
	CGO_ENABLED=1 $(GO) test -race -short -timeout 15m -skip '$(RACE_SKIP)' $(RACE_PKGS)
	CGO_ENABLED=1 $(GO) test -race -short -timeout 15m -run '$(RACE_RUN)' $(RACE_SOME)

.PHONY: race-all
race-all: ## run all of them under the race detector
	CGO_ENABLED=1 $(GO) test -race -short -timeout 30m $(PKGS)

.PHONY: lint
lint: ## format check, vet and golangci-lint (built from tools/go.mod)
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { echo "gofmt: these files are not formatted:"; gofmt -l $$(git ls-files '*.go'); exit 1; }
	$(GO) vet $(PKGS)
	$(GO) tool -modfile=tools/go.mod golangci-lint run $(PKGS)

.PHONY: vuln
vuln: ## look the dependencies up in the vulnerability database, where it can be reached
	@sh scripts/vuln.sh

.PHONY: fuzz
fuzz: ## run every fuzz target for FUZZTIME (3s unless given)
	@sh scripts/fuzz.sh $(FUZZTIME)

.PHONY: bench
bench: ## print every performance goal beside what is measured here (BENCHFLAGS=-xl for 100 000 repositories)
	@$(GO) run ./internal/bench $(BENCHFLAGS)

.PHONY: prove
prove: ## run the proofs of what is promised about changing access, and print their figures (PROVEFLAGS=-only NAME)
	@$(GO) run ./internal/prove $(PROVEFLAGS)

.PHONY: prove-long
prove-long: ## the same at ten times the size
	@$(GO) run ./internal/prove -long $(PROVEFLAGS)

.PHONY: soak
soak: ## let the daemon live through half an hour of trouble, and print its figures (SOAKFLAGS='-for 2h -world FILE')
	@$(GO) run ./internal/soak $(SOAKFLAGS)

.PHONY: quarter
quarter: ## live through a quarter of a year and leave its evidence packs in ./quarter (QUARTERFLAGS='-world FILE -every 6h')
	@$(GO) run ./internal/quarter -out quarter $(QUARTERFLAGS)

.PHONY: golden
golden: ## rewrite the golden files and generated pages of docs/ (look at the diff)
	$(GO) test ./internal/report/... ./internal/config/... ./internal/adopt/... ./internal/metrics ./internal/dashboards ./internal/evidence ./analyzer/... ./cmd/... ./internal/deploy/... -update

.PHONY: release
release: ## build every platform's binary, archives, SBOMs and checksums into dist/release (TARGETS="linux/amd64" for fewer)
	@sh scripts/release.sh release

.PHONY: release-check
release-check: ## build the release's binaries again, with an empty cache, and compare them byte for byte
	@sh scripts/release.sh check

.PHONY: image
image: ## stage dist/image and build the container image, with docker or buildah
	@sh scripts/release.sh image
	@if command -v docker >/dev/null && docker info >/dev/null 2>&1; then docker build -f deploy/container/Dockerfile -t ajar .; \
	else buildah build --format docker --pull-never --isolation chroot -f deploy/container/Dockerfile -t ajar .; fi

.PHONY: tidy
tidy: ## tidy the module files
	$(GO) mod tidy
	cd tools && $(GO) mod tidy

.PHONY: clean
clean: ## remove what the tasks made
	rm -rf ajar dist $(CACHE) coverage.out
