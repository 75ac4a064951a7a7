#!/usr/bin/env bash
# Measures the release binary: each file in bench/ prints its figures, one a
# line. Arguments name the measurements to run; all by default.
. "$(dirname "$0")/environment.sh"

"$ROOT/scripts/setup/node.sh" "$ROOT/e2e"
PODSIDE_CHROMIUM=$("$ROOT/scripts/setup/chromium.sh")
PODSIDE_KUBECTL=$("$ROOT/scripts/setup/kubectl.sh")
PODSIDE_BINARY=${PODSIDE_BINARY:-$TARGET/release/podside}
export PODSIDE_CHROMIUM PODSIDE_KUBECTL PODSIDE_BINARY

cd "$ROOT"
if [ $# = 0 ]; then
  set -- wasm-size binary-size cold-start first-byte largest-contentful-paint
  set -- "$@" log-lines viewers large-cluster seen-change offline
fi
for name in "$@"; do
  node "scripts/bench/$name.mjs"
done
