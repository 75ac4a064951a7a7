#!/usr/bin/env bash
# The unit and integration tests of all crates but the client, which is a
# single call that the journeys try.
. "$(dirname "$0")/environment.sh"

"$ROOT/scripts/setup/rust.sh"
nextest=$("$ROOT/scripts/setup/cargo-nextest.sh")
PODSIDE_KUBECTL=$("$ROOT/scripts/setup/kubectl.sh")
export PODSIDE_KUBECTL

cd "$ROOT"
say "unit and integration tests (kubectl: $PODSIDE_KUBECTL)"
"$nextest" nextest run --workspace --exclude podside-client "$@"
