#!/bin/bash
# The answer of http://$1:$2$3 to a request with the header Host $4. It is asked for anew until it is the wanted one,
# for $6 milliseconds. One answer may take $7 seconds and have $8 bytes; before another one stands "late" or "long".
# Wanted, with a digest $5: status 200, and that digest or none. Without a digest: any answer.
now() {
  echo "${EPOCHREALTIME/[.,]/}"
}
# An empty line once there is a connection, then the answer.
ask() {
  exec 3<>"/dev/tcp/$1/$2" && echo &&
    printf 'GET %s HTTP/1.0\r\nHost: %s\r\nConnection: close\r\n\r\n' "$3" "$4" >&3 && exec cat <&3
}
wanted() {
  if [[ -z $5 ]]; then [[ -n $answer ]]; return; fi
  [[ $answer == HTTP/*' 200'* && ($answer == *"$5"* || $answer != *'"digest"'*) ]]
}
LC_ALL=C
end=$(($(now) + $6 * 1000))
while :; do
  answer='' late=0
  exec 4< <(ask "$@")
  if read -rt 1 -u 4; then # the address of a container that has just ended does not even refuse
    IFS= read -rN $(($8 + 1)) -t "$7" -u 4 answer
    late=$(($? > 128))
  fi
  kill $!
  exec 4<&-
  if { ((late == 0)) && wanted "$@"; } || (($(now) >= end)); then
    break
  fi
  sleep 0.05
done 2>/dev/null
if ((${#answer} > $8)); then
  echo long
elif ((late)); then
  echo late
fi
printf '%s' "$answer"
