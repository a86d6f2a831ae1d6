# What one does with the portal. Each target first sets up what it needs and is not there; `make help` lists them.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-builtin-rules
.DEFAULT_GOAL := help

CARGO_HOME ?= $(HOME)/.cargo
# The pinned sass and wasm-opt go before any others.
export PATH := $(CURDIR)/style/node_modules/.bin:$(CARGO_HOME)/bin:$(PATH)
# leptos reads it at compile time. cargo-leptos sets it; so must whatever is to share its build.
export LEPTOS_OUTPUT_NAME := portal

address = $${LEPTOS_SITE_ADDR:-127.0.0.1:3000}
say = @printf '\033[1m==> %s\033[0m\n'

# The program as `cargo test` builds it, with the features that the tests enable in the crates below it: there is no example
# to build, but asking for them lets cargo see what it would need. So running, testing and checking share one build.
as_tested := --examples

# Before a command that make runs beside another: make offers it a share of its jobs, but does not leave the door open.
alone := env -u MAKEFLAGS -u MFLAGS

# The optimized release. Every other build of the site empties its folder and so removes the mark. No test is part of it.
release := target/site/.release
sources := Cargo.toml Cargo.lock rust-toolchain.toml .cargo/config.toml style/package-lock.json \
  $(shell find src migration public style -type f -not -path '*/node_modules/*' -not -path 'src/tests/*')

# The end-to-end tests have a site, a database and a mailbox of their own, and a developer's .env does not reach them.
# All their browsers share one IP address: limits per IP address are off. Forms are accepted at once, and the proof of work
# takes no time; end2end/servers.ts starts one portal with the real one.
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
setup: setup-build setup-test ## install what building and testing needs, and nothing twice

.PHONY: setup-build
setup-build:
	@.ci/setup toolchain tools style

.PHONY: setup-test
setup-test:
	@.ci/setup end2end browser postgres

.PHONY: run
run: setup-build ## build quickly and serve on http://127.0.0.1:3000
	$(say) "Building (the first time about 4 minutes on two cores, then seconds)"
	cargo leptos build --bin-cargo-args=$(as_tested)
	$(say) "The portal: http://$(address)   (Ctrl-C ends it)"
	@exec target/debug/portal serve

.PHONY: release
release: $(release) ## build what is deployed: target/release/portal and target/site
	@du -h target/release/portal

$(release): $(sources) | setup-build
	$(say) "Building the optimized release (the first time about 15 minutes on two cores)"
	cargo leptos build --release --precompress
	@touch $@

.PHONY: watch
watch: setup-build ## serve on http://127.0.0.1:3000, rebuilding and reloading at every change
	cargo leptos watch --bin-cargo-args=$(as_tested)

.PHONY: test
test: setup-build setup-test ## run every test: Rust's, then Playwright's
	$(say) "Building the tests and the browser's module (the first time about 6 minutes on two cores)"
	@$(MAKE) --no-print-directory --jobs=2 build-tests build-module
	$(say) "Testing the code (about 3 minutes)"
	cargo test --features ssr
	@$(MAKE) --no-print-directory end2end

# In two folders, so that neither waits for the other; each has a long step that keeps one core busy.
.PHONY: build-tests build-module
build-tests:
	$(alone) cargo test --features ssr --no-run
build-module:
	@mkdir -p $(e2e)
	$(alone) $(e2e_env) cargo leptos build --frontend-only

.PHONY: end2end
end2end: setup-build setup-test ## run only the tests in a browser
	$(say) "Testing in a browser (about 4 minutes; builds what has changed first)"
	@# Keep the site; start with empty data.
	@mkdir -p $(e2e)
	@find $(e2e) -mindepth 1 -maxdepth 1 -not -name site -exec rm -rf {} +
	@rm -f $(e2e_report)
	$(e2e_env) cargo leptos end-to-end --bin-cargo-args=$(as_tested)
	@# cargo-leptos ends well also when the build fails.
	@test -s $(e2e_report) || { echo "error: no browser test was run" >&2; exit 1; }

# How many cases of each parser; the properties that go through the whole portal take a hundredth of them.
FUZZ_CASES ?= 200000

.PHONY: fuzz
fuzz: setup-build ## try the parsers on FUZZ_CASES random texts each, from a new seed
	$(say) "Fuzzing (FUZZ_CASES=$(FUZZ_CASES))"
	FUZZ_CASES=$(FUZZ_CASES) FUZZ_SEED=$${FUZZ_SEED:-$$RANDOM$$RANDOM} cargo test --features ssr --test portal -- fuzz::

# How often the program is killed while somebody registers.
CRASHES ?= 200

.PHONY: crash
crash: setup-build ## kill the program CRASHES times while somebody registers
	$(say) "Crashing (CRASHES=$(CRASHES))"
	CRASHES=$(CRASHES) cargo test --features ssr --test portal -- crash:: --nocapture

.PHONY: faults
faults: setup-build setup-test ## break disks, locks and PostgreSQL under the program; each test prints what it found
	$(say) "Breaking things (about four minutes)"
	FAULTS=long cargo test --features ssr --test portal -- faults:: --nocapture --test-threads 2

.PHONY: check
check: setup-build ## formatting, lints on both targets, documentation, lock files
	@.ci/setup end2end
	$(say) "Checking formatting and lock files"
	cargo fmt --all --check
	cargo metadata --locked --format-version 1 >/dev/null
	npm ci --dry-run --prefix style --no-audit --no-fund --loglevel=error >/dev/null
	npm ci --dry-run --prefix end2end --no-audit --no-fund --loglevel=error >/dev/null
	cd end2end && npx tsc
	$(say) "Checking the code (the first time about 5 minutes on two cores)"
	@$(MAKE) --no-print-directory --jobs=2 check-server check-browser

.PHONY: check-server check-browser
check-server:
	$(alone) cargo clippy --workspace --all-targets --features ssr -- -D warnings
	$(alone) RUSTDOCFLAGS='-D warnings' cargo doc --no-deps --lib $(as_tested) --features ssr
# In the profile and the folder of the module, whose build then finds the macros compiled.
check-browser:
	$(alone) cargo clippy --profile wasm-dev --target wasm32-unknown-unknown --target-dir target/front --lib --features hydrate -- -D warnings

.PHONY: bench
bench: $(release) setup-test ## measure the release
	@# In a folder of its own: cargo would build the program anew beside it, with the features of the tests.
	cargo bench --features ssr --bench figures --target-dir target/figures

.PHONY: clean
clean: ## remove what was built; the data stays
	rm -rf target style/node_modules end2end/node_modules end2end/test-results end2end/playwright-report
