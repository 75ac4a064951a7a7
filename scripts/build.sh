#!/usr/bin/env bash
# Builds the release binary with the site inside and leaves it, whatever
# CARGO_TARGET_DIR says, at target/release/podside.
. "$(dirname "$0")/environment.sh"

"$ROOT/scripts/site/build.sh"
say "building podside (release)"
cd "$ROOT"
erase_views
PODSIDE_SITE=$SITE cargo build --release --package podside
if [ ! "$TARGET/release/podside" -ef target/release/podside ]; then
  mkdir -p target/release
  ln -sf "$TARGET/release/podside" target/release/podside
fi
say "built target/release/podside ($(du -Lk target/release/podside | cut -f1) KiB)"
