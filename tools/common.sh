# Sourced by the scripts beside it: where things are, how they speak, one at a time.
# Everything installed by them is inside the project (.venv, .tools, client/node_modules), except
# Debian packages where nothing else is left.

set -eu
cd "$(dirname "$0")/.."
mkdir -p .tools

say() { printf 'masil: %s\n' "$*" >&2; }

stop() {
    say "$*"
    exit 1
}

# Waits until no other run of the same step is at work in this checkout.
alone() {
    if command -v flock >/dev/null 2>&1; then
        exec 9>".tools/$1.lock"
        flock 9
    fi
}

# Runs a command whose output matters only when it fails.
quietly() {
    log=".tools/$1.log"
    shift
    if ! "$@" >"$log" 2>&1 </dev/null 9>&-; then
        cat "$log" >&2
        return 1
    fi
}

# Installs Debian packages as root or by sudo without a password; fails where neither is possible.
install_packages() {
    command -v apt-get >/dev/null 2>&1 || return 1
    if [ "$(id -u)" -eq 0 ]; then
        as_root=""
    elif sudo -n true 2>/dev/null; then
        as_root="sudo -n"
    else
        return 1
    fi
    say "installing with apt-get: $*"
    quietly apt $as_root env DEBIAN_FRONTEND=noninteractive sh -c \
        'apt-get update -qq && apt-get install -y -qq --no-install-recommends "$@"' apt-get "$@"
}
