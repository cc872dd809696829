#!/bin/bash
# Print the files $1, $2 and so on: first a line with the number of bytes of each, 0 for one that is not there.
LC_ALL=C sizes='' contents=''
for file; do
  content=''
  IFS= read -rd '' content <"$file"
  sizes+="${#content} " contents+=$content
done 2>/dev/null
printf '%s\n%s' "$sizes" "$contents"
