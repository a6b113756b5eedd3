#!/usr/bin/env bash
# Builds the pages into ui/dist. `npm ci` runs only when the lock file changed, the build only when a source changed.
set -euo pipefail
cd "$(dirname "$0")"

fingerprint() { find "$@" -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1; }

lock=$(fingerprint package.json package-lock.json)
if [ "$(cat node_modules/.evenkeel-lock 2>/dev/null || true)" != "$lock" ]; then
  npm ci --no-audit --no-fund --loglevel=error
  echo "$lock" >node_modules/.evenkeel-lock
fi

sources=$(fingerprint src index.html public scripts package.json package-lock.json tsconfig*.json vite.config.ts)
if [ "$(cat dist/.evenkeel-sources 2>/dev/null || true)" != "$sources" ]; then
  npm run --silent build
  echo "$sources" >dist/.evenkeel-sources
fi
