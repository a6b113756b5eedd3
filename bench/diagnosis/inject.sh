#!/bin/bash
# Makes one machine suffer in one way for some seconds while `evenkeel diagnose` watches it, and keeps what it saw.
# usage: inject.sh OUT CASE INTENSITY BACKGROUND      (root; cgroup v1 or v2; stress-ng, fio, iperf3, iproute2, nftables)
#   OUT         folder for recordings: CASE-INTENSITY-BACKGROUND.rw
#   INTENSITY   1 or 2          BACKGROUND   idle or busy (a third of one processor, a few requests and writes)
# DIAGNOSE is the command that watches: it is called with --record FILE --seconds N.  SECONDS_SEEN (13) is N.
# Memory is only ever exhausted inside a control group. Everything is undone at the end.
set -u
out=$1 what=$2 level=$3 background=$4
seen=${SECONDS_SEEN:-13}
name=$what-$level-$background
work=$(mktemp -d)
cg=/sys/fs/cgroup
ns=ekdiag$$
pids=()
undo=()
cores=$(nproc)

later() { undo=("$*" "${undo[@]}"); }
finish() {
  for pid in "${pids[@]}"; do kill -- "-$pid" 2>/dev/null; done
  sleep 0.3
  for pid in "${pids[@]}"; do kill -9 -- "-$pid" 2>/dev/null; done
  sleep 0.2
  for step in "${undo[@]}"; do eval "$step" 2>/dev/null; done
  rm -rf "$work"
}
trap finish EXIT
# A background job in a session of its own, so that its children end with it.
run() { setsid "$@" >"$work/log" 2>&1 & pids+=($!); }
# group CONTROLLER FILE VALUE: a control group of the unit bench-hog.service with one limit; prints its folder.
group() {
  local folder
  if [ -f $cg/cgroup.controllers ]; then folder=$cg/bench-hog.service; else folder=$cg/$1/bench-hog.service; fi
  mkdir -p "$folder"; later "rmdir $folder"
  [ -n "${2:-}" ] && echo "$3" >"$folder/$2"
  echo "$folder"
}
# inside FOLDER COMMAND…: run in a control group.
inside() { local folder=$1; shift; run bash -c "echo \$\$ >$folder/cgroup.procs; exec \"\$@\"" bash "$@"; }
namespace() { ip netns add $ns; later "ip netns del $ns"; ip netns exec $ns ip link set lo up; prefix=(ip netns exec $ns); }
prefix=()
v1() { [ ! -f $cg/cgroup.controllers ]; }

if [ "$background" = busy ]; then
  run stress-ng --cpu 1 --cpu-load 35
  run bash -c "while :; do dd if=/dev/zero of=$work/bg bs=64k count=16 conv=fsync; sleep 0.5; done"
fi

case $what in
healthy)
  case $level in
    1) run stress-ng --cpu 1 --cpu-load 40 ;;
    2) run stress-ng --cpu "$cores" --cpu-load 55 ;;
    3) run bash -c "while :; do tar cf - /usr/share/doc | gzip -1 >/dev/null; sleep 1; done" ;;
    4) iperf3 -s -D -p 5399 -I "$work/ip"; later "kill \$(cat $work/ip)"; run iperf3 -c 127.0.0.1 -p 5399 -b 400M -t 60 ;;
    5) run fio --name=h --directory="$work" --size=64M --rw=randrw --bs=16k --iodepth=1 --rate_iops=200 --time_based --runtime=60 ;;
    6) run stress-ng --fork 1 --fork-ops 100000 --cpu-load 10 --timer 1 --timer-freq 500 ;;
    7) run nice -n 19 stress-ng --cpu 1 --cpu-load 80 ;;
    8) run stress-ng --vm 1 --vm-bytes 512M --vm-keep --vm-hang 1 ;;
    9) run bash -c "while :; do find /usr -xdev -type f | head -20000 | xargs -d '\n' stat >/dev/null; sleep 0.5; done" ;;
    10) run stress-ng --sock 1 --sock-ops 100000000 --cpu-load 20 ; run sleep 60 ;;
  esac ;;
