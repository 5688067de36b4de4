#!/bin/sh
# pick-sources.sh SERVICE: out of the workspace in the working directory, puts the sources of a service and of the
# packages it uses into /sources, and into /manifests what it takes to install their npm packages.
set -eu
service=$1
[ -f "services/$service/package.json" ] || { echo "There is no service '$service'." >&2; exit 1; }
folders=$(pnpm --filter "@lectura/$service..." list --depth -1 --parseable | sed "s|^$PWD/||")

mkdir /manifests /sources
cp --parents -r $folders /sources
cp LICENSE docker/healthcheck.mjs /sources
# One path for every service: an entrypoint knows no variables.
ln -s "services/$service" /sources/service

# Not the root's own manifest: its packages are tools, and another Node of 120 MB.
cp pnpm-lock.yaml pnpm-workspace.yaml /manifests
for folder in $folders; do cp --parents "$folder/package.json" /manifests; done
