#!/bin/sh
# script.sh PROFILE [what an allocation needs there]...
# Allocates an address, puts it on a server, checks what is so at each step, and leaves nothing behind. It needs a shell
# and ipctl: no other program reads what ipctl prints.
set -eu

IPCTL_PROFILE=$1
export IPCTL_PROFILE
shift

fail() {
  echo "$*" >&2
  exit 1
}

# expect CODE COMMAND...
expect() {
  expected=$1
  shift
  code=0
  "$@" >/dev/null 2>&1 || code=$?
  [ "$code" = "$expected" ] || fail "$*: exit $code, not $expected"
}

# is VALUE COMMAND...
is() {
  expected=$1
  shift
  value=$("$@")
  [ "$value" = "$expected" ] || fail "$*: '$value', not '$expected'"
}

address=$(ipctl ip allocate "$@" -o value -c address)
clean_up() {
  ipctl ip release "$address" --disassociate --if-exists --yes -o value -c changed
}
trap clean_up EXIT

# Where an address comes with its servers they are taken off first.
ipctl ip disassociate "$address" >/dev/null
is free ipctl ip show "$address" -o value -c state
is false ipctl ip disassociate "$address" -o value -c changed

is true ipctl ip associate "$address" --server web-1 -o value -c changed
is false ipctl ip associate "$address" --server web-1 -o value -c changed
is web-1 ipctl ip show "$address" -o value -c server
is "$address" ipctl ip list --server web-1 -o value -c address

code=0
ipctl ip associate "$address" --server web-2 >/dev/null 2>&1 || code=$?
case $code in
  0) is 'web-1, web-2' ipctl ip show "$address" -o value -c server ;; # it serves several
  6) is web-1 ipctl ip show "$address" -o value -c server ;;          # it is not taken away
  *) fail "associate with web-2: exit $code" ;;
esac

expect 2 ipctl ip associate "$address"
expect 3 ipctl ip associate "$address" --server no-such-server
expect 6 ipctl ip release "$address" --yes
expect 13 ipctl ip release "$address" --disassociate

trap - EXIT
is true clean_up
expect 3 ipctl ip show "$address"
is false clean_up
is '' ipctl ip list -o value -c address
