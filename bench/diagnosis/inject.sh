#!/bin/bash
# Makes one machine suffer in one way for some seconds while `evenkeel diagnose` watches it, and keeps what it saw.
# usage: inject.sh OUT CASE INTENSITY BACKGROUND      (root; cgroup v1 or v2; stress-ng, sysbench, fio, iperf3, iproute2, nftables)
#   OUT         folder for recordings: CASE-INTENSITY-BACKGROUND.rw, and verdicts.txt
#   CASE        a cause's name, healthy, or two causes joined by + (both are injected)
#   INTENSITY   1 or 2, of healthy 1 … 20, two mixtures of ten kinds of work
#   BACKGROUND  idle or busy (a third of one processor, a few requests and writes)
# QUIET is how many processors others (whatever is not of this case) may use on average while it is watched; a case that they
#   disturbed more is thrown away (exit code 3). Not set, nothing is thrown away. What others used is in others.txt.
# SEED (1) decides how strong the injection is within its intensity's range, so that another seed is another case.
# DIAGNOSE is the command that watches: it is called with --record FILE --seconds N.  SECONDS_SEEN (12) is N.
# Memory is only ever exhausted inside a control group. Everything is undone at the end.
set -u
out=$1 what=$2 level=$3 background=$4
seen=${SECONDS_SEEN:-12}
name=$what-$level-$background
work=$(mktemp -d)
cg=/sys/fs/cgroup
ns=ekdiag$$
here=$(cd "$(dirname "$0")" && pwd)
pids=()
undo=()
RANDOM=$(cksum <<<"$name ${SEED:-1}" | cut -d' ' -f1)
# pick MILD_FROM MILD_TO STRONG_FROM STRONG_TO: a whole number of the intensity's range, into $n.
pick() { if [ "$level" = 1 ]; then n=$(($1 + RANDOM % ($2 - $1 + 1))); else n=$(($3 + RANDOM % ($4 - $3 + 1))); fi; }
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
run() { setsid "$@" >>"$work/log" 2>&1 & pids+=($!); }
# group CONTROLLER FILE VALUE: a control group of the unit bench-hog.service with one limit; prints its folder.
group() {
  local folder
  if [ -f $cg/cgroup.controllers ]; then folder=$cg/bench-hog.service; else folder=$cg/$1/bench-hog.service; fi
  # What ran in it may take a moment to end.
  mkdir -p "$folder"; later "for _ in 1 2 3 4 5 6 7 8 9 10; do rmdir $folder && break; sleep 0.2; done"
  [ -n "${2:-}" ] && echo "$3" >"$folder/$2"
  echo "$folder"
}
# inside FOLDER COMMAND…: run in a control group.
inside() { local folder=$1; shift; run bash -c "echo \$\$ >$folder/cgroup.procs; exec \"\$@\"" bash "$@"; }
namespace() { ip netns add $ns; later "ip netns del $ns"; ip netns exec $ns ip link set lo up; prefix=(ip netns exec $ns); }
prefix=()
v1() { [ ! -f $cg/cgroup.controllers ]; }
# What this case uses is counted by a control group of its own; what else the machine does is others' work.
if v1; then own=$cg/cpuacct/bench-$$; else own=$cg/bench-$$; fi
mkdir -p "$own"; later "rmdir $own"; echo $$ >"$own/cgroup.procs"; later "echo $$ >$(dirname "$own")/cgroup.procs"
# Hundredths of a second that all processors were busy but for this case.
others() {
  local busy mine=0
  busy=$(awk '/^cpu / {print $2 + $3 + $4 + $7 + $8}' /proc/stat)
  if v1; then mine=$(($(cat "$own/cpuacct.usage") / 10000000))
  else for f in "$own" $cg/bench-hog.service; do [ -f $f/cpu.stat ] && mine=$((mine + $(awk '/^usage_usec/ {print int($2 / 10000)}' $f/cpu.stat))); done; fi
  echo $((busy - mine))
}

if [ "$background" = busy ]; then
  run stress-ng --cpu 1 --cpu-load 35
  run bash -c "while :; do dd if=/dev/zero of=$work/bg bs=64k count=16 conv=fsync; sleep 0.5; done"
fi

