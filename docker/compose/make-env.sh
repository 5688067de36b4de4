#!/bin/sh
# Makes docker/.env, the secrets of docker/compose.yaml, readable by its owner only. Never overwrites it: without the
# secrets that the data was made with, the data cannot be opened.
set -eu
file=$(dirname "$0")/../.env
umask 077
set -C # '>' refuses a file that is there

base64url() { head -c 32 /dev/urandom | base64 | tr '+/' '-_' | tr -d '=\n'; }
hexadecimal() { head -c "$1" /dev/urandom | od -An -tx1 | tr -d ' \n'; }

cat >"$file" <<ENV
REDIS_PASSWORD=$(hexadecimal 24)
LECTURA_KEY_SECRET=$(base64url)
LECTURA_WEBHOOK_SECRET=$(base64url)
LECTURA_FIRST_API_KEY=lk_$(hexadecimal 8)_$(base64url)
S3_ACCESS_KEY=$(hexadecimal 10)
S3_SECRET_KEY=$(hexadecimal 24)
GRAFANA_PASSWORD=$(hexadecimal 12)
ENV
echo "Made docker/.env; LECTURA_FIRST_API_KEY in it is the key for calls."
