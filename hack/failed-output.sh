#!/usr/bin/env bash
# Shows the end of what the failed classes of tests printed, and where the whole of it is: hack/failed-output.sh FOLDER…
set -euo pipefail
cd "$(dirname "$0")/.."

for dir in "$@"; do
  [ -d "$dir" ] || continue
  { grep -lE '<(failure|error)[ >]' "$dir"/TEST-*.xml 2>/dev/null || true; } | while read -r report; do
    class=$(basename "$report" .xml)
    output=$dir/${class#TEST-}-output.txt
    [ -s "$output" ] || continue
    echo
    echo "The last lines that ${class#TEST-} printed (all of them: $output):"
    tail -n 60 "$output"
  done
done
