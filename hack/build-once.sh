#!/usr/bin/env bash
# Packages the operator and compiles the test sources unless that was done since the last change.
set -euo pipefail
cd "$(dirname "$0")/.."

stamp=target/.built
classpath=target/test-classpath.txt
if [ ! -e "$stamp" ] || [ -n "$(find pom.xml .mvn src crds -newer "$stamp" -print -quit 2>/dev/null)" ]; then
  echo "Building (the first time downloads the libraries: a few minutes on a slow line) …" >&2
  hack/mvn.sh -DskipTests package \
    dependency:build-classpath -Dmdep.outputFile="$classpath" -Dmdep.includeScope=test >&2
  touch "$stamp"
  echo "Built in $SECONDS s." >&2
fi
