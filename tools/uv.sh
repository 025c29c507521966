#!/bin/sh
# Prints the uv to call: the one on PATH if it is not too old to read the lock, else one of our
# own, fetched from PyPI into .tools/uv.
. "$(dirname "$0")/common.sh"
alone uv

WANTED="uv>=0.13.9,<0.14"

recent() {
    "$1" --version 2>/dev/null | awk '{ split($2, v, "."); exit !(v[1] > 0 || v[2] >= 9) }'
}

if command -v uv >/dev/null 2>&1 && recent uv; then
    command -v uv
    exit 0
fi

uv=$PWD/.tools/uv/bin/uv
if ! { [ -x "$uv" ] && recent "$uv"; }; then
    command -v python3 >/dev/null 2>&1 || stop "python3 (3.11 or newer) is needed and was not found."
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
        stop "Python 3.11 or newer is needed; python3 here is $(python3 -V 2>&1)."
    if ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
        install_packages python3-venv ||
            stop "python3 has no venv module: install it (Debian: apt-get install python3-venv)."
    fi
    say "fetching uv (into .tools)"
    rm -rf .tools/uv
    quietly uv python3 -m venv .tools/uv
    quietly uv .tools/uv/bin/python -m pip install --quiet --disable-pip-version-check "$WANTED"
fi
printf '%s\n' "$uv"
