#!/usr/bin/env bash
# Runs a main class of the test sources: hack/run-test-main.sh CLASS [ARGS…]
set -euo pipefail
cd "$(dirname "$0")/.."
if [ "${CLUSTER:-}" = envtest ]; then
  KUBEBUILDER_ASSETS="$(hack/envtest.sh)"
  export KUBEBUILDER_ASSETS
fi
exec "$JAVA_HOME/bin/java" -cp "target/test-classes:target/classes:$(cat target/test-classpath.txt)" "$@"
