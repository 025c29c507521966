#!/bin/sh
# `bench.sh MODULE [ARGUMENT…]`: run a measurement in a checkout that is set up for it.
. "$(dirname "$0")/common.sh"
tools/python.sh dev
tools/native.sh
tools/client.sh
MASIL_TEST_CHROMIUM=$(tools/chromium.sh)
export MASIL_TEST_CHROMIUM
exec .venv/bin/python -m "$@"
