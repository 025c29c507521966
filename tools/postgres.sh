#!/bin/sh
# Installs PostgreSQL for the store's tests where it is missing and can be installed. Never called
# by `make run`, and never fails: without it those tests are skipped with their reason.
. "$(dirname "$0")/common.sh"
alone postgres

installed() { command -v initdb >/dev/null 2>&1 || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; }

if [ -n "${MASIL_TEST_POSTGRES_URL:-}" ] || installed; then exit 0; fi
install_packages postgresql || say "PostgreSQL is not here: the tests of the store on it are skipped"
