#!/usr/bin/env bash
# Makes sure that there is node, and installs the npm packages of a directory.
# Usage: node.sh DIRECTORY
. "$(dirname "$0")/../environment.sh"

if ! has node || ! has npm; then
  if can_install_debian; then
    install_debian nodejs npm || true
  fi
fi
if ! has node || ! has npm; then
  stop "there is no node or no npm (node 18.17 or newer)." \
    "Debian, Ubuntu: apt-get install nodejs npm" "macOS: brew install node"
fi
node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 18 || (a == 18 && b >= 17) ? 0 : 1)' ||
  stop "node $(node --version) is too old; 18.17 or newer is needed." \
    "Debian: use bookworm or newer" "macOS: brew upgrade node" "or https://nodejs.org"

directory=$1
stamp=$directory/node_modules/.installed
if ! cmp -s "$directory/package-lock.json" "$stamp"; then
  say "installing the npm packages of ${directory#"$ROOT"/}"
  (cd "$directory" && npm ci --no-fund --no-audit --ignore-scripts --loglevel=error >&2) ||
    stop "npm could not install the packages of $directory." \
      "See npm's message above; it needs the npm registry or a mirror of it."
  cp "$directory/package-lock.json" "$stamp"
fi
