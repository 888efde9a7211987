#!/bin/bash
# Starts PostgreSQL 18 with DocumentDB behind FerretDB v2 instead of `mongod`, whose options are ignored. As in the official
# image, MONGO_INITDB_ROOT_USERNAME with MONGO_INITDB_ROOT_PASSWORD or MONGO_INITDB_ROOT_PASSWORD_FILE turns passwords on.
# New data gets this user and the users that /docker-entrypoint-initdb.d/*.js creates.
set -euo pipefail
shopt -s nullglob
case "${1:-mongod}" in mongod|-*) ;; *) exec "$@" ;; esac
bin=/usr/lib/postgresql/18/bin data=/data/db/pg users=/usr/share/mongo-stand-in/users.js
state=/tmp/ferretdb
mkdir -p "$state"
drop=()
if [ "$(id -u)" = 0 ]; then
  chown postgres:postgres /data/db "$state"
  drop=(setpriv --reuid=postgres --regid=postgres --init-groups)
fi
# Only for background jobs: `exec` replaces the subshell, so that signals reach the program.
as_pg() { exec "${drop[@]}" "$@"; }
if [ ! -s "$data/PG_VERSION" ]; then cp -a /usr/share/mongo-stand-in/pg "$data"; new=1; fi
rm -f "$data/postmaster.pid"
as_pg "$bin/postgres" -D "$data" & pg=$!
trap 'kill "${ferret:-}" 2>/dev/null; kill -INT $pg; wait; exit 0' TERM INT
until "$bin/pg_isready" -q -h /tmp -p 5499 -U postgres; do kill -0 $pg; sleep 0.05; done

auth=--no-auth
if [ -n "${MONGO_INITDB_ROOT_USERNAME:-}" ]; then
  auth=--auth
  export MONGO_INITDB_ROOT_PASSWORD=${MONGO_INITDB_ROOT_PASSWORD:-$(<"$MONGO_INITDB_ROOT_PASSWORD_FILE")}
  if [ -n "${new:-}" ]; then
    root='db.createUser({ user: std.getenv("MONGO_INITDB_ROOT_USERNAME"), pwd: std.getenv("MONGO_INITDB_ROOT_PASSWORD") })'
    { qjs --std -I "$users" -e "$root"; for script in /docker-entrypoint-initdb.d/*.js; do qjs --std -I "$users" "$script"; done; } |
      "$bin/psql" -q -o /dev/null -v ON_ERROR_STOP=1 -h /tmp -p 5499 -U postgres
  fi
fi

as_pg /usr/local/bin/ferretdb --listen-addr=0.0.0.0:27017 --postgresql-url=postgres://postgres@127.0.0.1:5499/postgres \
  --state-dir="$state" --telemetry=disable --debug-addr=- "$auth" --log-level="${FERRETDB_LOG_LEVEL:-WARN}" & ferret=$!
until (exec 3<>/dev/tcp/127.0.0.1/27017) 2>/dev/null; do kill -0 $ferret; sleep 0.05; done
echo '{"msg":"Waiting for connections","attr":{"port":27017}}'
wait -n $pg $ferret
