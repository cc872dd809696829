#!/bin/bash
# Point the slot $2 to the container $4 at $5:$6, make it ready, and drain the slot $3; with no $4, drain both.
# The configuration $1 takes the place of the old one, so that the proxy's next start has the same routing.
folder=/etc/ml-cicd slot=$2 other=$3 name=$4 address=$5 port=$6
api() {
  exec 3<>/dev/tcp/127.0.0.1/9999 && printf '%s\n' "$1" >&3 && timeout 5 cat <&3
}
# Whether the slot has the address, and, with an argument, is in that state.
has() {
  [[ $(api 'show servers state release') == *" $slot $address ${1:-}"* ]]
}
set="set server release/$slot"
printf '%s' "$1" >$folder/haproxy.cfg.new || exit 1
if [ -n "$name" ]; then
  api "$set fqdn $name; $set addr $address port $port" >/dev/null
  for ((tries = 50; tries > 0; tries--)); do # a slot without an address takes one only from the name
    if has; then break; fi
    sleep 0.1
  done
  if has; then api "$set state ready" >/dev/null; fi
  if ! has '2 '; then
    api "$set state maint; show servers state release"
    exit 1
  fi
else
  api "$set state maint" >/dev/null
fi
mv $folder/haproxy.cfg.new $folder/haproxy.cfg || exit 1
api "set server release/$other state drain" >/dev/null
