#!/bin/sh
# Builds the optional C loop of the media engine where it is not up to date. Where that cannot be,
# says so in one line and is content: the same loop runs in Python.
. "$(dirname "$0")/common.sh"
alone native

instead="voices are sealed in Python, which takes more CPU"
if server/media/embedded/native/build.sh >.tools/native.log 2>&1 </dev/null 9>&-; then
    exit 0
elif command -v cc >/dev/null 2>&1; then
    say "the C part did not compile (see .tools/native.log): $instead"
else
    say "no C compiler (cc) here: $instead"
fi
