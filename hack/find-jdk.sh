#!/usr/bin/env bash
# Prints the home of a JDK 25 or newer: JAVA_HOME if it is one, else the newest that is installed; nothing when there is none.
set -euo pipefail

major_of() {
  [ -x "$1/bin/javac" ] || { echo 0; return; }
  "$1/bin/javac" -version 2>&1 | sed -nE 's/^javac ([0-9]+).*/\1/p' | head -n 1
}

if [ -n "${JAVA_HOME:-}" ] && [ "$(major_of "$JAVA_HOME")" -ge 25 ]; then
  echo "$JAVA_HOME"
  exit 0
fi

candidates=()
if command -v javac >/dev/null 2>&1; then
  candidates+=("$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")")
fi
for home in /usr/lib/jvm/* /opt/java/* /opt/jdk* "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* \
  /Library/Java/JavaVirtualMachines/*/Contents/Home /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home; do
  [ -d "$home" ] && candidates+=("$home")
done

for home in ${candidates[@]+"${candidates[@]}"}; do
  if [ "$(major_of "$home")" -ge 25 ]; then
    echo "$home"
    exit 0
  fi
done
