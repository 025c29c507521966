#!/bin/sh
# Everything that can be known without running the service. Shows the output of what fails, goes
# on with the rest, and fails at the end.
. "$(dirname "$0")/common.sh"
PATH="$PWD/.venv/bin:$(tools/node.sh):$PATH"
export PATH
failed=""

step() {
    name=$1
    shift
    began=$(date +%s)
    if "$@" >.tools/check.log 2>&1 </dev/null; then
        printf '  ok      %-28s %3s s\n' "$name" "$(($(date +%s) - began))"
    else
        printf '  FAILED  %s: %s\n' "$name" "$*"
        sed 's/^/          /' .tools/check.log
        failed="$failed $name,"
    fi
}

alone check
step "format (ruff)" ruff format --check .
step "lint (ruff)" ruff check .
step "types (mypy --strict)" mypy
step "layers (import-linter)" lint-imports
step "generated files" python -m protocol.generate --check
step "client types (tsc)" npm --prefix client run --silent check
step "client tests (vitest)" npm --prefix client run --silent test
[ -z "$failed" ] || stop "make check failed:${failed%,}"
