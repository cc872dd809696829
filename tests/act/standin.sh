#!/usr/bin/env bash
# Stands in for `ml-cicd` in the act tier: notes how it was called, and answers from the case's script.
# It is shell because it starts in a few milliseconds. A command without a scripted answer is the real one.
set -eu
case="$ACT_TIER_CASE"
printf '%s\0' "$#" "${GITHUB_TOKEN-}" "${REGISTRY_TOKEN-}" "$@" >> "$case/calls"
if [[ ! -e "$case/replies/$1" ]]; then
  real='import sys; sys.path.insert(0, sys.argv.pop(1)); from cicd.cli import main; sys.exit(main())'
  exec "$ACT_TIER_PYTHON" -IS -c "$real" "$ACT_TIER_PACKAGE" "$@"
fi
{
  read -r code
  while read -r output; do echo "$output" >> "$GITHUB_OUTPUT"; done
} < "$case/replies/$1"
exit "$code"
