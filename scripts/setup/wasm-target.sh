#!/usr/bin/env bash
# Makes sure that some toolchain can build for wasm32-unknown-unknown, and
# prints how cargo is told to use it: nothing for the default one, or "+web".
#
# First choice is rustup's target. Where rustup cannot fetch it, Debian's
# rustc-web brings a compiler and the sources of the standard library, which is
# then built here once.
. "$(dirname "$0")/../environment.sh"

target=wasm32-unknown-unknown

# Whether the sysroot that this rustc uses has the standard library for wasm.
has_library() {
  local sysroot
  sysroot=$("$@" --print sysroot 2>/dev/null) || return 1
  ls "$sysroot/lib/rustlib/$target/lib/"libcore-*.rlib >/dev/null 2>&1
}

debian_toolchain_works() {
  has rustup && rustup toolchain list 2>/dev/null | grep -q '^web' && has_library rustup run web rustc
}

cd "$ROOT"
if has_library rustc; then exit 0; fi
if debian_toolchain_works; then echo +web; exit 0; fi

if has rustup; then
  say "adding the Rust target $target"
  if RUST_BACKTRACE=0 limited 180 rustup target add "$target" >&2 && has_library rustc; then exit 0; fi
  say "rustup could not add $target; trying Debian's packages"
fi

if ! has rustup; then
  stop "this Rust toolchain has no standard library for $target, and there is no rustup to add it." \
    "Install Rust with rustup: https://rustup.rs"
fi
for package in rustc-web cargo-web rust-web-src lld-19; do
  has dpkg-query && dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ||
    missing="${missing:-} $package"
done
if [ -n "${missing:-}" ]; then
  # Word splitting is wanted: each name is one package.
  # shellcheck disable=SC2086
  { can_install_debian && install_debian $missing; } ||
    stop "there is no Rust standard library for $target." \
      "With access to static.rust-lang.org: rustup target add $target" \
      "or on Debian 12, as root:            apt-get install$missing" \
      "then run make again."
fi

library=/usr/lib/rustlib/$target/lib
as_root=""
[ -w /usr/lib/rustlib ] || as_root="sudo -n"
if ! ls $library/libcore-*.rlib >/dev/null 2>&1; then
  say "building the Rust standard library for $target (one minute, once)"
  empty=$TOOLS/empty-crate
  mkdir -p "$empty/src"
  printf '[package]\nname = "empty"\nversion = "0.0.0"\nedition = "2021"\n[workspace]\n' >"$empty/Cargo.toml"
  : >"$empty/src/lib.rs"
  (cd "$empty" && RUSTC_BOOTSTRAP=1 RUSTC=/usr/bin/rustc CARGO_TARGET_DIR=$empty/target /usr/bin/cargo build --quiet --release \
    -Z build-std=std,panic_abort,panic_unwind,test,proc_macro --target "$target" >&2) ||
    stop "the Rust standard library for $target could not be built from Debian's rust-web-src." \
      "See cargo's message above. With access to static.rust-lang.org this works without it:" \
      "rustup target add $target"
  $as_root mkdir -p "$library"
  for rlib in "$empty/target/$target/release/deps/"*.rlib; do
    case $rlib in */libempty-*) ;; *) $as_root cp "$rlib" "$library/" ;; esac
  done
fi
linker=/usr/lib/rustlib/$(/usr/bin/rustc -vV | sed -n 's/^host: //p')/bin/rust-lld
if [ ! -e "$linker" ]; then
  $as_root mkdir -p "$(dirname "$linker")"
  $as_root ln -s /usr/lib/llvm-19/bin/lld "$linker"
fi
rustup toolchain link web /usr
debian_toolchain_works || stop "Debian's Rust still cannot build for $target." \
  "Please report this with the output of: rustup run web rustc -vV; ls $library"
echo +web
