#!/usr/bin/env bash
# Makes sure that there is a Helm for the tests of the chart, built once out of the Go module pinned under hack/helm and kept
# in the user's cache. The last line on standard output is the program; everything else goes to standard error.
# A program named by HELM wins.
set -euo pipefail

hack=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
name=helm
modules=$hack/helm
programs=(helm)
instead="set HELM to a Helm 3"
# shellcheck source=hack/go-programs.sh
source "$hack/go-programs.sh"

answer() { printf '%s\n' "$assets/helm"; }

# What Helm answers when asked for its version, and which Kubernetes it takes to be the newest.
version_flags() {
  local library package minor
  library=$(module_version helm k8s.io/client-go)
  minor=${library#v0.}
  printf -- '-X %s=%s ' helm.sh/helm/v3/internal/version.version "$(module_version helm helm.sh/helm/v3)"
  for package in chartutil lint/rules; do
    printf -- '-X %s=%s ' "helm.sh/helm/v3/pkg/$package.k8sVersionMajor" 1 \
      "helm.sh/helm/v3/pkg/$package.k8sVersionMinor" "${minor%%.*}"
  done
}

if [[ -n ${HELM:-} ]]; then
  found=$(command -v "$HELM") || fail "HELM names $HELM, which is no program: correct it, or unset it to have Helm built."
  say "using the program that HELM names"
  printf '%s\n' "$found"
  exit
fi

print_if_built
begin_building
say "building Helm from source, once; this takes a few minutes on two cores"
build helm helm helm.sh/helm/v3/cmd/helm "$(version_flags)"
finish_building
