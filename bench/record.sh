#!/usr/bin/env bash
# Records pages of prometheus-node-exporter, one a second, for the store's benchmarks.
# usage: bench/record.sh FOLDER [MINUTES]      put some varied work on the machine meanwhile
set -euo pipefail
folder=${1:?folder for the pages}
minutes=${2:-40}
port=19173
mkdir -p "$folder"
prometheus-node-exporter --web.listen-address="127.0.0.1:$port" 2> "$folder/node-exporter.log" &
exporter=$!
trap 'kill "$exporter"' EXIT
sleep 1
end=$((SECONDS + 60 * minutes))
for ((page = 0; SECONDS < end; page++)); do
  curl -sf "http://127.0.0.1:$port/metrics" -o "$(printf '%s/%06d.txt' "$folder" "$page")"
  sleep 0.97
done
echo "$page pages in $folder"
