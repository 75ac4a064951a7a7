# Where things are, and how a script says what it does. Sourced by the others.
#
# Written for bash 3.2, which is what macOS has.

set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# Cargo's target directory; a relative CARGO_TARGET_DIR means the top of the workspace.
TARGET=${CARGO_TARGET_DIR:-$ROOT/target}
case $TARGET in /*) ;; *) TARGET=$ROOT/$TARGET ;; esac
# Programs that the build installs for itself, one directory each and version.
TOOLS=$TARGET/tools
# The built site, which the server's build script embeds.
SITE=$ROOT/site

mkdir -p "$TARGET"
export CARGO_TARGET_DIR=$TARGET

# Erases the types of Leptos' views, which makes the wasm a third smaller. Markup of
# one form hydrates only in a client of the same, so the release's server and client
# are both built so; a debug build of both needs it as little as the tests do.
erase_views() { export RUSTFLAGS="${RUSTFLAGS:-} --cfg erase_components"; }

# One line about what is being done.
say() { printf '==> %s\n' "$*" >&2; }

# What is missing and how to get it, line by line; then the end.
stop() {
  printf '\nCannot go on: %s\n' "$1" >&2
  shift
  for line in "$@"; do printf '  %s\n' "$line" >&2; done
  exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

# Runs a command for at most so many seconds, where there is `timeout`.
limited() {
  local seconds=$1
  shift
  if has timeout; then timeout "$seconds" "$@"; else "$@"; fi
}

# The version of a crate in Cargo.lock.
locked_version() {
  awk -v name="\"$1\"" '$1 == "name" { found = $3 == name } found && $1 == "version" { gsub(/"/, "", $3); print $3; exit }' "$ROOT/Cargo.lock"
}

# Whether packages of Debian or Ubuntu can be installed without a question.
can_install_debian() { has apt-get && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }; }

# Installs packages of Debian or Ubuntu.
install_debian() {
  local as_root=""
  [ "$(id -u)" = 0 ] || as_root="sudo -n"
  say "installing Debian packages: $*"
  export DEBIAN_FRONTEND=noninteractive
  # The lists may be absent or old; an install that fails updates them once.
  $as_root apt-get install -y --no-install-recommends "$@" >/dev/null 2>&1 && return
  $as_root apt-get update -q >/dev/null && $as_root apt-get install -y --no-install-recommends "$@" >/dev/null
}
