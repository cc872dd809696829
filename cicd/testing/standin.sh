#!/bin/sh
# Stands in for `ml-cicd` when workflows are tested: notes how it was called, and answers from the test's script.
# It is shell because it starts in a few milliseconds. A command without a scripted answer is the real one.
set -eu
test="$ML_CICD_TEST"
(
  count=$#
  for name in $ML_CICD_TEST_TOKENS; do eval "set -- \"$name=\${$name-}\" \"\$@\""; done
  printf '%s\0' "$count" "$@" >> "$test/calls" # at once: jobs run side by side
)
if [ ! -e "$test/replies/$1" ]; then
  real='import sys; sys.path.insert(0, sys.argv.pop(1)); from cicd.cli import main; sys.exit(main())'
  exec "$ML_CICD_TEST_PYTHON" -IS -c "$real" "$ML_CICD_TEST_PACKAGE" "$@"
fi
{
  read -r code
  read -r seconds
  while read -r output; do printf '%s\n' "$output" >> "$GITHUB_OUTPUT"; done
} < "$test/replies/$1"
if [ "$seconds" != 0 ]; then
  touch "$test/waits"
  exec sleep "$seconds"
fi
exit "$code"
