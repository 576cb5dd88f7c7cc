#!/usr/bin/env bash
# Runs a main class of the test sources: hack/run-test-main.sh CLASS [ARGS…]
set -euo pipefail
cd "$(dirname "$0")/.."
if [ "${CLUSTER:-}" = envtest ]; then
  KUBEBUILDER_ASSETS="$(hack/envtest.sh)"
  export KUBEBUILDER_ASSETS
fi
if [ -n "${HOLD:-}" ] && [ "$HOLD" != 0 ] && [ -z "${PYTHON_TOOLS:-}" ] && ! aws --version >/dev/null 2>&1; then
  # Without it the scene can be looked at all the same.
  if PYTHON_TOOLS="$(hack/python-tools.sh)"; then
    export PYTHON_TOOLS
  else
    unset PYTHON_TOOLS
  fi
fi
# The options keep the JDK's warnings about libraries from between the lines that the program prints.
exec "$JAVA_HOME/bin/java" --sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED \
  -cp "target/test-classes:target/classes:$(cat target/test-classpath.txt)" "$@"
