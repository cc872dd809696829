#!/bin/bash
# The answer of http://$1:$2$3. Asked anew until it holds $4, for $5 milliseconds; each answer may take $6 seconds.
now() {
  echo "${EPOCHREALTIME/[.,]/}"
}
# An empty line once there is a connection, then the answer.
ask() {
  exec 3<>"/dev/tcp/$1/$2" && echo && printf 'GET %s HTTP/1.0\r\nHost: %s\r\n\r\n' "$3" "$1" >&3 && exec cat <&3
}
end=$(($(now) + $5 * 1000))
while :; do
  answer=
  exec 4< <(ask "$@")
  if read -rt 1 -u 4; then # the address of a container that has just ended does not even refuse
    answer=$(timeout "$6" cat <&4)
  fi
  kill $!
  exec 4<&-
  if [[ $answer == *"$4"* || $(now) -ge $end ]]; then
    break
  fi
  sleep 0.05
done 2>/dev/null
printf '%s' "$answer"
