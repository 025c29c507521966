#!/bin/sh
# Builds the browser client where its sources are newer than the build: `client.sh`.
# `client.sh packages` only installs what its build and its tests need.
. "$(dirname "$0")/common.sh"
alone client

stale() {
    [ ! -f client/dist/index.html ] || [ -n "$(find client/src client/build client/public client/index.html \
        client/package-lock.json client/vite.config.ts client/tsconfig.json client/tsconfig.sw.json \
        -newer client/dist/index.html -print -quit)" ]
}

packages() {
    stamp=client/node_modules/.masil.stamp
    wanted=$(cksum <client/package-lock.json)
    if [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then return 0; fi
    say "installing the client's locked packages (into client/node_modules)"
    quietly npm npm --prefix client ci --no-audit --no-fund --loglevel=error
    printf '%s' "$wanted" >"$stamp"
}

if [ "${1:-}" != packages ] && ! stale; then exit 0; fi
PATH="$(tools/node.sh):$PATH"
export PATH
packages
if [ "${1:-}" != packages ]; then
    say "building the client"
    quietly build npm --prefix client run build
fi
