#!/bin/sh
# `test.sh all`: check, then every test. `test.sh unit`: the tests without a browser.
. "$(dirname "$0")/common.sh"
tools/python.sh dev
tools/native.sh
tools/postgres.sh
if [ "${1:-all}" = unit ]; then
    exec .venv/bin/python -m pytest -q -m "not browser and not system and not model"
fi
tools/coturn.sh >/dev/null
tools/dbus.sh
tools/espeak.sh >/dev/null
tools/client.sh packages
tools/client.sh
MASIL_TEST_CHROMIUM=$(tools/chromium.sh)
export MASIL_TEST_CHROMIUM
# Tests start some hundred processes: whoever has forbidden byte code would have each compile anew.
unset PYTHONDONTWRITEBYTECODE
tools/check.sh
# Most tests wait: two at a time take 40 % of the time. Browsers and what measures run alone after.
together="not browser and not alone"
failed=0
.venv/bin/python -m pytest -q -n 2 --dist loadfile -m "$together" || failed=1
.venv/bin/python -m pytest -q -m "not ($together)" || failed=1
exit "$failed"
