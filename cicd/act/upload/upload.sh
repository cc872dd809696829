#!/usr/bin/env bash
# Keep what actions/upload-artifact would upload in the folder of the local run: one folder for each artifact.
set -euo pipefail

if [[ -z "${ML_CICD_ARTIFACTS:-}" ]]; then
  echo "::notice::Nothing keeps the artifact $UPLOAD_NAME: this run is not one of a local forge."
  exit 0
fi
if [[ ! "$UPLOAD_NAME" =~ ^[^\"\<\>\|*?:/\\]+$ || "$UPLOAD_NAME" =~ ^\.+$ ]]; then
  echo "::error::'$UPLOAD_NAME' can't be the name of an artifact. Leave out \" : < > | * ? / and \\."
  exit 1
fi
target="$ML_CICD_ARTIFACTS/$UPLOAD_NAME"
if [[ -e "$target" ]]; then
  if [[ "$UPLOAD_OVERWRITE" != true ]]; then
    echo "::error::This run has an artifact $UPLOAD_NAME already. Set 'overwrite: true', or choose another name."
    exit 1
  fi
  rm -rf "$target"
fi
count=0
while IFS= read -r path; do
  [[ -n "$path" ]] || continue
  if [[ "$path" =~ [*?\[!~] ]]; then
    echo "::error::A local run can upload files and folders, and knows no patterns such as $path."
    exit 1
  fi
  if [[ "$path" == -* ]]; then path="./$path"; fi
  if [[ -e "$path" ]]; then
    mkdir -p "$target"
    if [[ -d "$path" ]]; then cp -R "$path/." "$target/"; else cp "$path" "$target/"; fi
    count=$((count + 1))
  fi
done <<< "$UPLOAD_PATH"
if [[ "$count" == 0 ]]; then
  case "$UPLOAD_MISSING" in
    ignore) ;;
    error) echo "::error::There is no file to upload: $UPLOAD_PATH"; exit 1 ;;
    *) echo "::warning::There is no file to upload: $UPLOAD_PATH" ;;
  esac
fi
