#!/usr/bin/env bash
# Do what actions/checkout does, from a local remote: the same refs, the same HEAD (a branch if the event has one).
set -euo pipefail

if [[ -n "$CHECKOUT_REPOSITORY" && "$CHECKOUT_REPOSITORY" != "$GITHUB_REPOSITORY" ]]; then
  echo "::error::A local run can check out only $GITHUB_REPOSITORY, not $CHECKOUT_REPOSITORY."
  exit 1
fi
is_true() { [[ "$1" =~ ^[Tt][Rr][Uu][Ee]$ ]]; }

if is_true "$CHECKOUT_LFS"; then
  if ! git lfs version > /dev/null 2>&1; then
    echo "::error::The input 'lfs' needs Git LFS, which is not installed. Debian or Ubuntu: apt-get install git-lfs"
    exit 1
  fi
else
  export GIT_LFS_SKIP_SMUDGE=1
fi
target="$GITHUB_WORKSPACE/$CHECKOUT_PATH"
mkdir -p "$target"
cd "$target"
git init --quiet
url="$GITHUB_SERVER_URL/$GITHUB_REPOSITORY"
git remote add origin "$url" 2> /dev/null || git remote set-url origin "$url"
if is_true "$CHECKOUT_LFS"; then git lfs install --local > /dev/null; fi

fetch() {
  git fetch --quiet --no-tags --force --prune --no-recurse-submodules --no-auto-maintenance origin "$@"
}

depth=(--depth "$CHECKOUT_DEPTH")
if [[ "$CHECKOUT_DEPTH" == 0 ]]; then
  depth=()
  fetch "+refs/heads/*:refs/remotes/origin/*" "+refs/tags/*:refs/tags/*"
elif is_true "$CHECKOUT_TAGS"; then
  fetch ${depth[@]+"${depth[@]}"} "+refs/tags/*:refs/tags/*"
fi

ref="$CHECKOUT_REF" commit=""
if [[ -z "$ref" ]]; then
  ref="$GITHUB_REF" commit="$GITHUB_SHA"
elif [[ "$ref" =~ ^[0-9a-f]{40}$ ]]; then
  commit="$ref" ref=""
elif [[ "$ref" != refs/* ]]; then
  if git ls-remote --exit-code origin "refs/heads/$ref" > /dev/null; then ref="refs/heads/$ref"; else ref="refs/tags/$ref"; fi
fi

case "$ref" in
  refs/heads/*)
    branch="${ref#refs/heads/}"
    fetch ${depth[@]+"${depth[@]}"} "+${commit:-$ref}:refs/remotes/origin/$branch"
    git checkout --quiet --force -B "$branch" "refs/remotes/origin/$branch"
    ;;
  refs/tags/*)
    fetch ${depth[@]+"${depth[@]}"} "+${commit:-$ref}:$ref"
    git checkout --quiet --force --detach "$ref"
    ;;
  *)
    fetch ${depth[@]+"${depth[@]}"} "$commit"
    git checkout --quiet --force --detach "$commit"
    ;;
esac
if is_true "$CHECKOUT_CLEAN"; then git clean -ffdxq; fi
if is_true "$CHECKOUT_SUBMODULES" || [[ "$CHECKOUT_SUBMODULES" =~ ^[Rr][Ee][Cc][Uu][Rr][Ss][Ii][Vv][Ee]$ ]]; then
  recursive=(--recursive)
  if is_true "$CHECKOUT_SUBMODULES"; then recursive=(); fi
  git submodule --quiet sync ${recursive[@]+"${recursive[@]}"}
  # The remote is a folder of this machine; a submodule with a relative URL is one beside it.
  if ! git -c protocol.file.allow=always submodule --quiet update --init --force \
    ${depth[@]+"${depth[@]}"} ${recursive[@]+"${recursive[@]}"}; then
    echo "::error::A submodule can't be fetched; git's words are above. Here a relative URL in .gitmodules starts at $url: name the whole URL, or push the submodule's repository there."
    exit 1
  fi
fi
echo "commit=$(git rev-parse HEAD)" >> "$GITHUB_OUTPUT"
echo "ref=$ref" >> "$GITHUB_OUTPUT"
git log -1 --format="HEAD is now at %h %s"
