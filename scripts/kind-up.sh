#!/usr/bin/env bash
# From nothing to a first page: a Kind cluster with Istio, the platform on it, and the text of samples/carta.png.
#
#   scripts/kind-up.sh [--without-mesh]
#
# Needs docker, kind, kubectl and, for the mesh, istioctl. It can be run again; `kind delete cluster --name lectura` ends
# it all. KIND_CONFIG=kind/three-nodes.yaml makes a cluster of three nodes.
set -euo pipefail
cd "$(dirname "$0")/.."

# The versions, said once. A node image belongs to one release of kind, hence its digest. Istio: 1.30.3 at least.
KIND_VERSION=0.33.0
KIND_NODE_IMAGE=${KIND_NODE_IMAGE:-kindest/node:v1.34.11@sha256:44e222ee2132dab25ff87301682f89eb82c7880ea3a1bf543bfe9708fd08d67d}
ISTIO_VERSION=1.30.4
GATEWAY_API_VERSION=1.5.1

# What takes the place of `docker build` and of the two installations, where a cluster must do without the internet.
build=${LECTURA_IMAGE_BUILD:-docker build}
install_istio=${LECTURA_INSTALL_ISTIO:-istio_by_istioctl}
install_tracing=${LECTURA_INSTALL_TRACING:-kubectl apply -f observability/jaeger.yaml}

need() {
  command -v "$1" >/dev/null || { echo "$1 is not on PATH: $2" >&2; exit 1; }
}

istio_by_istioctl() {
  need istioctl "curl -L https://istio.io/downloadIstio | ISTIO_VERSION=$ISTIO_VERSION sh -"
  kubectl apply --server-side \
    -f "https://github.com/kubernetes-sigs/gateway-api/releases/download/v$GATEWAY_API_VERSION/standard-install.yaml"
  istioctl install --skip-confirmation -f istio/install/values.yaml
}

need docker "https://docs.docker.com/engine/install"
need kind "https://kind.sigs.k8s.io, $KIND_VERSION"
need kubectl "https://kubernetes.io/docs/tasks/tools"

if ! kind get clusters 2>/dev/null | grep -qx lectura; then
  kind create cluster --config "${KIND_CONFIG:-kind/cluster.yaml}" --image "$KIND_NODE_IMAGE" --wait 120s
fi
kubectl config use-context kind-lectura

export DOCKER_BUILDKIT=1
for service in gateway auth ocr-api; do
  $build . -f docker/Dockerfile --build-arg SERVICE=$service -t lectura/$service:dev
done
$build . -f docker/Dockerfile.worker -t lectura/ocr-worker:dev
docker image inspect redis:7-bookworm >/dev/null 2>&1 || docker pull redis:7-bookworm
kind load docker-image --name lectura lectura/{gateway,auth,ocr-api,ocr-worker}:dev redis:7-bookworm

overlay=kind
if [ "${1:-}" != --without-mesh ]; then
  overlay=kind-mesh
  $install_istio
  $install_tracing
fi

kubectl apply -f k8s/base/namespace.yaml
kubectl -n lectura get secret lectura-secrets >/dev/null 2>&1 ||
  npx -y pnpm@12 --silent secrets | kubectl create -f -
kubectl apply -k k8s/overlays/$overlay
for workload in $(kubectl -n lectura get statefulset,deployment -o name); do
  kubectl -n lectura rollout status "$workload" --timeout=300s
done

url=http://localhost:8080
key=$(kubectl -n lectura get secret lectura-secrets -o jsonpath='{.data.LECTURA_FIRST_API_KEY}' | base64 -d)
curl -sf --retry 60 --retry-delay 2 --retry-all-errors -o /dev/null "$url/readyz"
document=$(curl -sf -H "X-API-Key: $key" -H "Prefer: wait=60" -F file=@samples/carta.png "$url/v1/documents" |
  grep -o 'doc_[0-9a-f]*' | head -1)
curl -sf -H "X-API-Key: $key" "$url/v1/documents/$document/result?format=text"
printf '\nLectura is at %s; its first API key: %s\n' "$url" "$key"
