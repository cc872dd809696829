#!/bin/bash
# Point the slot $2 to the container $4 at $5:$6, make it ready, and drain the slot $3; with no $4, drain both.
# The configuration $1 takes the place of the old one, so that the proxy's next start has the same routing.
# Prints how many requests the slot $3 still has to answer, after half a second at most; it rests if there are none.
# Then 0 if the reserve of the disk is there.
# Users notice each process that starts meanwhile, so bash does all it can by itself.
folder=/etc/ml-cicd slot=$2 other=$3 name=$4 address=$5 port=$6 reply=''
api() {
  exec 3<>/dev/tcp/127.0.0.1/9999 && printf '%s\n' "$1" >&3 || return
  IFS= read -rd '' -t 5 -u 3 reply
  exec 3>&-
}
# Whether the slot has the address, and, with an argument, is in that state.
has() {
  api 'show servers state release'
  [[ $reply == *" $slot $address ${1:-}"* ]]
}
pause() {
  read -rt "$1" <> <(:)
}
set="set server release/$slot"
printf '%s' "$1" >$folder/haproxy.cfg.new || exit 1
if [ -n "$name" ]; then
  api "$set fqdn $name; $set addr $address port $port"
  for ((tries = 50; tries > 0; tries--)); do # a slot without an address takes one only from the name
    if has; then break; fi
    pause 0.1
  done
  if has; then api "$set state ready"; fi
  if ! has '2 '; then
    api "$set state maint; show servers state release"
    echo "$reply"
    exit 1
  fi
else
  api "$set state maint"
fi
mv $folder/haproxy.cfg.new $folder/haproxy.cfg || exit 1
api "set server release/$other state drain"
for ((tries = 10; tries > 0; tries--)); do
  api 'show stat release 4 -1'
  [[ $reply =~ release,$other,([0-9]+),[0-9]*,([0-9]+), ]] || break
  open=$((BASH_REMATCH[1] + BASH_REMATCH[2]))
  if ((open == 0)); then
    if [ -n "$name" ]; then api "set server release/$other state maint; set server release/$other fqdn $name"; fi
    break
  fi
  pause 0.05
done
[[ -e $folder/reserve ]]
echo "${open:-1} $?"
