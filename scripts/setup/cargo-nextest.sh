#!/usr/bin/env bash
# Makes sure that there is cargo-nextest and prints the command: its path.
. "$(dirname "$0")/../environment.sh"

if has cargo-nextest; then command -v cargo-nextest; exit 0; fi
root=$TOOLS/cargo-nextest
if [ ! -x "$root/bin/cargo-nextest" ]; then
  say "installing cargo-nextest (about five minutes, once)"
  (cd / && cargo install cargo-nextest --locked --quiet --root "$root" --target-dir "$TOOLS/build" >&2) ||
    stop "cargo-nextest could not be installed." \
      "See cargo's message above; it needs crates.io or a mirror of it." \
      "Ready-made: https://nexte.st/docs/installation/pre-built-binaries/ ; macOS: brew install cargo-nextest"
fi
echo "$root/bin/cargo-nextest"
