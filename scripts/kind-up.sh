#!/usr/bin/env bash
# From nothing to a first page: a Kind cluster with Istio, the platform on it, and the text of samples/carta.png.
#
#   scripts/kind-up.sh [--without-mesh]
#
# Needs docker, kind, kubectl, npx, curl and, for the mesh, istioctl. Run again, it brings what has changed. To end it all:
# `kind delete cluster --name lectura`. KIND_CONFIG=kind/three-nodes.yaml makes a cluster of three nodes.
set -euo pipefail
cd "$(dirname "$0")/.."

# The versions, said once. A node image belongs to one release of kind, hence its digest. Istio: 1.30.3 at least.
KIND_VERSION=0.33.0
KIND_NODE_IMAGE=${KIND_NODE_IMAGE:-kindest/node:v1.34.11@sha256:44e222ee2132dab25ff87301682f89eb82c7880ea3a1bf543bfe9708fd08d67d}
ISTIO_VERSION=1.30.4
GATEWAY_API_VERSION=1.5.1

# What takes the place of `docker build` and of the two installations, where a cluster must do without the internet, and
# the images that its nodes cannot pull. Elsewhere they pull Redis: kind does not load every image that docker has pulled
# (kubernetes-sigs/kind#3795).
build=${LECTURA_IMAGE_BUILD:-docker build}
install_istio=${LECTURA_INSTALL_ISTIO:-istio_by_istioctl}
install_tracing=${LECTURA_INSTALL_TRACING:-on_kind apply -f observability/jaeger.yaml}
not_pulled=${LECTURA_LOAD_IMAGES:-}

case ${1:-} in
  "") mesh=yes overlay=k8s/overlays/kind-mesh ;;
  --without-mesh) mesh="" overlay=k8s/overlays/kind ;;
  *) echo "usage: scripts/kind-up.sh [--without-mesh]" >&2; exit 2 ;;
esac
# An overlay of one's own.
overlay=${LECTURA_OVERLAY:-$overlay}

# kind's own variable, which its commands heed.
export KIND_CLUSTER_NAME=${KIND_CLUSTER_NAME:-lectura} DOCKER_BUILDKIT=1
context=kind-$KIND_CLUSTER_NAME

need() {
  command -v "$1" >/dev/null || { echo "$1 is not on PATH: $2" >&2; exit 1; }
}

# On this cluster, whatever another terminal makes the current one.
on_kind() {
  kubectl --context "$context" "$@"
}

step() {
  current=$1
  printf '\n[%3d s] %s\n' $SECONDS "$current"
}

at_the_end() {
  [ $? != 0 ] || return 0
  printf '\nFailed after %d s: %s\n' $SECONDS "$current" >&2
  on_kind --namespace lectura get pods >&2 2>/dev/null || true
  echo "What has been done stays: run it again to go on, or end it with kind delete cluster --name $KIND_CLUSTER_NAME" >&2
}

istio_by_istioctl() {
  on_kind apply --server-side \
    -f "https://github.com/kubernetes-sigs/gateway-api/releases/download/v$GATEWAY_API_VERSION/standard-install.yaml"
  istioctl install --context "$context" --skip-confirmation -f istio/install/values.yaml
}

need docker "https://docs.docker.com/engine/install"
need kind "https://kind.sigs.k8s.io, $KIND_VERSION"
need kubectl "https://kubernetes.io/docs/tasks/tools"
need npx "https://nodejs.org, 20 or newer"
need curl "https://curl.se"
if [ "$mesh" ] && [ "$install_istio" = istio_by_istioctl ]; then
  need istioctl "curl -L https://istio.io/downloadIstio | ISTIO_VERSION=$ISTIO_VERSION sh -"
fi
trap at_the_end EXIT

step "cluster $KIND_CLUSTER_NAME, ${KIND_NODE_IMAGE%@*}"
if ! kind get clusters 2>/dev/null | grep -qx "$KIND_CLUSTER_NAME"; then
  kind create cluster --config "${KIND_CONFIG:-kind/cluster.yaml}" --image "$KIND_NODE_IMAGE" --wait 120s
fi
kind export kubeconfig

step "images"
for service in gateway auth ocr-api courier; do
  $build . -f docker/Dockerfile --build-arg SERVICE=$service -t lectura/$service:dev
done
$build . -f docker/Dockerfile.worker -t lectura/ocr-worker:dev

step "images to the nodes"
kind load docker-image lectura/{gateway,auth,ocr-api,ocr-worker,courier}:dev $not_pulled

if [ "$mesh" ]; then
  step "Istio"
  $install_istio
  step "Jaeger"
  $install_tracing
fi

step "the platform, $overlay"
on_kind apply -f k8s/base/namespace.yaml
if ! on_kind -n lectura get secret lectura-secrets >/dev/null 2>&1; then
  npx -y pnpm@12 --silent secrets | on_kind create -f -
fi
found=$(on_kind -n lectura get deployment -l app.kubernetes.io/part-of=lectura -o name)
on_kind apply -k "$overlay"
# The images' tag is the same as ever: pods that were here before would keep the old ones.
if [ "$found" ]; then on_kind -n lectura rollout restart $found; fi
for workload in $(on_kind -n lectura get statefulset,deployment -o name); do
  on_kind -n lectura rollout status "$workload" --timeout=300s
done

step "the first page"
url=http://localhost:8080
key=$(on_kind -n lectura get secret lectura-secrets -o jsonpath='{.data.LECTURA_FIRST_API_KEY}' | base64 -d)
curl -sSf --retry 60 --retry-delay 2 --retry-all-errors -o /dev/null "$url/readyz"
document=$(curl -sSf -H "X-API-Key: $key" -H "Prefer: wait=60" -F file=@samples/carta.png "$url/v1/documents" |
  grep -o 'doc_[0-9a-f]*' | head -1)
curl -sSf -H "X-API-Key: $key" "$url/v1/documents/$document/result?format=text"
printf '\n[%3d s] Lectura is at %s; its first API key: %s\n' $SECONDS "$url" "$key"
