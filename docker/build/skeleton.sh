#!/bin/sh
# skeleton.sh ROOT: makes the root filesystem of a Debian without any program: one user, certificates, an empty /tmp.
# Needs the package ca-certificates.
set -eu
root=$1

mkdir -p "$root/etc/ssl/certs" "$root/usr/lib" "$root/usr/lib64" "$root/usr/share/doc/ca-certificates" "$root/tmp"
chmod 1777 "$root/tmp"
ln -s usr/lib "$root/lib"
ln -s usr/lib64 "$root/lib64"

printf 'root:x:0:0:root:/:/sbin/nologin\nlectura:x:65532:65532:lectura:/app:/sbin/nologin\n' >"$root/etc/passwd"
printf 'root:x:0:\nlectura:x:65532:\n' >"$root/etc/group"
printf 'hosts: files dns\n' >"$root/etc/nsswitch.conf"

# Tells scanners for known flaws which distribution the packages below /var/lib/dpkg/status.d are from.
cp -p /usr/lib/os-release "$root/usr/lib/os-release"
ln -s ../usr/lib/os-release "$root/etc/os-release"

# Mozilla's authorities alone: what the machine that builds trusts besides is its own affair.
cat /usr/share/ca-certificates/mozilla/*.crt >"$root/etc/ssl/certs/ca-certificates.crt"
cp -p /usr/share/doc/ca-certificates/copyright "$root/usr/share/doc/ca-certificates/"
