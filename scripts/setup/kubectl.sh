#!/usr/bin/env bash
# Makes sure that there is a kubectl for the tests and prints its path.
#
# On Debian it is taken out of the package kubernetes-client without installing
# it, so that it does not collide with a kubectl from elsewhere and the tests
# see the same version on each machine.
. "$(dirname "$0")/../environment.sh"

if [ -n "${PODSIDE_KUBECTL:-}" ]; then echo "$PODSIDE_KUBECTL"; exit 0; fi
root=$TOOLS/kubernetes-client
if [ -x "$root/usr/bin/kubectl" ]; then echo "$root/usr/bin/kubectl"; exit 0; fi

fetch() {
  has apt-get && has dpkg-deb || return 1
  local directory
  directory=$(mktemp -d)
  say "fetching Debian's kubernetes-client"
  # As root apt hands the download to a user who may not write here; that is a
  # warning only.
  (cd "$directory" && { apt-get download -q kubernetes-client || { [ "$(id -u)" = 0 ] && apt-get update -q && apt-get download -q kubernetes-client; }; }) >/dev/null 2>&1 &&
    mkdir -p "$root" && dpkg-deb -x "$directory"/kubernetes-client_*.deb "$root"
  local outcome=$?
  rm -rf "$directory"
  return $outcome
}

if fetch && [ -x "$root/usr/bin/kubectl" ]; then echo "$root/usr/bin/kubectl"; exit 0; fi
command -v kubectl || stop "there is no kubectl." \
  "Debian: apt-get install kubernetes-client" \
  "Ubuntu: snap install kubectl --classic" \
  "macOS:  brew install kubernetes-cli" \
  "or name one: PODSIDE_KUBECTL=/path/to/kubectl make test"
