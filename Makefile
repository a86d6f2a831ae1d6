# The commands for working on the portal. Each target first installs missing tools; `make help` lists the targets.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-builtin-rules
.DEFAULT_GOAL := help

CARGO_HOME ?= $(HOME)/.cargo
# The pinned sass and wasm-opt take precedence over other installations.
export PATH := $(CURDIR)/style/node_modules/.bin:$(CARGO_HOME)/bin:$(PATH)
# leptos reads this at compile time. cargo-leptos sets it; other commands must set the same value to share its build.
export LEPTOS_OUTPUT_NAME := portal

address = $${LEPTOS_SITE_ADDR:-127.0.0.1:3000}
say = @printf '\033[1m==> %s\033[0m\n'

# Builds the program with the dependency features that the tests enable, as `cargo test` does. There are no examples to
# build, but with this option cargo enables the same features. So running, testing and checking share one build.
as_tested := --examples

# Marks a complete release build. Any other build of the site empties the folder and so removes the mark.
# Tests are not sources of it.
release := target/site/.release
sources := Cargo.toml Cargo.lock rust-toolchain.toml .cargo/config.toml style/package-lock.json \
  $(shell find src migration public style -type f -not -path '*/node_modules/*' -not -path 'src/tests/*')

# The browser tests have their own site, database and mailbox, and do not use a developer's .env. All browsers share one
# IP address, so the limits per IP address are high. Forms are accepted at once, and the proof of work takes no time;
# end2end/servers.ts starts one portal with the default difficulty.
e2e := $(CURDIR)/target/end2end
e2e_report := end2end/test-results/report.json
e2e_address := 127.0.0.1:3900
e2e_env := LEPTOS_ENV=DEV LEPTOS_SITE_ADDR=$(e2e_address) LEPTOS_SITE_ROOT=target/end2end/site SMTP_URL= \
  PUBLIC_URL=http://$(e2e_address) PORTAL_LOG=warn DATABASE_URL=sqlite://$(e2e)/portal.db PORTAL_DATA_DIR=$(e2e)/data \
  PORTAL_FORM_MIN_FILL=0 PORTAL_CODES_PER_IP=100000 PORTAL_NO_JS_FORMS_PER_IP=100000 \
  PORTAL_WRONG_CODES_PER_IP=100000 PORTAL_LOGIN_FAILURES_PER_IP=100000 PORTAL_CAPTCHA_AFTER_FAILURES=1000 \
  PORTAL_CAPTCHA_DIFFICULTY=8

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

.PHONY: setup
setup: setup-build setup-test ## install everything that building and testing needs

.PHONY: setup-build
setup-build:
	@.ci/setup toolchain tools style

.PHONY: setup-test
setup-test:
	@.ci/setup end2end browser postgres

.PHONY: run
run: setup-build ## build for development and serve on http://127.0.0.1:3000
	$(say) "Building (the first time about 9 minutes on two cores, then seconds)"
	cargo leptos build --bin-cargo-args=$(as_tested)
	$(say) "The portal: http://$(address)   (Ctrl-C stops it)"
	@exec target/debug/portal serve

.PHONY: release
release: $(release) ## build the optimized program and site: target/release/portal and target/site
	@du -h target/release/portal

$(release): $(sources) | setup-build
	$(say) "Building the optimized release (the first time about 15 minutes on two cores)"
	cargo leptos build --release --precompress
	@touch $@

.PHONY: watch
watch: setup-build ## serve on http://127.0.0.1:3000, rebuild and reload after every change
	@# With hashes in file names, an open page would not find the new stylesheet.
	LEPTOS_HASH_FILES=false cargo leptos watch --bin-cargo-args=$(as_tested)

.PHONY: test
test: setup-build setup-test ## run every test: Rust, then the browser
	$(say) "Building the tests and the browser's module (the first time about 6 minutes on two cores)"
	cargo test --features ssr --no-run
	@mkdir -p $(e2e)
	$(e2e_env) cargo leptos build --frontend-only
	$(say) "Running the Rust tests (about 3 minutes)"
	cargo test --features ssr
	@$(MAKE) --no-print-directory end2end