# What a machine does that is busy and well.
healthy() {
  n=$((30 + RANDOM % 30))
  case $1 in
    1) run stress-ng --cpu 1 --cpu-load $((n + 10)) ;;
    2) run stress-ng --cpu "$cores" --cpu-load $((n + 10)) ;;
    3) run bash -c "while :; do tar cf - /usr/share/doc 2>/dev/null | gzip -1 >/dev/null; sleep 1; done" ;;
    4) run iperf3 -s -p 5399; sleep 0.3; run iperf3 -c 127.0.0.1 -p 5399 -b ${n}0M -t 60 ;;
    5) run fio --name=h --directory="$work" --size=64M --rw=randrw --bs=16k --iodepth=1 --rate_iops=$((n * 4)) --time_based --runtime=60 ;;
    6) run bash -c "while :; do for i in 1 2 3 4 5 6 7 8 9 10; do /bin/true; done; sleep 0.05; done" ;;
    7) run nice -n 19 stress-ng --cpu 1 --cpu-load $((n + 20)) ;;
    8) run stress-ng --vm 1 --vm-bytes ${n}0M --vm-keep --vm-hang 1 ;;
    9) run bash -c "while :; do find /usr/share /usr/lib -xdev -type f | head -$((n * 100)) | xargs -d '\n' stat >/dev/null; sleep 1; done" ;;
    10) run "${JAVA:-java}" -XX:+UseSerialGC -Xmx256m "$here/Service.java" $((n * 4)) ;;
  esac
}

inject() { case $1 in
healthy) healthy $((1 + (level - 1) % 10)); [ "$level" -le 10 ] || healthy $((1 + (level + 2) % 10)) ;;
cpu_saturation) pick $((2 * cores)) $((3 * cores)) $((4 * cores)) $((8 * cores)); run stress-ng --cpu "$n" ;;
single_thread)
  methods=(matrixprod int64 fft prime euler ackermann); pick 0 2 3 5
  run taskset -c $((RANDOM % cores)) stress-ng --cpu 1 --cpu-method "${methods[$n]}" ;;
cpu_quota)
  pick 50 70 15 30
  if v1; then g=$(group cpu cpu.cfs_quota_us ${n}000); else g=$(group cpu cpu.max "${n}000 100000"); fi
  inside "$g" stress-ng --cpu 1 ;;
run_queue) pick $((3 * cores)) $((5 * cores)) $((7 * cores)) $((10 * cores)); run stress-ng --switch "$n" ;;
lock_contention)
  pick 6 10 14 24
  if [ "$level" = 1 ]; then run sysbench threads --threads="$n" --thread-locks=1 --thread-yields=$((50 + RANDOM % 100)) --time=90 run; else run "${JAVA:-java}" "$here/Locks.java" "$n" $((20 + RANDOM % 80)); fi ;;
memory_reclaim)
  pick 150 170 100 130
  if v1; then g=$(group memory memory.limit_in_bytes ${n}M); else g=$(group memory memory.high ${n}M); fi
  inside "$g" stress-ng --vm 2 --vm-bytes $((n * 5 / 8))M --vm-hang 0 --vm-keep
  inside "$g" bash -c "while :; do head -c 512M /dev/zero >$work/file; done" ;;
swap_thrash)
  fallocate -l 600M /var/tmp/ekdiag.swap; chmod 600 /var/tmp/ekdiag.swap; mkswap /var/tmp/ekdiag.swap >/dev/null
  swapon /var/tmp/ekdiag.swap; later "swapoff /var/tmp/ekdiag.swap; rm -f /var/tmp/ekdiag.swap"
  if v1; then g=$(group memory memory.limit_in_bytes 100M); echo 1 >"$g/memory.oom_control"; later "echo 0 >$g/memory.oom_control"; else g=$(group memory memory.high 100M); fi
  pick 150 200 260 360
  inside "$g" stress-ng --vm 1 --vm-bytes ${n}M --vm-keep --vm-method rand-set ;;
oom_kill)
  pick 100 140 40 70
  if v1; then g=$(group memory memory.limit_in_bytes ${n}M); else g=$(group memory memory.max ${n}M); fi
  inside "$g" bash -c "sleep 1; while :; do stress-ng --bigheap 1 --bigheap-growth 16M -t 4; sleep 1; done" ;;
