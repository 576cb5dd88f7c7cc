#!/usr/bin/env bash
# Installs the aws command line and moto, pinned and with hashes, into a cache outside the tree; the last line printed is
# the directory of their programs.
set -euo pipefail
cd "$(dirname "$0")"

recent() {
  "$1" -c 'import sys; sys.exit(sys.version_info < (3, 10))' >/dev/null 2>&1
}

python=""
for candidate in python3 python3.13 python3.12 python3.11 python3.10; do
  if recent "$candidate"; then
    python="$candidate"
    break
  fi
done
if [ -z "$python" ]; then
  echo "No Python was found that is 3.10 or newer: install one (for example the package python3), then run this again." >&2
  exit 1
fi

hash="$("$python" -c 'import hashlib, sys; print(hashlib.sha256(open(sys.argv[1], "rb").read()).hexdigest()[:16])' requirements.txt)"
cache="${XDG_CACHE_HOME:-$HOME/.cache}/ec2-quarantine-operator/python-$hash"

installed() {
  # A Python that was upgraded or removed leaves its environment dead behind: that one is made anew.
  [ -e "$cache/complete" ] && recent "$cache/bin/python"
}

install() {
  echo "Installing the aws command line and moto into $cache (about a minute, once) …" >&2
  rm -rf "$cache"
  if ! "$python" -m venv "$cache" >&2; then
    rm -rf "$cache"
    echo "$python could not make a virtual environment (it says why above); where its venv module is missing, install it (for example the package python3-venv), then run this again." >&2
    exit 1
  fi
  "$cache/bin/python" -m pip install --disable-pip-version-check --progress-bar off --require-hashes \
    --requirement requirements.txt >&2
  touch "$cache/complete"
  echo "Installed." >&2
}

if ! installed; then
  mkdir -p "$(dirname "$cache")"
  # Two runs that start together must not install over each other; where there is no flock they may.
  if command -v flock >/dev/null; then
    exec 9>"$cache.lock"
    flock -n 9 || echo "Another run is installing the aws command line and moto; waiting for it …" >&2
    flock 9
  fi
  installed || install
fi

echo "$cache/bin"
