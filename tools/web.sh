#!/bin/sh
# `web.sh`: axe over every view, theme, language and size, then Lighthouse on a running house.
. "$(dirname "$0")/common.sh"
tools/python.sh dev
tools/native.sh
tools/client.sh packages
tools/client.sh
MASIL_TEST_CHROMIUM=$(tools/chromium.sh)
PATH="$(tools/node.sh):$PATH"
export MASIL_TEST_CHROMIUM PATH
stamp=bench/web/node_modules/.masil.stamp
wanted=$(cksum <bench/web/package-lock.json)
if [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]; then
    say "installing Lighthouse (into bench/web/node_modules)"
    quietly lighthouse npm --prefix bench/web ci --no-audit --no-fund --loglevel=error
    printf '%s' "$wanted" >"$stamp"
fi
MASIL_TEST_ALL_VIEWS=1 .venv/bin/python -m pytest -q tests/browser/test_views.py
exec .venv/bin/python -m bench.lighthouse
