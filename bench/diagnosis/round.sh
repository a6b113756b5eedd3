#!/bin/bash
# Injects many cases one after another, for at most so many seconds; those whose recording is there are left out, so that
# the same command goes on where it stopped. Prints how many are left.
# usage: round.sh OUT MOST_SECONDS CASES…   each of CASES is CASE-INTENSITY-BACKGROUND as inject.sh has them, or the name of a
#   set: limits (what a kernel's limit refuses, whatever else the machine does), speed (what others' work would disturb),
#   healthy, compound
set -u
out=$1 end=$((SECONDS + $2)); shift 2
here=$(cd "$(dirname "$0")" && pwd)
limits="cpu_quota oom_kill disk_full inodes file_descriptors pids accept_overflow syn_queue retransmits tcp_buffers conntrack udp_buffers ephemeral_ports dns"
speed="cpu_saturation single_thread run_queue lock_contention memory_reclaim swap_thrash page_cache_churn dirty_pages disk_latency disk_throughput nic_saturation softnet_drops garbage_collection"
compound="disk_full+cpu_saturation file_descriptors+disk_latency cpu_quota+udp_buffers accept_overflow+cpu_saturation nic_saturation+disk_latency"
cases=()
for wanted in "$@"; do
  case $wanted in
    limits | speed) for cause in ${!wanted}; do for level in 1 2; do for background in idle busy; do cases+=("$cause-$level-$background"); done; done; done ;;
    compound) for pair in $compound; do for level in 1 2; do cases+=("$pair-$level-idle"); done; done ;;
    healthy) for mixture in $(seq 20); do cases+=("healthy-$mixture-idle"); done ;;
    *) cases+=("$wanted") ;;
  esac
done
# Waits until others leave the machine alone for a second; fails when the time is over.
quiet() {
  [ -n "${QUIET:-}" ] || [ $SECONDS -ge $end ] || return 0
  local before
  while [ $SECONDS -lt $end ]; do
    before=$(awk '/^cpu / {print $2 + $3 + $4 + $7 + $8}' /proc/stat); sleep 1
    awk -v before="$before" -v most="$QUIET" '/^cpu / {exit !($2 + $3 + $4 + $7 + $8 - before < 100 * most)}' /proc/stat && return 0
  done
  return 1
}
# What others disturbed (inject.sh's QUIET) is tried again after the rest, while there is time.
while [ ${#cases[@]} -gt 0 ] && [ $SECONDS -lt $end ]; do
  again=()
  for one in "${cases[@]}"; do
    [ -f "$out/$one.rw" ] && continue
    if quiet; then
      "$here/inject.sh" "$out" ${one//-/ }
      case $? in 0) continue ;; 3) ;; *) echo "$one failed" >&2; continue ;; esac
    fi
    again+=("$one")
  done
  cases=("${again[@]}")
done
echo "${#cases[@]} cases are left"
