#!/usr/bin/env bash
# Makes sure that there is Chromium, and on Debian fonts for Japanese, and
# prints the browser's path. Never downloads a browser from elsewhere.
. "$(dirname "$0")/../environment.sh"

find_browser() {
  local name
  for name in "${PODSIDE_CHROMIUM:-}" chromium chromium-browser google-chrome \
    "/Applications/Chromium.app/Contents/MacOS/Chromium" \
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"; do
    if [ -n "$name" ] && command -v "$name"; then return; fi
  done
  return 1
}

if has fc-list && [ -z "$(fc-list ':lang=ja' family)" ] && can_install_debian; then
  install_debian fonts-noto-cjk || say "fonts-noto-cjk could not be installed: Japanese shows as boxes in pictures"
fi
if find_browser; then exit 0; fi
if can_install_debian; then install_debian chromium || true; fi
find_browser || stop "there is no Chromium." \
  "Debian:  apt-get install chromium fonts-noto-cjk" \
  "Ubuntu:  snap install chromium" \
  "macOS:   brew install --cask chromium" \
  "or name one: PODSIDE_CHROMIUM=/path/to/chromium make test"
