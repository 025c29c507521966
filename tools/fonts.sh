#!/bin/sh
# For pictures: without a Korean font a Korean page is a page of boxes. Installs Debian's where none
# is; nothing is asked of readers, whose systems have their own.
. "$(dirname "$0")/common.sh"
alone fonts

korean() { [ -n "$(fc-list :lang=ko 2>/dev/null)" ]; }

korean || install_packages fontconfig fonts-noto-cjk fonts-noto-color-emoji || true
korean || stop "no Korean font for the pictures: install one, for example fonts-noto-cjk"