page_cache_churn)
  pick 160 220 320 480
  dd if=/dev/urandom of="$work/file" bs=1M count="$n" 2>/dev/null; sync
  if v1; then g=$(group memory memory.limit_in_bytes 96M); else g=$(group memory memory.max 96M); fi
  # With a map of what was read, or where the size ends, fio drops the file from the cache and begins anew: nothing would be read again.
  inside "$g" fio --name=c --filename="$work/file" --rw=randread --bs=4k --ioengine=psync --norandommap --io_size=1T --time_based --runtime=60 ;;
dirty_pages)
  old=$(cat /proc/sys/vm/dirty_bytes) oldb=$(cat /proc/sys/vm/dirty_background_bytes)
  oldr=$(cat /proc/sys/vm/dirty_ratio) oldbr=$(cat /proc/sys/vm/dirty_background_ratio)
  later "if [ $old = 0 ]; then echo $oldr >/proc/sys/vm/dirty_ratio; else echo $old >/proc/sys/vm/dirty_bytes; fi"
  later "if [ $oldb = 0 ]; then echo $oldbr >/proc/sys/vm/dirty_background_ratio; else echo $oldb >/proc/sys/vm/dirty_background_bytes; fi"
  pick 48 96 24 40
  echo $((n << 20)) >/proc/sys/vm/dirty_bytes; echo $((n * 7 / 8 << 20)) >/proc/sys/vm/dirty_background_bytes
  run fio --name=d --directory="$work" --size=512M --rw=write --bs=1M --ioengine=psync --numjobs=$((level + 1)) --time_based --runtime=60 ;;
disk_latency)
  pick 24 48 96 160; later "rm -f /var/tmp/ekdiag.fio"
  run fio --name=l --filename=/var/tmp/ekdiag.fio --size=512M --rw=randrw --bs=4k --direct=1 --ioengine=libaio --iodepth="$n" --time_based --runtime=60 ;;
disk_throughput)
  pick 8 16 24 48; later "rm -f /var/tmp/ekdiag.fio"
  run fio --name=t --filename=/var/tmp/ekdiag.fio --size=512M --rw=$([ "$level" = 1 ] && echo read || echo write) --bs=1M --direct=1 --ioengine=libaio --iodepth="$n" --time_based --runtime=60 ;;
disk_full | inodes)
  fallocate -l 64M "$work/img"
  if [ "$1" = inodes ]; then mkfs.ext4 -q -N 512 "$work/img"; else mkfs.ext4 -q -m 0 "$work/img"; fi
  mkdir -p /mnt/ekdiag; mount -o loop "$work/img" /mnt/ekdiag; later "umount /mnt/ekdiag; rmdir /mnt/ekdiag"
  if [ "$1" = inodes ]; then pick 480 494 498 600; for i in $(seq "$n"); do : >/mnt/ekdiag/f$i || break; done 2>/dev/null
  else pick 55 57 60 70; dd if=/dev/zero of=/mnt/ekdiag/big bs=1M count="$n" 2>/dev/null; sync; fi ;;
file_descriptors)
  pick 238 246 250 400
  run bash -c "ulimit -n 256; exec python3 -c 'import time
f=[]
try:
  while len(f) < $n: f.append(open(\"/dev/null\"))
except OSError: pass
time.sleep(90)'" ;;
pids)
  pick 80 120 30 60
  g=$(group pids pids.max "$n")
  inside "$g" python3 -c 'import threading, time
try:
  while True:
    threading.Thread(target=time.sleep, args=(90,), daemon=True).start()
except RuntimeError: pass
time.sleep(90)' ;;
nic_saturation)
  ip tuntap add dev ektun0 mode tun; later "ip link del ektun0"; ip addr add 10.251.0.1/24 dev ektun0; ip link set ektun0 up
  pick 8 20 60 120
  run python3 "$here/tun.py" ektun0 "$n"
  run python3 "$here/flood.py" 10.251.0.2 "$n" ;;
accept_overflow) namespace; pick 3 6 1 2; run "${prefix[@]}" python3 "$here/accept.py" "$n" ;;
syn_queue)
  namespace; pick 20 40 100 300
  "${prefix[@]}" bash -c "ip route add 198.18.0.0/15 dev lo; sysctl -qw net.ipv4.tcp_max_syn_backlog=16 net.core.somaxconn=16; nft add table ip t && nft add chain ip t o '{ type filter hook output priority 0; }' && nft add rule ip t o 'tcp flags & (syn|ack) == (syn|ack) drop'"
  run "${prefix[@]}" python3 "$here/syn.py" "$n" ;;
