#!/usr/bin/env bash
# A real S3 server for tests and benchmarks: Ceph's RADOS Gateway, on loopback, for any user. Linux only.
#
#   scripts/s3-server.sh start DIR     starts it, or lets it run; DIR/env says where it is and holds the key to it
#   scripts/s3-server.sh stop DIR      stops it; the data stays in DIR for the next start
#
# Everything is in DIR: remove that after `stop` to be rid of the server. DIR/log/gateway.log has a line for each request.
# One monitor, one store that keeps one copy, one gateway; what they say to each other is not authenticated.
set -euo pipefail

fail() {
  printf '✗ %s\n  %s\n  %s\n' "$1" "$2" "$3" >&2
  exit 1
}

case ${1:-}:$# in
  start:2 | stop:2) action=$1 ;;
  *) fail "cannot tell what to do with the S3 server" "an action and a directory are needed" "run: $0 start|stop DIR" ;;
esac
if [ ! -e "$2/lock" ]; then
  [ "$action" = start ] || exit 0
  [ -z "$(ls -A "$2" 2>/dev/null)" ] ||
    fail "cannot start an S3 server in $2" "it holds something else" "give an empty directory, or one that is not there yet"
fi
umask 077
mkdir -p "$2"
dir=$(cd "$2" && pwd -P)
conf=$dir/ceph.conf env=$dir/env log=$dir/log run=$dir/run
# A second call waits for the first. The servers must not inherit this.
exec 9>"$dir/lock"
flock 9
mkdir -p "$log" "$run"

# --- processes -----------------------------------------------------------------------------------------------------

# A process is ours only while its command line names our configuration: its number may have gone to another.
is_running() {
  pid=$(cat "$run/$1.pid" 2>/dev/null) && grep -qzxF -- "$conf" "/proc/$pid/cmdline" 2>/dev/null
}

# start_daemon NAME COMMAND…: in a session of its own, so that a Ctrl-C does not end it before those who use it.
start_daemon() {
  local name=$1
  shift
  is_running "$name" && return
  setsid "$@" -c "$conf" -f </dev/null >"$log/$name.out" 2>&1 9>&- &
  echo $! >"$run/$name.pid"
}

stop_all() {
  local name tries
  for name in gateway store monitor; do
    tries=100
    ! is_running "$name" || kill "$pid" 2>/dev/null || true
    while is_running "$name"; do
      tries=$((tries - 1))
      [ $tries != 0 ] || kill -KILL "$pid" 2>/dev/null || true
      sleep 0.1
    done
    rm -f "$run/$name.pid"
  done
}

# give_up NAME
give_up() {
  tail -n 12 "$log/$1.out" | sed 's/^/  | /' >&2
  stop_all
  fail "the S3 server did not start" "the end of what its $1 said is above" "look into $log, or begin anew: rm -r $dir"
}

# step NAME COMMAND…: one command of the set-up.
step() {
  local name=$1
  shift
  "$@" >"$log/$name.out" 2>&1 9>&- || give_up "$name"
}

