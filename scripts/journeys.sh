#!/usr/bin/env bash
# The journeys in e2e/, in Chromium, against the release binary. Arguments go
# to Playwright, for example the name of one file.
. "$(dirname "$0")/environment.sh"

"$ROOT/scripts/setup/node.sh" "$ROOT/e2e"
PODSIDE_CHROMIUM=$("$ROOT/scripts/setup/chromium.sh")
PODSIDE_KUBECTL=$("$ROOT/scripts/setup/kubectl.sh")
PODSIDE_BINARY=${PODSIDE_BINARY:-$TARGET/release/podside}
export PODSIDE_CHROMIUM PODSIDE_KUBECTL PODSIDE_BINARY

cd "$ROOT/e2e"
say "journeys ($PODSIDE_CHROMIUM)"
node_modules/.bin/playwright test "$@"
