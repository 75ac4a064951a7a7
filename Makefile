# Podside: the two commands are `make run` and `make test`. What they do stands in
# scripts/, one file a step; each step can be run again and does only what is missing.

.DEFAULT_GOAL := help
.PHONY: help run build test lint unit journeys bench soak dev

ARGS ?=

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## Build all and serve the portal on http://127.0.0.1:8080 (flags of `podside serve` in ARGS)
	target/release/podside serve $(ARGS)

build: ## Build the release binary, target/release/podside, with the site inside
	@scripts/build.sh

test: lint build unit journeys ## Run all tests, after installing what they need

lint: ## Check formatting, clippy and the dependencies
	@scripts/lint.sh

unit: ## Run the unit and integration tests
	@scripts/unit.sh

journeys: build ## Run the journeys in a browser against the release binary
	@scripts/journeys.sh $(ARGS)

bench: build ## Measure sizes and times of the release binary
	@scripts/bench.sh

soak: build ## Run the fuzz targets and the load for long (PODSIDE_SOAK_MINUTES, 30)
	@scripts/soak.sh

dev: ## Serve a debug build; rebuild and restart when a source file changes
	@scripts/dev.sh $(ARGS)