cpu_saturation) run stress-ng --cpu $((cores * (level == 1 ? 2 : 4))) ;;
single_thread) run taskset -c 0 stress-ng --cpu 1 --cpu-method $([ "$level" = 1 ] && echo matrixprod || echo int64) ;;
cpu_quota)
  if v1; then g=$(group cpu cpu.cfs_quota_us $([ "$level" = 1 ] && echo 60000 || echo 20000)); mkdir -p $cg/cpuacct 2>/dev/null
  else g=$(group cpu cpu.max "$([ "$level" = 1 ] && echo 60000 || echo 20000) 100000"); fi
  inside "$g" stress-ng --cpu 1 ;;
run_queue) run stress-ng --switch $((cores * (level == 1 ? 4 : 8))) ;;
lock_contention) run stress-ng --mutex $level --mutex-procs $((level == 1 ? 8 : 16)) ;;
memory_reclaim)
  if v1; then g=$(group memory memory.limit_in_bytes 128M); else g=$(group memory memory.high 128M); fi
  dd if=/dev/zero of="$work/file" bs=1M count=$((level == 1 ? 256 : 400)) 2>/dev/null
  inside "$g" stress-ng --vm $level --vm-bytes 60M --vm-keep --vm-method zero-one
  inside "$g" bash -c "while :; do cat $work/file >/dev/null; done" ;;
swap_thrash)
  fallocate -l 600M /var/tmp/ekdiag.swap; chmod 600 /var/tmp/ekdiag.swap; mkswap /var/tmp/ekdiag.swap >/dev/null
  swapon /var/tmp/ekdiag.swap; later "swapoff /var/tmp/ekdiag.swap; rm -f /var/tmp/ekdiag.swap"
  if v1; then g=$(group memory memory.limit_in_bytes 100M); else g=$(group memory memory.max 100M); fi
  inside "$g" stress-ng --vm 1 --vm-bytes $((level == 1 ? 180 : 300))M --vm-keep --vm-method rand-set ;;
oom_kill)
  if v1; then g=$(group memory memory.limit_in_bytes $((level == 1 ? 120 : 60))M); else g=$(group memory memory.max $((level == 1 ? 120 : 60))M); fi
  inside "$g" bash -c "sleep 3; while :; do stress-ng --bigheap 1 --bigheap-growth 4M -t 4; sleep 1; done" ;;
page_cache_churn)
  dd if=/dev/urandom of="$work/file" bs=1M count=$((level == 1 ? 200 : 400)) 2>/dev/null
  if v1; then g=$(group memory memory.limit_in_bytes 96M); else g=$(group memory memory.max 96M); fi
  inside "$g" fio --name=c --filename="$work/file" --rw=randread --bs=4k --ioengine=psync --time_based --runtime=60 --invalidate=0 ;;
dirty_pages)
  old=$(cat /proc/sys/vm/dirty_bytes) oldb=$(cat /proc/sys/vm/dirty_background_bytes)
  oldr=$(cat /proc/sys/vm/dirty_ratio) oldbr=$(cat /proc/sys/vm/dirty_background_ratio)
  later "if [ $old = 0 ]; then echo $oldr >/proc/sys/vm/dirty_ratio; else echo $old >/proc/sys/vm/dirty_bytes; fi"
  later "if [ $oldb = 0 ]; then echo $oldbr >/proc/sys/vm/dirty_background_ratio; else echo $oldb >/proc/sys/vm/dirty_background_bytes; fi"
  echo $((64 << 20)) >/proc/sys/vm/dirty_bytes; echo $((56 << 20)) >/proc/sys/vm/dirty_background_bytes
  run fio --name=d --directory="$work" --size=1G --rw=write --bs=1M --ioengine=psync --numjobs=$level --time_based --runtime=60 ;;
disk_latency) run fio --name=l --filename=/var/tmp/ekdiag.fio --size=1G --rw=randrw --bs=4k --direct=1 --ioengine=libaio --iodepth=$((level == 1 ? 32 : 128)) --time_based --runtime=60; later "rm -f /var/tmp/ekdiag.fio" ;;
disk_throughput) run fio --name=t --filename=/var/tmp/ekdiag.fio --size=1G --rw=$([ "$level" = 1 ] && echo read || echo write) --bs=1M --direct=1 --ioengine=libaio --iodepth=16 --time_based --runtime=60; later "rm -f /var/tmp/ekdiag.fio" ;;
disk_full | inodes)
  fallocate -l 64M "$work/img"
  if [ "$what" = inodes ]; then mkfs.ext4 -q -N 512 "$work/img"; else mkfs.ext4 -q -m 0 "$work/img"; fi
  mkdir -p /mnt/ekdiag; mount -o loop "$work/img" /mnt/ekdiag; later "umount /mnt/ekdiag; rmdir /mnt/ekdiag"
  if [ "$what" = inodes ]; then for i in $(seq $((level == 1 ? 490 : 600))); do : >/mnt/ekdiag/f$i || break; done 2>/dev/null
  else dd if=/dev/zero of=/mnt/ekdiag/big bs=1M count=$((level == 1 ? 56 : 70)) 2>/dev/null; sync; fi ;;
