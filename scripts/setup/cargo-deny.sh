#!/usr/bin/env bash
# Makes sure that there is cargo-deny and prints its path.
. "$(dirname "$0")/../environment.sh"

if has cargo-deny; then command -v cargo-deny; exit 0; fi
root=$TOOLS/cargo-deny
if [ ! -x "$root/bin/cargo-deny" ]; then
  say "installing cargo-deny (about five minutes, once)"
  (cd / && cargo install cargo-deny --quiet --root "$root" --target-dir "$TOOLS/build" >&2) ||
    stop "cargo-deny could not be installed." \
      "See cargo's message above; it needs crates.io or a mirror of it. macOS: brew install cargo-deny"
fi
echo "$root/bin/cargo-deny"
