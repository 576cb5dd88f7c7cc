#!/usr/bin/env bash
# Packages the operator and compiles the test sources unless that was done since the last change.
set -euo pipefail
cd "$(dirname "$0")/.."

stamp=target/.built
classpath=target/test-classpath.txt
if [ ! -e "$stamp" ] || [ -n "$(find pom.xml .mvn src crds -newer "$stamp" -print -quit 2>/dev/null)" ]; then
  echo "Building (the first time downloads the libraries: a few minutes on a slow line) …" >&2
  # Maven's own libraries draw warnings from a new JDK that mean nothing to whoever builds this.
  export MAVEN_OPTS="--sun-misc-unsafe-memory-access=allow ${MAVEN_OPTS:-}"
  # Maven resets a terminal's colours at its beginning and end whatever it is told, also where there is no terminal.
  mvn --batch-mode --no-transfer-progress --quiet -Dstyle.color=never -DskipTests package \
    dependency:build-classpath -Dmdep.outputFile="$classpath" -Dmdep.includeScope=test 2>&1 |
    sed "s/$(printf '\033')\[0m//g" >&2
  touch "$stamp"
  echo "Built in $SECONDS s." >&2
fi
