#!/usr/bin/env bash
# Puts back what scripts/backup-kubernetes.sh has copied: everything that namespace lectura holds now is replaced.
# Apply the copy's lectura-secrets.yaml and the overlay before. Usage: scripts/restore-kubernetes.sh FOLDER
set -euo pipefail
folder=${1:?Usage: scripts/restore-kubernetes.sh FOLDER}
scripts=$(cd "$(dirname "$0")" && pwd)
kubectl() { command kubectl --namespace "${LECTURA_NAMESPACE:-lectura}" "$@"; }
in_redis() { kubectl exec --stdin redis-0 --container redis -- sh -ec "$1"; }
in_storage() { kubectl exec --stdin storage-shell -- sh -ec "$1"; }

(cd "$folder" && sha256sum --check --quiet redis.rdb.sha256)

echo "ending the services …"
kubectl scale deployment --selector app.kubernetes.io/part-of=lectura --replicas=0 >/dev/null
kubectl wait --for=delete pod -l 'app in (gateway, auth, ocr-api, ocr-worker, courier)' --timeout=180s >/dev/null

if [ -f "$folder/storage.tar" ]; then
  echo "storage …"
  kubectl apply -f "$scripts/storage-pod.yaml" >/dev/null
  trap 'kubectl delete pod storage-shell --wait=false >/dev/null' EXIT
  kubectl wait --for=condition=Ready pod/storage-shell --timeout=120s >/dev/null
  in_storage 'find /data -mindepth 1 -delete; tar --extract --directory /data; sync' <"$folder/storage.tar"
fi

echo "Redis …"
in_redis 'cat >/data/restore.rdb' <"$folder/redis.rdb"
in_redis "sha256sum /data/restore.rdb | grep -q ^$(cut -c 1-64 "$folder/redis.rdb.sha256")"
# Redis that writes an append-only file reads nothing else when it starts; it takes a dump under that name as its
# beginning. It is ended without saving, and started again by the kubelet.
started=$(in_redis 'redis-cli info server | grep run_id')
in_redis 'rm -rf /data/appendonlydir; mv /data/restore.rdb /data/appendonly.aof; redis-cli shutdown nosave || true'
until [ "$(in_redis 'redis-cli -e ping >/dev/null && redis-cli info server | grep run_id' 2>/dev/null || echo "$started")" != "$started" ]; do
  sleep 1
done
kubectl wait --for=condition=Ready pod/redis-0 --timeout=300s >/dev/null

echo "starting the services …"
kubectl scale deployment --selector app.kubernetes.io/part-of=lectura --replicas=1 >/dev/null
kubectl wait --for=condition=Available deployment --selector app.kubernetes.io/part-of=lectura --timeout=300s >/dev/null
echo "Restored from $folder."
