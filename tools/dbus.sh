#!/bin/sh
# Installs dbus-daemon for the tests that tap on notifications, where it is missing and can be
# installed. Never fails: without it those tests are skipped with their reason.
. "$(dirname "$0")/common.sh"
alone dbus

if command -v dbus-daemon >/dev/null 2>&1; then exit 0; fi
install_packages dbus-daemon || say "dbus-daemon is not here: the tests that tap on notifications are skipped"
