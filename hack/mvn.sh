#!/usr/bin/env bash
# Runs Maven as everything here runs it, quietly: hack/mvn.sh GOAL…
set -euo pipefail
cd "$(dirname "$0")/.."
# Maven's own libraries draw warnings from a new JDK that mean nothing to whoever builds this.
export MAVEN_OPTS="--sun-misc-unsafe-memory-access=allow ${MAVEN_OPTS:-}"
# Maven resets a terminal's colours at its beginning and end whatever it is told, also where there is no terminal.
mvn --batch-mode --no-transfer-progress --quiet -Dstyle.color=never "$@" 2>&1 | sed "s/$(printf '\033')\[0m//g"
