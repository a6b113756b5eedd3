#!/usr/bin/env bash
# Runs the page tests: first on the fixture hub with its fixed clock, then the journeys on a real hub with this machine's agent.
set -euo pipefail
jdk=$1
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."

data=$(mktemp -d)
hub=""
stop() {
  [ -z "$hub" ] || { kill "$hub" 2>/dev/null; wait "$hub" 2>/dev/null || true; }
  rm -rf "$data"
}
trap stop EXIT

( cd ui && npm run --silent e2e )

# Builds what is missing first, so that the wait below is for the start alone.
JAVA_HOME=$jdk ./evenkeel version
# Port 0: the hub takes a free one and prints its address.
JAVA_HOME=$jdk ./evenkeel --data "$data" --listen 127.0.0.1:0 >"$data/out" 2>&1 &
hub=$!
for _ in $(seq 1200); do
  link=$(grep -oE 'http://127\.0\.0\.1:[0-9]+/setup#token=[A-Za-z0-9_-]+' "$data/out" | head -n 1 || true)
  [ -n "$link" ] && break
  kill -0 "$hub" 2>/dev/null || { cat "$data/out"; echo "the hub did not start"; exit 1; }
  sleep 0.1
done
[ -n "${link:-}" ] || { cat "$data/out"; echo "the hub printed no set-up link within two minutes"; exit 1; }

( cd ui && EVENKEEL_URL=${link%%/setup*} EVENKEEL_SETUP_LINK=$link npm run --silent e2e )
