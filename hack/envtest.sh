#!/usr/bin/env bash
# Makes sure that there is a real Kubernetes API server for the integration tests: kube-apiserver, etcd and kubectl,
# built once out of the Go modules pinned under hack/envtest and kept in the user's cache.
# The last line on standard output is the directory that holds them; everything else goes to standard error.
# A directory named by KUBEBUILDER_ASSETS that already holds the three wins.
set -euo pipefail

modules=$(cd "$(dirname "${BASH_SOURCE[0]}")/envtest" && pwd)
programs=(etcd kubectl kube-apiserver)

say() { printf 'envtest: %s\n' "$*" >&2; }
fail() {
  say "$*"
  exit 1
}

# The programs that directory $1 lacks, separated by spaces.
missing_from() {
  local program missing=()
  for program in "${programs[@]}"; do
    [[ -f $1/$program && -x $1/$program ]] || missing+=("$program")
  done
  printf '%s' "${missing[*]-}"
}

# One short name for all that is under hack/envtest and for this kind of machine.
cache_key() {
  local sum=(sha256sum)
  command -v sha256sum >/dev/null || sum=(shasum -a 256)
  local platform contents
  platform=$(uname -sm | tr ' [:upper:]' '-[:lower:]')
  contents=$(cd "$modules" && find . -type f -print0 | LC_ALL=C sort -z | xargs -0 "${sum[@]}" | "${sum[@]}")
  printf '%s-%s' "$platform" "${contents:0:16}"
}

require_go() {
  local wanted found
  wanted=$(awk '$1 == "go" { print $2 }' "$modules"/*/go.mod | sort -V | tail -n 1)
  command -v go >/dev/null ||
    fail "Go is not installed: install Go $wanted or newer, or set KUBEBUILDER_ASSETS to a directory with" \
      "kube-apiserver, etcd and kubectl."
  found=$(cd / && GOTOOLCHAIN=local go env GOVERSION | sed -E 's/^[^0-9]*([0-9.]+).*/\1/')
  [[ $(printf '%s\n' "$wanted" "$found" | sort -V | head -n 1) == "$wanted" ]] ||
    fail "Go $found is too old to build Kubernetes: install Go $wanted or newer, or set KUBEBUILDER_ASSETS to a" \
      "directory with kube-apiserver, etcd and kubectl."
}

# What kube-apiserver and kubectl answer when asked for their version.
kubernetes_version_flags() {
  local version package=k8s.io/component-base/version
  version=$(go -C "$modules/kubernetes" list -mod=readonly -m -f '{{.Version}}' k8s.io/kubernetes)
  local numbers=${version#v}
  local major=${numbers%%.*} rest=${numbers#*.}
  printf -- '-X %s=%s ' "$package.gitVersion" "$version" "$package.gitMajor" "$major" \
    "$package.gitMinor" "${rest%%.*}" "$package.gitTreeState" clean "$package.gitCommit" ''
}

# build N PROGRAM MODULE PACKAGE LINKER-FLAGS: builds one program into $building and tells how it is getting on.
build() {
  local step="$2 ($1 of ${#programs[@]})" program=$2 module=$3 package=$4 flags=$5
  local log=$building/$program.log started=$SECONDS report=15
  say "$step: building"
  set -m # a process group of its own, so that the compilers that go starts can be stopped with it
  GOTMPDIR=$building nice go -C "$modules/$module" build -v -mod=readonly -trimpath -buildvcs=false -ldflags "-s -w $flags" \
    -o "$building/programs/$program" "$package" >"$log" 2>&1 9>&- &
  compiler=$!
  set +m
  while kill -0 "$compiler" 2>/dev/null; do
    sleep 1
    if ((SECONDS - started >= report)); then
      say "$step: $((SECONDS - started)) s, $(grep -cv '^go: ' "$log") packages compiled so far"
      report=$((report + 15))
    fi
  done
  wait "$compiler" || {
    grep -v '^[[:alnum:]._/-]*$' "$log" | tail -n 30 >&2 || true
    fail "$step: the build failed; what it said last is above."
  }
  compiler=
  say "$step: built in $((SECONDS - started)) s, $(($(wc -c <"$building/programs/$program") / 1000000)) MB"
}

clean_up() {
  if [[ -n $compiler ]]; then
    kill -INT -- "-$compiler" 2>/dev/null || true
    wait "$compiler" 2>/dev/null || true
  fi
  if [[ -n $building ]]; then rm -rf "$building"; fi
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

cache=${XDG_CACHE_HOME:-$HOME/.cache}/ec2-quarantine-operator/envtest
assets=$cache/$(cache_key)

print_if_built() {
  [[ -z $(missing_from "$assets") ]] || return 0
  say "using what was built earlier"
  printf '%s\n' "$assets"
  exit
}

print_if_built
require_go
mkdir -p "$cache"

# One build at a time: a second run waits and then finds the work done. The lock goes with the process that holds it.
# Without flock both build, and the first to finish wins.
if command -v flock >/dev/null; then
  exec 9>"$cache/lock"
  flock -n 9 || say "another run is building; waiting for it"
  until flock -w 15 9; do say "still waiting for the other run, $SECONDS s"; done
  print_if_built
  rm -rf "$cache"/building.*
fi

compiler=
building=$(mktemp -d "$cache/building.XXXXXX")
trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# For this machine, with the Go that is here, and without a C compiler.
unset GOOS GOARCH
export CGO_ENABLED=0 GOTOOLCHAIN=local GOWORK=off

say "building Kubernetes and etcd from source, once; this takes several minutes on two cores"
build 1 etcd etcd go.etcd.io/etcd/server/v3 ''
version=$(kubernetes_version_flags)
build 2 kubectl kubernetes k8s.io/kubernetes/cmd/kubectl "$version"
build 3 kube-apiserver kubernetes k8s.io/kubernetes/cmd/kube-apiserver "$version"

# A rename is whole or not at all.
print_if_built
rm -rf "$assets"
mv "$building/programs" "$assets"
printf '%s\n' "$assets"
