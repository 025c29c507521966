#!/bin/sh
# Prints the path of coturn's turnserver for the tests that relay voices, or nothing where there is
# none: they are skipped then. Installs Debian's package, unless that would start a service.
. "$(dirname "$0")/common.sh"
alone coturn

if ! command -v turnserver >/dev/null 2>&1 && [ ! -d /run/systemd/system ]; then
    install_packages coturn || true
fi
command -v turnserver || say "coturn is not installed: the tests that relay voices are skipped"
