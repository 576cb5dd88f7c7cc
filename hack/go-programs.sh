# Builds programs out of the Go modules pinned in a folder, once, and keeps them in the user's cache. Sourced, not run:
# whoever sources it has set these, and calls print_if_built, begin_building, build and finish_building in this order.
#   name      of the script and of its folder in the cache
#   modules   the folder that holds one folder for each module
#   programs  what is built
#   instead   what to do where there is no Go that can build them
#   answer    a function that prints what the script is asked for, once the programs are in $assets
# shellcheck shell=bash

say() { printf '%s: %s\n' "$name" "$*" >&2; }
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

# One short name for all that is under the folder of modules and for this kind of machine.
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
  command -v go >/dev/null || fail "Go is not installed: install Go $wanted or newer, or $instead."
  found=$(cd / && GOTOOLCHAIN=local go env GOVERSION | sed -E 's/^[^0-9]*([0-9.]+).*/\1/')
  [[ $(printf '%s\n' "$wanted" "$found" | sort -V | head -n 1) == "$wanted" ]] ||
    fail "Go $found is too old to build this: install Go $wanted or newer, or $instead."
}

# module_version MODULE PATH: the version of a library that a module is pinned to.
module_version() {
  go -C "$modules/$1" list -mod=readonly -m -f '{{.Version}}' "$2"
}

# Answers and ends the script where all programs are there.
print_if_built() {
  [[ -z $(missing_from "$assets") ]] || return 0
  say "using what was built earlier"
  answer
  exit
}

# One build at a time: a second run waits and then finds the work done. The lock goes with the process that holds it.
# Without flock both build, and the first to finish wins.
begin_building() {
  require_go
  mkdir -p "$cache"
  if command -v flock >/dev/null; then
    exec 9>"$cache/lock"
    flock -n 9 || say "another run is building; waiting for it"
    until flock -w 15 9; do say "still waiting for the other run, $SECONDS s"; done
    print_if_built
    rm -rf "$cache"/building.*
  fi
  building=$(mktemp -d "$cache/building.XXXXXX")
  trap clean_up EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  # For this machine, with the Go that is here, and without a C compiler.
  unset GOOS GOARCH
  export CGO_ENABLED=0 GOTOOLCHAIN=local GOWORK=off
}

# build PROGRAM MODULE PACKAGE LINKER-FLAGS: builds one program into $building and tells how it is getting on.
build() {
  built=$((built + 1))
  local step="$1 ($built of ${#programs[@]})" program=$1 module=$2 package=$3 flags=$4
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

# A rename is whole or not at all.
finish_building() {
  print_if_built
  rm -rf "$assets"
  mv "$building/programs" "$assets"
  answer
}

clean_up() {
  if [[ -n $compiler ]]; then
    kill -INT -- "-$compiler" 2>/dev/null || true
    wait "$compiler" 2>/dev/null || true
  fi
  if [[ -n $building ]]; then rm -rf "$building"; fi
}

cache=${XDG_CACHE_HOME:-$HOME/.cache}/ec2-quarantine-operator/$name
assets=$cache/$(cache_key)
building=
compiler=
built=0
