#!/bin/sh
# Prints the path of espeak-ng, with which the demo speaks, or nothing where there is none. Installs
# Debian's package where that is possible.
. "$(dirname "$0")/common.sh"
alone espeak

command -v espeak-ng >/dev/null 2>&1 || install_packages espeak-ng || true
command -v espeak-ng || say "espeak-ng is not installed: install it to hear the demo"
