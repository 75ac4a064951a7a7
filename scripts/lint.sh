#!/usr/bin/env bash
# Formatting, clippy with warnings denied for the server's and the browser's
# half, and the rules for dependencies in deny.toml.
. "$(dirname "$0")/environment.sh"

"$ROOT/scripts/setup/rust.sh"
"$ROOT/scripts/setup/cargo-component.sh" fmt clippy
toolchain=$("$ROOT/scripts/setup/wasm-target.sh")
deny=$("$ROOT/scripts/setup/cargo-deny.sh")

cd "$ROOT"
say "cargo fmt --check"
cargo fmt --all --check

say "clippy, the server's half"
# The client is left out: its features of Leptos exclude the server's.
cargo clippy --workspace --exclude podside-client --all-targets -- -D warnings

if [ -z "$toolchain" ]; then
  say "clippy, the browser's half"
  cargo clippy --package podside-client --package podside-app --features podside-app/hydrate --target wasm32-unknown-unknown -- -D warnings
else
  # Debian's rustc-web comes without clippy; the same crates are checked by the compiler.
  say "rustc, the browser's half (this wasm toolchain has no clippy)"
  RUSTFLAGS="-D warnings" cargo "$toolchain" check --package podside-client --target wasm32-unknown-unknown
fi

say "cargo deny: bans, licenses, sources"
"$deny" --log-level error check bans licenses sources
# The advisory database lives on the internet; without it the rest still counts.
if GIT_TERMINAL_PROMPT=0 limited 60 git ls-remote -q https://github.com/RustSec/advisory-db HEAD >/dev/null 2>&1; then
  say "cargo deny: advisories"
  "$deny" --log-level error check advisories
else
  say "cargo deny: advisories SKIPPED, the advisory database cannot be reached"
fi
