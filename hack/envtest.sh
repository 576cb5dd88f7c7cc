#!/usr/bin/env bash
# Makes sure that there is a real Kubernetes API server for the integration tests: kube-apiserver, etcd and kubectl,
# built once out of the Go modules pinned under hack/envtest and kept in the user's cache.
# The last line on standard output is the directory that holds them; everything else goes to standard error.
# A directory named by KUBEBUILDER_ASSETS that already holds the three wins.
set -euo pipefail

hack=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
name=envtest
modules=$hack/envtest
programs=(etcd kubectl kube-apiserver)
instead="set KUBEBUILDER_ASSETS to a directory with kube-apiserver, etcd and kubectl"
# shellcheck source=hack/go-programs.sh
source "$hack/go-programs.sh"

answer() { printf '%s\n' "$assets"; }

# What kube-apiserver and kubectl answer when asked for their version.
kubernetes_version_flags() {
  local version package=k8s.io/component-base/version
  version=$(module_version kubernetes k8s.io/kubernetes)
  local numbers=${version#v}
  local major=${numbers%%.*} rest=${numbers#*.}
  printf -- '-X %s=%s ' "$package.gitVersion" "$version" "$package.gitMajor" "$major" \
    "$package.gitMinor" "${rest%%.*}" "$package.gitTreeState" clean "$package.gitCommit" ''
}

if [[ -n ${KUBEBUILDER_ASSETS:-} ]]; then
  lacking=$(missing_from "$KUBEBUILDER_ASSETS")
  [[ -z $lacking ]] ||
    fail "KUBEBUILDER_ASSETS names $KUBEBUILDER_ASSETS, which lacks ${lacking// /, }: put what is missing there," \
      "or unset the variable to have all three built."
  say "using the programs that KUBEBUILDER_ASSETS names"
  cd "$KUBEBUILDER_ASSETS" && pwd
  exit
fi

print_if_built
begin_building
say "building Kubernetes and etcd from source, once; this takes several minutes on two cores"
build etcd etcd go.etcd.io/etcd/server/v3 ''
version=$(kubernetes_version_flags)
build kubectl kubernetes k8s.io/kubernetes/cmd/kubectl "$version"
build kube-apiserver kubernetes k8s.io/kubernetes/cmd/kube-apiserver "$version"
finish_building
