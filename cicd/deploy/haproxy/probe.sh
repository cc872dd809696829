#!/bin/bash
# The answer of http://$1:$2$3. Asked anew until it holds $4, for $5 milliseconds; each answer may take $6 seconds.
now() {
  echo "${EPOCHREALTIME/[.,]/}"
}
end=$(($(now) + $5 * 1000))
while :; do
  answer=$({
    printf 'GET %s HTTP/1.0\r\nHost: %s\r\n\r\n' "$3" "$1" >&3
    timeout "$6" cat <&3
  } 3<>"/dev/tcp/$1/$2")
  if [[ $answer == *"$4"* || $(now) -ge $end ]]; then
    break
  fi
  sleep 0.05
done 2>/dev/null
printf '%s' "$answer"
