#!/usr/bin/env bash
# Installs the command wasm-bindgen in exactly the version of the crate in
# Cargo.lock, as the two must match, and prints its path.
. "$(dirname "$0")/../environment.sh"

version=$(locked_version wasm-bindgen)
if has wasm-bindgen && [ "$(wasm-bindgen --version)" = "wasm-bindgen $version" ]; then
  command -v wasm-bindgen
  exit 0
fi
root=$TOOLS/wasm-bindgen-$version
if [ ! -x "$root/bin/wasm-bindgen" ]; then
  say "installing wasm-bindgen $version (two to three minutes, once)"
  # Without --locked: it would ask for releases that a mirror may not have yet.
  (cd / && cargo install wasm-bindgen-cli --version "$version" --bin wasm-bindgen --quiet \
    --root "$root" --target-dir "$TOOLS/build" >&2) ||
    stop "wasm-bindgen-cli $version could not be installed." \
      "See cargo's message above; it needs crates.io or a mirror of it." \
      "Or put wasm-bindgen $version on the PATH yourself."
fi
echo "$root/bin/wasm-bindgen"
