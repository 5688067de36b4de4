#!/bin/sh
# check-libraries.sh ROOT FOLDER: fails when ROOT lacks a library that a native module below FOLDER needs.
set -eu
root=$1
folder=$2

missing=$(find "$folder" -name '*.node' -exec ldd {} + 2>/dev/null | sed -n 's/.* => \(.*\) (0x.*/\1/p; s/.* => not found/&/p' | sort -u |
  while read -r library; do
    case $library in "$folder"/*) continue ;; esac
    [ -e "$root$library" ] || [ -e "$root/usr$library" ] || echo "$library"
  done)
[ -z "$missing" ] || {
  echo "Native modules need what the image has not: $missing" >&2
  exit 1
}
