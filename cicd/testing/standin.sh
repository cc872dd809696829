#!/bin/sh
# Replace `ml-cicd` in tests of workflows: write down the call, and reply as the test says.
# It is a shell script because that starts in a few milliseconds. Without a scripted reply, the real command runs.
set -eu
test="$ML_CICD_TEST"
(
  count=$#
  for name in $ML_CICD_TEST_TOKENS; do eval "set -- \"$name=\${$name-}\" \"\$@\""; done
  printf '%s\0' "$count" "$@" >> "$test/calls" # in one write: jobs run in parallel
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
