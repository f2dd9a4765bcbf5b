#!/bin/sh
# The package's own libraries and fonts: every machine shows the same pixels.
here=$(cd "$(dirname "$0")" && pwd)
export LD_LIBRARY_PATH="$here/lib" FONTCONFIG_FILE="$here/fonts.conf" XDG_CACHE_HOME="$here/cache"
exec "$here/bin/chromium" "$@"
