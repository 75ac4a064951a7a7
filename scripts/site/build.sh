#!/usr/bin/env bash
# Builds the site into site/: the wasm client, style sheets, fonts and icons,
# with hashed names, precompressed. With `--dev` fast and large.
. "$(dirname "$0")/../environment.sh"

mode=release
[ "${1:-}" = --dev ] && mode=dev
"$ROOT/scripts/setup/rust.sh"
"$ROOT/scripts/setup/node.sh" "$ROOT/scripts/site"
toolchain=$("$ROOT/scripts/setup/wasm-target.sh")
bindgen=$("$ROOT/scripts/setup/wasm-bindgen.sh")
splitter=$("$ROOT/scripts/setup/wasm-split.sh")

profile=wasm-release
if [ $mode = dev ]; then
  profile=dev
else
  erase_views
  # What panics names its file. Without the paths of this machine the client is the same
  # wherever it is built, and smaller.
  sources=${CARGO_HOME:-$HOME/.cargo}/registry/src
  export RUSTFLAGS="$RUSTFLAGS --remap-path-prefix=$sources=crates --remap-path-prefix=$ROOT=."
fi
say "building the wasm client ($profile)"
cd "$ROOT"
# ${toolchain:+...} drops out where the default toolchain serves.
cargo ${toolchain:+"$toolchain"} build --package podside-client --target wasm32-unknown-unknown --profile $profile
built=$TARGET/wasm32-unknown-unknown/${profile/#dev/debug}/podside_client.wasm
package=$TARGET/site/$mode
rm -rf "$package"
mkdir -p "$package"
"$splitter" --out-name podside "$built" "$package/split"
"$bindgen" --target web --no-typescript --keep-lld-exports --no-demangle \
  --out-dir "$package" --out-name podside "$package/split/podside.wasm"
node "$ROOT/scripts/site/assemble.js" --mode "$mode" --linked "$built" --package "$package" --out "$SITE"
