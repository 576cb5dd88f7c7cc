#!/usr/bin/env bash
# Runs a main class of the test sources: hack/run-test-main.sh CLASS [ARGS…]
set -euo pipefail
cd "$(dirname "$0")/.."
if [ "${CLUSTER:-}" = envtest ]; then
  KUBEBUILDER_ASSETS="$(hack/envtest.sh)"
  export KUBEBUILDER_ASSETS
fi
# The options keep the JDK's warnings about libraries from between the lines that the program prints.
exec "$JAVA_HOME/bin/java" --sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED \
  -cp "target/test-classes:target/classes:$(cat target/test-classpath.txt)" "$@"
