#!/usr/bin/env bash
# Backs up the platform of namespace lectura while it runs: Redis first, then the storage, so that a record of the copy
# never points at bytes that the copy lacks (docs/operations.md). Usage: scripts/backup-kubernetes.sh FOLDER
set -euo pipefail
folder=${1:?Usage: scripts/backup-kubernetes.sh FOLDER}
scripts=$(cd "$(dirname "$0")" && pwd)
kubectl() { command kubectl --namespace "${LECTURA_NAMESPACE:-lectura}" "$@"; }
in_redis() { kubectl exec redis-0 --container redis -- sh -ec "$1"; }
in_storage() { kubectl exec storage-shell -- sh -ec "$1"; }

umask 077
mkdir "$folder"

echo "Redis …"
in_redis '
  redis-cli -e bgsave >/dev/null
  while redis-cli -e info persistence | grep -q rdb_bgsave_in_progress:1; do sleep 1; done
  redis-cli -e info persistence | grep -q rdb_last_bgsave_status:ok'
saved=$(in_redis 'date +%s%3N')
in_redis 'cat /data/dump.rdb' >"$folder/redis.rdb"
in_redis 'cd /data && sha256sum dump.rdb && rm dump.rdb' | sed 's/dump.rdb/redis.rdb/' >"$folder/redis.rdb.sha256"
(cd "$folder" && sha256sum --check --quiet redis.rdb.sha256)

if kubectl get persistentvolumeclaim documents >/dev/null 2>&1; then
  echo "storage …"
  kubectl apply -f "$scripts/storage-pod.yaml" >/dev/null
  trap 'kubectl delete pod storage-shell --wait=false >/dev/null' EXIT
  kubectl wait --for=condition=Ready pod/storage-shell --timeout=120s >/dev/null
  # Documents that came in later have no record in the copy: their ids begin with a later time. What is deleted while
  # tar is about to read it is no loss, and its exit code 1.
  in_storage "
    cd /data
    find . -mindepth 2 -maxdepth 2 -name 'doc_*' |
      awk -F/ -v last=doc_$(printf %012x "$saved") 'substr(\$3, 1, 16) <= last' |
      tar --create --files-from=- || [ \$? = 1 ]" >"$folder/storage.tar"
  tar --list --file "$folder/storage.tar" >/dev/null
else
  echo "no claim named documents: the bytes are in a bucket, back that up now"
fi

kubectl get secret lectura-secrets -o yaml >"$folder/lectura-secrets.yaml"
echo "Backed up to $folder: what was accepted until $(date -u -d "@$((saved / 1000))" +%FT%TZ)."
