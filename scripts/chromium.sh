#!/bin/sh
# Sees to it that the browser tests find the system's Chromium. Prints its path; with CI set, its lack is a failure.
set -eu

find_chromium() {
    for candidate in "${CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable \
        "/Applications/Chromium.app/Contents/MacOS/Chromium" \
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"; do
        # Asked for its version, because Ubuntu's chromium-browser may be a note that one should install a snap.
        [ -n "$candidate" ] && "$candidate" --version >/dev/null 2>&1 && command -v "$candidate" && return 0
    done
    return 1
}

install_chromium() {
    command -v apt-get >/dev/null 2>&1 || return 1
    if [ "$(id -u)" = 0 ]; then as_root=; elif sudo -n true 2>/dev/null; then as_root="sudo -n"; else return 1; fi
    echo "Installing Chromium and a Chinese font for the browser tests …" >&2
    log=$(mktemp)
    if $as_root apt-get update -qq >"$log" 2>&1 &&
        $as_root env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y -qq --no-install-recommends chromium fonts-wqy-microhei >>"$log" 2>&1; then
        rm -f "$log"
    else
        tail -n 5 "$log" >&2
        rm -f "$log"
        return 1
    fi
}

if find_chromium || { install_chromium && find_chromium; }; then
    exit 0
fi
echo "No Chromium here, so the browser tests are skipped. To run them: sudo apt-get install -y chromium fonts-wqy-microhei (macOS: brew install --cask chromium; elsewhere set CHROMIUM=/path/to/it)." >&2
[ -z "${CI:-}" ] || exit 1
