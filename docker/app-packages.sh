#!/bin/sh
# app-packages.sh APP: installs the packages that one app needs to run, and removes the libs that it does not use.
# Runs in a folder with the root's manifest, the lock file, libs and apps/APP.
set -eu
npm pkg delete devDependencies
npm pkg delete devDependencies --workspaces
npm ci --workspace "@galley/$1" --omit=dev --omit=optional --omit=peer --ignore-scripts --no-audit --no-fund
rm package-lock.json
# npm keeps optional peers that another app has, although nothing here needs them.
npm query :extraneous | node -e "
  const { readFileSync, rmSync } = require('node:fs');
  for (const { path } of JSON.parse(readFileSync(0))) rmSync(path, { recursive: true, force: true });
"
# The SDK of OpenTelemetry has its code three times, with types and maps: 28 MB, of which Node reads 10.
find node_modules/@opentelemetry -depth \( -path '*/build/esm' -o -path '*/build/esnext' -o -name '*.map' -o -name '*.d.ts' \) \
  -exec rm -r {} +
for lib in libs/*; do test -e "node_modules/@galley/${lib#libs/}" || rm -r "$lib"; done
