#!/usr/bin/env bash
# Serves a debug build, and builds and starts anew when a source file changes.
# Arguments go to `podside serve`. Open pages reload by themselves.
. "$(dirname "$0")/environment.sh"

cd "$ROOT"
server=""
stamp=$TARGET/dev-stamp

stop_server() {
  [ -n "$server" ] || return 0
  kill "$server" 2>/dev/null || true
  wait "$server" 2>/dev/null || true
  server=""
}
trap 'stop_server; exit 0' INT TERM

sources() { find app server style migrations Cargo.toml Cargo.lock -type f "$@" 2>/dev/null; }
names() { sources | cksum; }
# Whether a source file is newer than the last build, or has come or gone.
changed() { [ -n "$(sources -newer "$stamp" | head -1)" ] || [ "$(names)" != "$known" ]; }

while true; do
  touch "$stamp"
  known=$(names)
  if scripts/site/build.sh --dev && PODSIDE_SITE=$SITE cargo build --package podside; then
    stop_server
    PODSIDE_RELOAD=1 "$TARGET/debug/podside" serve "$@" &
    server=$!
  else
    say "the build failed; it is tried again when a file changes"
  fi
  until changed; do sleep 1; done
  say "a source file has changed"
done