retransmits)
  namespace; pick 3 5 8 14
  run "${prefix[@]}" bash -c "nft add table ip t && nft add chain ip t i '{ type filter hook input priority 0; }' && nft add rule ip t i tcp dport 5201 numgen random mod 100 '<' $n drop; iperf3 -s & sleep 0.5; exec iperf3 -c 127.0.0.1 -t 60 -b 200M" ;;
tcp_buffers)
  # Where the kernel holds TCP's memory back, in pages: below what connections hold whose receivers do not read.
  old=$(cat /proc/sys/net/ipv4/tcp_mem); later "echo '$old' >/proc/sys/net/ipv4/tcp_mem"
  pick 1000 1600 300 600
  echo "$((n / 2)) $n ${old##*[[:space:]]}" >/proc/sys/net/ipv4/tcp_mem
  run python3 "$here/slow.py" ;;
conntrack)
  namespace; before=$(cat /proc/sys/net/netfilter/nf_conntrack_max)
  later "echo $before >/proc/sys/net/netfilter/nf_conntrack_max"; echo 100 >/proc/sys/net/netfilter/nf_conntrack_max
  pick 80 90 110 170
  run "${prefix[@]}" bash -c "nft add table ip t && nft add chain ip t i '{ type filter hook input priority 0; }' && nft add rule ip t i ct state new accept; exec python3 $here/connect.py $n" ;;
udp_buffers) namespace; pick 3500 5000 2304 2800; run "${prefix[@]}" python3 "$here/udp.py" "$n" ;;
ephemeral_ports)
  namespace; pick 400 600 100 250
  "${prefix[@]}" bash -c "echo '32768 $((32767 + n))' >/proc/sys/net/ipv4/ip_local_port_range"
  run "${prefix[@]}" python3 "$here/ports.py" ;;
softnet_drops)
  old=$(cat /proc/sys/net/core/netdev_max_backlog); later "echo $old >/proc/sys/net/core/netdev_max_backlog"
  pick 6 12 2 4
  echo "$n" >/proc/sys/net/core/netdev_max_backlog
  # One processor sends, another one takes off the queue: by itself loopback does both on the same one, packet by packet.
  rps=/sys/class/net/lo/queues/rx-0/rps_cpus; was=$(cat $rps); later "echo $was >$rps"; echo 2 >$rps
  run taskset -c 0 iperf3 -s -p 5398; sleep 0.3; run taskset -c 0 iperf3 -c 127.0.0.1 -p 5398 -P 8 -t 60 ;;
dns)
  pick 120 200 300 700
  run python3 "$here/dns.py" 127.9.9.53 "$n"; echo "nameserver 127.9.9.53" >"$work/resolv.conf"
  # Only the watcher sees that name server.
  prefix=(unshare -m bash -c 'mount --bind "$0" /etc/resolv.conf; exec "$@"' "$work/resolv.conf") ;;
garbage_collection) pick 60 80 36 48; run "${JAVA:-java}" -XX:+UseSerialGC -Xmx${n}m "$here/Garbage.java" ;;
*) echo "unknown case $1" >&2; exit 2 ;;
esac; }

for cause in ${what//+/ }; do inject "$cause"; done

sleep ${SETTLE:-3}
mkdir -p "$out"
before=$(others)
# In a namespace the counters are its own: the watcher goes inside.
"${prefix[@]}" $DIAGNOSE --seconds "$seen" --record "$work/case.rw" >"$work/verdict" 2>"$work/errors" || { cat "$work/errors" >&2; exit 1; }
used=$(($(others) - before))
if [ -n "${QUIET:-}" ] && awk "BEGIN {exit !($used / $seen / 100 > $QUIET)}"; then echo "$name: others used $used hundredths of a second" >&2; exit 3; fi
echo "$name $used" >>"$out/others.txt"
mv "$work/case.rw" "$out/$name.rw"
{ echo "== $name"; sed -n 1,6p "$work/verdict"; } >>"$out/verdicts.txt"
