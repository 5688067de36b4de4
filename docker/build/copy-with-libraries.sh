#!/bin/sh
# copy-with-libraries.sh ROOT FILE...: copies files below ROOT with every library that the loader needs for them, and
# what Debian records about their packages: licence, name and version. Files that BASE=FOLDER has are left out.
set -eu
root=$1
shift

needed() {
  for file; do
    echo "$file"
    # Data files have no libraries.
    ldd "$file" 2>/dev/null | grep -o '/[^ ]*' || true
  done | sort -u
}

# Debian names some files by their place from before /lib became /usr/lib.
package_of() {
  { dpkg -S "$1" || dpkg -S "${1#/usr}"; } 2>/dev/null | sed 's/:.*//'
}

needed "$@" | while read -r file; do
  place=$(realpath "$(dirname "$file")")/$(basename "$file")
  [ ! -e "${BASE:-/nowhere}$place" ] || continue
  mkdir -p "$root$(dirname "$place")"
  cp -pL "$file" "$root$place"

  package=$(package_of "$place")
  [ -n "$package" ] || continue
  mkdir -p "$root/usr/share/doc/$package" "$root/var/lib/dpkg/status.d"
  cp -pL "/usr/share/doc/$package/copyright" "$root/usr/share/doc/$package/"
  dpkg-query -s "$package" >"$root/var/lib/dpkg/status.d/$package"
done
