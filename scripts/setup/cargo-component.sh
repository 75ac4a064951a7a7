#!/usr/bin/env bash
# Makes sure that cargo has the named components: fmt, clippy.
. "$(dirname "$0")/../environment.sh"

for component in "$@"; do
  case $component in fmt) package=rustfmt ;; *) package=$component ;; esac
  (cd "$ROOT" && cargo "$component" --version >/dev/null 2>&1) && continue
  say "adding the Rust component $package"
  { has rustup && limited 300 rustup component add "$package" >&2; } ||
    stop "cargo $component is missing." "rustup component add $package"
done