is_listening() { (: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# free_port FROM: one of the 6,000 from there. The system gives those from 32,768 to clients.
free_port() {
  local port=$(($1 + RANDOM % 6000))
  if is_listening "$port"; then free_port "$1"; else echo "$port"; fi
}

random_key() { head -c 4096 /dev/urandom | LC_ALL=C tr -dc 'A-Z0-9' | cut -c "1-$1"; }

# --- set-up --------------------------------------------------------------------------------------------------------

write_env() {
  cat >"$env" <<END
AWS_ENDPOINT_URL=http://127.0.0.1:$(free_port 20000)
AWS_ACCESS_KEY_ID=$(random_key 20)
AWS_SECRET_ACCESS_KEY=$(random_key 40)
AWS_REGION=us-east-1
END
}

write_conf() {
  cat >"$conf" <<END
[global]
fsid = $cluster_id
mon host = v2:127.0.0.1:$monitor_port
public addr = 127.0.0.1
keyring = /dev/null
auth cluster required = none
auth service required = none
auth client required = none
# Without authentication there is no key to encrypt with, which the gateway would insist on.
ms mon client mode = crc
ms mon service mode = crc
ms mon cluster mode = crc
run dir = $run
crash dir = $log
admin socket =
log file = $log/\$name.log
mon cluster log file = $log/cluster.log
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pgp num = 4
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
# Retrying every 5 s and deciding once a second is for clusters; here it would be most of the time a start takes.
objecter tick interval = 0.5
paxos propose interval = 0.02
paxos min wait = 0.01

[mon]
mon data = $dir/mon
mon allow pool size one = true
# It would leave when a twentieth of the disk is free.
mon data avail crit = 1

[osd]
osd data = $dir/osd
osd objectstore = bluestore
# A sparse file, which takes what is written to it.
bluestore block size = 107374182400
# The least that it accepts.
osd memory target = 939524096

[client.rgw.a]
log file = $log/gateway.log
rgw frontends = beast endpoint=127.0.0.1:$port
rgw data = $run
# For addresses of the style http://bucket.localhost.
rgw dns name = localhost
# What is deleted gives its space back within minutes, not hours.
rgw gc obj min wait = 60
rgw gc processor period = 60
END
}

make_monitor() {
  step monitor-map monmaptool --create --fsid "$cluster_id" --addv a "[v2:127.0.0.1:$monitor_port]" "$dir/monmap"
  step monitor-make ceph-mon -c "$conf" --mkfs -i a --monmap "$dir/monmap"
}

make_store() {
  local id
  id=$(cat /proc/sys/kernel/random/uuid)
  step store-register ceph -c "$conf" --connect-timeout 60 osd new "$id" 0
  step store-make ceph-osd -c "$conf" -i 0 --mkfs --osd-uuid "$id"
}

make_user() {
  step user radosgw-admin -c "$conf" -n client.rgw.a user create --uid=test --display-name=test --max-buckets=100000 \
    --access-key="$AWS_ACCESS_KEY_ID" --secret-key="$AWS_SECRET_ACCESS_KEY"
}

# --- start and stop ------------------------------------------------------------------------------------------------

if [ "$action" = stop ]; then
  stop_all
  exit
fi

for program in ceph ceph-mon ceph-osd monmaptool radosgw radosgw-admin; do
  command -v "$program" >/dev/null || fail "cannot start an S3 server" "$program is not on this machine" \
    "run: apt-get install --no-install-recommends ceph-mon ceph-osd radosgw ceph-common"
done

made=$dir/made
if [ ! -e "$made" ]; then
  # What an unfinished set-up left is of no use to the next.
  stop_all
  rm -rf "$dir/mon" "$dir/osd" "$dir/monmap"
  mkdir "$dir/mon" "$dir/osd"
  write_env
fi
# shellcheck source=/dev/null
. "$env"
port=${AWS_ENDPOINT_URL##*:}
if [ ! -e "$made" ]; then
  cluster_id=$(cat /proc/sys/kernel/random/uuid)
  monitor_port=$(free_port 26000)
  write_conf
  make_monitor
fi

start_daemon monitor ceph-mon -i a
[ -e "$made" ] || make_store
start_daemon store ceph-osd -i 0
if ! is_running gateway && is_listening "$port"; then
  stop_all
  fail "the S3 server did not start" "another program has its port, $port" "end that program, or begin anew: rm -r $dir"
fi
start_daemon gateway radosgw -n client.rgw.a

# The gateway opens its port once it has reached the store.
tries=1200
until is_listening "$port"; do
  for name in monitor store gateway; do is_running "$name" || give_up "$name"; done
  tries=$((tries - 1))
  [ $tries != 0 ] || give_up gateway
  sleep 0.1
done
[ -e "$made" ] || make_user
: >"$made"
printf '✓ S3 server    %s, %s\n' "$AWS_ENDPOINT_URL" "$env"
