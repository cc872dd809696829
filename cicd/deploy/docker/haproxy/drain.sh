#!/bin/bash
# Wait until the slot $1 has answered its last request, looking $3 times. Prints how many it still has to answer.
# Then it rests; it gets the name $2, that of the release which serves, since its own may soon not resolve any more.
reply='' open=0
api() {
  exec 3<>/dev/tcp/127.0.0.1/9999 && printf '%s\n' "$1" >&3 || return
  IFS= read -rd '' -t 5 -u 3 reply
  exec 3>&-
}
for ((tries = $3; tries > 0; tries--)); do
  api 'show stat release 4 -1'
  [[ $reply =~ release,$1,([0-9]+),[0-9]*,([0-9]+), ]] || exit 1
  open=$((BASH_REMATCH[1] + BASH_REMATCH[2]))
  if ((open == 0)); then
    api "set server release/$1 state maint; set server release/$1 fqdn $2"
    break
  fi
  read -rt 0.1 <> <(:)
done
echo "$open"
