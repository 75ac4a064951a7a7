#!/usr/bin/env bash
# Checks that there is a Rust toolchain that is new enough and a C compiler.
. "$(dirname "$0")/../environment.sh"

wanted=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' "$ROOT/Cargo.toml")
has cargo || stop "there is no Rust toolchain (cargo)." \
  "Install Rust $wanted or newer: https://rustup.rs" \
  "then open a new shell, so that cargo is on the PATH."
found=$(cd "$ROOT" && rustc --version | awk '{ print $2 }')
if [ "$(printf '%s\n%s\n' "$wanted" "${found%%-*}" | sort -t. -k1,1n -k2,2n -k3,3n | head -1)" != "$wanted" ]; then
  stop "Rust $found is too old; Podside needs $wanted or newer." "rustup update stable"
fi
has cc || stop "there is no C compiler (cc), which SQLite and TLS are built with." \
  "Debian, Ubuntu: apt-get install gcc" "macOS: xcode-select --install"
