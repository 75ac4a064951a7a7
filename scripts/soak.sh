#!/usr/bin/env bash
# What takes long: the fuzz targets with many cases, then every script of
# scripts/soak/, a load or a watch each. PODSIDE_SOAK_MINUTES (30) is the time of all
# together: half of it goes to the fuzz targets, the rest in equal parts to the
# scripts, each of which finds its part in PODSIDE_SOAK_SECONDS. Arguments name the
# scripts to run, without their ends; all and the fuzz targets by default.
. "$(dirname "$0")/environment.sh"

seconds=$((${PODSIDE_SOAK_MINUTES:-30} * 60))
export PODSIDE_BINARY=${PODSIDE_BINARY:-$TARGET/release/podside}
cd "$ROOT"

fuzz=0
if [ $# = 0 ]; then
  fuzz=$((seconds / 2))
  for script in scripts/soak/*.sh scripts/soak/*.mjs; do
    [ ! -e "$script" ] || set -- "$@" "$(basename "${script%.*}")"
  done
fi

failed=""
if [ "$fuzz" -gt 0 ]; then
  nextest=$("$ROOT/scripts/setup/cargo-nextest.sh")
  # Built first, so that it is not part of the time.
  targets='binary(fuzz) | test(/(^|::)fuzz::/)'
  "$nextest" nextest run --workspace --exclude podside-client --no-run
  say "fuzz targets, $fuzz s"
  end=$((SECONDS + fuzz))
  say "a simulated day of each fault"
  "$nextest" nextest run --profile soak --workspace --exclude podside-client \
    --run-ignored only -E 'package(podside-diagnosis) & binary(soak)' || failed="$failed day"
  # A round has other cases than the one before. What fails is written beside the
  # target, in proptest-regressions, and tried first from then on.
  while [ "$SECONDS" -lt "$end" ] && [ -z "$failed" ]; do
    PROPTEST_CASES=${PROPTEST_CASES:-1000} "$nextest" nextest run --profile soak \
      --workspace --exclude podside-client -E "$targets" || failed="$failed fuzz"
  done
fi

part=$(((seconds - fuzz) / ($# > 0 ? $# : 1)))
for name in "$@"; do
  script=scripts/soak/$name.sh
  [ -e "$script" ] || script=scripts/soak/$name.mjs
  [ -e "$script" ] || stop "there is no scripts/soak/$name.sh or $name.mjs"
  say "$name, $part s"
  case $script in
    *.mjs) PODSIDE_SOAK_SECONDS=$part node "$script" || failed="$failed $name" ;;
    *) PODSIDE_SOAK_SECONDS=$part bash "$script" || failed="$failed $name" ;;
  esac
done
[ -z "$failed" ] || stop "failed:$failed"
