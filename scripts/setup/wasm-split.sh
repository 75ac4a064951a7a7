#!/usr/bin/env bash
# Installs the command that splits the wasm client into its parts, and prints its path.
. "$(dirname "$0")/../environment.sh"

# The release that knows the marks of the wasm_split_helpers in Cargo.lock; another one
# says so when it does not.
version=0.2.4
root=$TOOLS/wasm-split-$version
if [ ! -x "$root/bin/wasm-split-cli" ]; then
  say "installing wasm-split $version (one to two minutes, once)"
  # Without --locked: it would ask for releases that a mirror may not have yet.
  (cd / && cargo install wasm_split_cli_support --version "=$version" --features build-binary --quiet \
    --root "$root" --target-dir "$TOOLS/build" >&2) ||
    stop "wasm_split_cli_support $version could not be installed." \
      "See cargo's message above; it needs crates.io or a mirror of it."
fi
echo "$root/bin/wasm-split-cli"