file_descriptors) run bash -c "ulimit -n 256; exec python3 -c 'import time
f=[]
try:
  while len(f) < $((level == 1 ? 240 : 999)): f.append(open(\"/dev/null\"))
except OSError: pass
time.sleep(90)'" ;;
pids)
  g=$(group pids pids.max $((level == 1 ? 100 : 60)))
  inside "$g" python3 -c 'import threading, time
try:
  while True:
    threading.Thread(target=time.sleep, args=(90,), daemon=True).start()
except RuntimeError: pass
time.sleep(90)' ;;
nic_saturation)
  ip tuntap add dev ektun0 mode tun; later "ip link del ektun0"; ip addr add 10.251.0.1/24 dev ektun0; ip link set ektun0 up
  run python3 "$(dirname "$0")/tun.py" ektun0 $((level == 1 ? 10 : 100))
  run python3 "$(dirname "$0")/flood.py" 10.251.0.2 $((level == 1 ? 10 : 100)) ;;
accept_overflow) namespace; run "${prefix[@]}" python3 "$(dirname "$0")/accept.py" $((level == 1 ? 4 : 1)) ;;
retransmits)
  namespace
  run "${prefix[@]}" bash -c "nft add table ip t && nft add chain ip t i '{ type filter hook input priority 0; }' && nft add rule ip t i tcp dport 5201 numgen random mod 100 '<' $((level == 1 ? 4 : 10)) drop; iperf3 -s -D; sleep 0.5; exec iperf3 -c 127.0.0.1 -t 60 -b 200M" ;;
conntrack)
  namespace; before=$(cat /proc/sys/net/netfilter/nf_conntrack_max)
  later "echo $before >/proc/sys/net/netfilter/nf_conntrack_max"; echo 100 >/proc/sys/net/netfilter/nf_conntrack_max
  run "${prefix[@]}" bash -c "nft add table ip t && nft add chain ip t i '{ type filter hook input priority 0; }' && nft add rule ip t i ct state new accept; exec python3 $(dirname "$0")/connect.py $((level == 1 ? 85 : 150))" ;;
udp_buffers) namespace; run "${prefix[@]}" python3 "$(dirname "$0")/udp.py" $((level == 1 ? 4096 : 2304)) ;;
ephemeral_ports) namespace; "${prefix[@]}" bash -c "echo '32768 $((level == 1 ? 33267 : 32967))' >/proc/sys/net/ipv4/ip_local_port_range"; run "${prefix[@]}" python3 "$(dirname "$0")/ports.py" ;;
softnet_drops) namespace; old=$(cat /proc/sys/net/core/netdev_max_backlog); later "echo $old >/proc/sys/net/core/netdev_max_backlog"
  echo $((level == 1 ? 10 : 2)) >/proc/sys/net/core/netdev_max_backlog
  run bash -c "iperf3 -s -D -p 5398 -I $work/ip3; exec iperf3 -c 127.0.0.1 -p 5398 -u -b 0 -l 64 -P 4 -t 60"; later "kill \$(cat $work/ip3)" ;;
garbage_collection) run "${JAVA:-java}" -XX:+UseSerialGC -Xmx$((level == 1 ? 64 : 48))m "$(dirname "$0")/Garbage.java" ;;
*) echo "unknown case $what" >&2; exit 2 ;;
esac

sleep ${SETTLE:-3}
mkdir -p "$out"
# In a namespace the counters are its own: the watcher goes inside.
"${prefix[@]}" $DIAGNOSE --seconds "$seen" --record "$out/$name.rw" >"$work/verdict" 2>"$work/errors" || { cat "$work/errors" >&2; exit 1; }
{ echo "== $name"; sed -n 1,6p "$work/verdict"; } >>"$out/verdicts.txt"