.PHONY: end2end
end2end: setup-build setup-test ## run only the browser tests
	$(say) "Running the browser tests (about 4 minutes, after building changes)"
	@# Keep the site; start with empty data.
	@mkdir -p $(e2e)
	@find $(e2e) -mindepth 1 -maxdepth 1 -not -name site -exec rm -rf {} +
	@rm -f $(e2e_report)
	$(e2e_env) cargo leptos end-to-end --bin-cargo-args=$(as_tested)
	@# cargo-leptos exits with 0 even if the build fails.
	@test -s $(e2e_report) || { echo "error: no browser test was run" >&2; exit 1; }

# The number of texts for each parser. Properties that use the whole portal run with a hundredth of it.
FUZZ_CASES ?= 200000

.PHONY: fuzz
fuzz: setup-build ## run each parser on FUZZ_CASES random texts, with a new seed
	$(say) "Fuzzing (FUZZ_CASES=$(FUZZ_CASES))"
	FUZZ_CASES=$(FUZZ_CASES) FUZZ_SEED=$${FUZZ_SEED:-$$RANDOM$$RANDOM} cargo test --features ssr --test portal -- fuzz::

# How many times the program is killed while a user registers.
CRASHES ?= 200

.PHONY: crash
crash: setup-build ## kill the program CRASHES times while a user registers
	$(say) "Running the crash tests (CRASHES=$(CRASHES))"
	CRASHES=$(CRASHES) cargo test --features ssr --test portal -- crash:: --nocapture

.PHONY: faults
faults: setup-build setup-test ## test the program with failing disks, locks and PostgreSQL servers; prints the results
	$(say) "Running the fault tests (about 4 minutes)"
	FAULTS=long cargo test --features ssr --test portal -- faults:: --nocapture --test-threads 2

.PHONY: check
check: setup-build ## check formatting, lints on both targets, documentation, lock files and dependencies
	@.ci/setup end2end
	$(say) "Checking formatting and lock files"
	cargo fmt --all --check
	cargo metadata --locked --format-version 1 >/dev/null
	npm ci --dry-run --prefix style --no-audit --no-fund --loglevel=error >/dev/null
	npm ci --dry-run --prefix end2end --no-audit --no-fund --loglevel=error >/dev/null
	cd end2end && npx tsc
	@$(MAKE) --no-print-directory deny
	$(say) "Checking the code (the first time about 5 minutes on two cores)"
	cargo clippy --workspace --all-targets --features ssr -- -D warnings
	RUSTDOCFLAGS='-D warnings' cargo doc --no-deps --lib $(as_tested) --features ssr
	@# Builds the module's library with Clippy as the compiler. It shares its dependencies with the build of the module;
	@# `cargo clippy` would check all of them a second time.
	RUSTC_WORKSPACE_WRAPPER=clippy-driver cargo rustc --config 'profile.dev.opt-level="s"' \
	  --target wasm32-unknown-unknown --lib --crate-type rlib --features hydrate -- -D warnings

# With ADVISORIES=required it also fails where the database of known vulnerabilities cannot be downloaded.
.PHONY: deny
deny: ## check the dependencies: known vulnerabilities, licenses, sources, versions of security crates
	@.ci/setup toolchain deny
	$(say) "Checking the dependencies"
	@.ci/dependencies

.PHONY: sbom
sbom: ## list what a release is made of, in the CycloneDX format: target/sbom
	@.ci/setup toolchain sbom
	@.ci/sbom target/sbom

.PHONY: bench
bench: $(release) setup-test ## measure the release: rates, latency, sizes, memory
	@# A separate target folder: otherwise cargo would rebuild the program in target/ with the features of the tests.
	cargo bench --features ssr --bench figures --target-dir target/figures

.PHONY: clean
clean: ## remove everything that was built, but no data
	rm -rf target style/node_modules end2end/node_modules end2end/test-results end2end/playwright-report
