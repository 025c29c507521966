#!/bin/sh
# Starts coturn. TURN_SECRET_FILE holds the secret that the gate has too, TURN_PEERS the addresses
# it may relay to, as MASIL_MEDIA_ADVERTISE lists them; arguments are options of turnserver.
set -eu
umask 077
settings=$(mktemp)
cat "$(dirname "$0")/turnserver.conf" >"$settings"
# In a file and not among the arguments, where everybody on the machine could read it.
printf 'static-auth-secret=%s\n' "$(cat "$TURN_SECRET_FILE")" >>"$settings"
printf '%s\n' "$TURN_PEERS" | tr -d '[]" ' | tr ',' '\n' | sed 's/^/allowed-peer-ip=/' >>"$settings"
exec turnserver -c "$settings" "$@"
