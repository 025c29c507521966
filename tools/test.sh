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
exec .venv/bin/python -m pytest -q
