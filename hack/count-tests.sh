#!/usr/bin/env bash
# Sums the reports of Surefire and Failsafe in the given folders; fails when a test was skipped or none ran.
set -euo pipefail

total() {
  local attribute="$1"
  shift
  find "$@" -name 'TEST-*.xml' -exec sed -nE "s/^<testsuite[^>]* $attribute=\"([0-9]+)\".*/\1/p" {} + | awk '{s += $1} END {print s + 0}'
}

for dir in "$@"; do
  tests=$(total tests "$dir") failures=$(total failures "$dir") errors=$(total errors "$dir") skipped=$(total skipped "$dir")
  echo "$(basename "$dir"): $((tests - failures - errors - skipped)) passed, $((failures + errors)) failed, $skipped skipped"
done

all=$(total tests "$@") skipped=$(total skipped "$@") bad=$(($(total failures "$@") + $(total errors "$@")))
echo "$((all - bad - skipped)) passed, $bad failed, $skipped skipped"
[ "$all" -gt 0 ] && [ "$skipped" -eq 0 ] && [ "$bad" -eq 0 ]
