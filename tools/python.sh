#!/bin/sh
# Makes .venv exactly what uv.lock says: `python.sh` for running, `python.sh dev` for tests
# too, `python.sh bench` for what needs a C compiler besides.
. "$(dirname "$0")/common.sh"
alone python

kind=${1:-run}
groups="--no-default-groups"
if [ "$kind" = dev ]; then groups="--group dev"; fi
if [ "$kind" = bench ]; then groups="--group dev --group bench"; fi

wanted=$(cat uv.lock pyproject.toml | cksum)
holds() { [ -x .venv/bin/python ] && [ "$(cat ".venv/.masil-$1.stamp" 2>/dev/null)" = "$wanted" ]; }
if holds "$kind" || holds bench || { [ "$kind" = run ] && holds dev; }; then exit 0; fi

uv=$(tools/uv.sh)
say "installing the locked Python packages (into .venv)"
interpreter=""
if [ ! -x .venv/bin/python ]; then
    interpreter="--python $(python3 -c 'import sys; print(sys.executable)')"
fi
# --inexact: what tests installed may stay when only the service is run. Compiled now, so that the
# first start is not slow, even where Python may not write byte code later.
# shellcheck disable=SC2086  # groups and interpreter are several words
"$uv" sync --quiet --locked --inexact --compile-bytecode --all-extras $groups $interpreter 9>&-
printf '%s' "$wanted" >".venv/.masil-$kind.stamp"
