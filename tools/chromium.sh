#!/bin/sh
# Prints the path of a Chromium that starts, for the browser tests. In this order: $CHROMIUM, the
# system's, Playwright's download, Debian's package. Never called by `make run`.
. "$(dirname "$0")/common.sh"
alone chromium

DOWNLOAD_TIMEOUT_S=120

starts() {
    [ -x "$1" ] && timeout 60 "$1" --headless --no-sandbox --disable-gpu --disable-dev-shm-usage \
        --user-data-dir="$(mktemp -d .tools/chromium-XXXXXX)" --dump-dom about:blank \
        >.tools/chromium.log 2>&1 </dev/null 9>&-
    started=$?
    rm -rf .tools/chromium-??????
    return $started
}

found() {
    say "browser tests use $1 ($2)"
    printf '%s\n' "$1"
    exit 0
}

on_path() {
    for name in chromium chromium-browser google-chrome google-chrome-stable; do
        path=$(command -v "$name" 2>/dev/null) || continue
        if starts "$path"; then found "$path" "$1"; fi
        say "$path does not start; see .tools/chromium.log"
    done
}

if [ -n "${CHROMIUM:-}" ]; then
    starts "$CHROMIUM" || stop "CHROMIUM=$CHROMIUM does not start: $(tail -n 3 .tools/chromium.log)"
    found "$CHROMIUM" "from CHROMIUM"
fi
on_path "the system's"

playwrights() {
    .venv/bin/python -c '
from playwright.sync_api import sync_playwright
with sync_playwright() as driver:
    print(driver.chromium.executable_path)'
}
path=$(playwrights)
if [ ! -x "$path" ]; then
    say "fetching Playwright's Chromium"
    timeout "$DOWNLOAD_TIMEOUT_S" .venv/bin/python -m playwright install chromium \
        >.tools/playwright.log 2>&1 </dev/null 9>&- ||
        say "Playwright's Chromium could not be fetched; see .tools/playwright.log"
fi
if [ -x "$path" ]; then
    if starts "$path"; then found "$path" "Playwright's"; fi
    say "Playwright's Chromium does not start here; see .tools/chromium.log"
fi

if install_packages chromium; then on_path "Debian's"; fi
stop "no Chromium for the browser tests: install one and put its path into CHROMIUM, or run make test-unit."
