#!/bin/sh
# `demo.sh [ARGUMENT…]`: a house of its own with synthetic members who talk, until Ctrl-C.
. "$(dirname "$0")/common.sh"
tools/python.sh
tools/native.sh
tools/client.sh
tools/espeak.sh >/dev/null
exec .venv/bin/python -m demo "$@"
