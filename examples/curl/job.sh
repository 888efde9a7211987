#!/bin/sh
# Takes one job through the shop, from placing it to closing it. Usage: sh examples/curl/job.sh
set -eu
galley=${GALLEY_URL:-http://localhost:3000}
galley=${galley%/}
job=job-$(date +%s)-$$

# Sends JSON, and shows the answer. A refusal ends the script.
send() {
  method=$1 path=$2 json=$3
  shift 3
  printf '\n%s %s %s\n' "$method" "$path" "$json"
  curl -sS --fail-with-body -X "$method" "$galley$path" -H 'content-type: application/json' \
    ${GALLEY_TOKEN:+-H "authorization: Bearer $GALLEY_TOKEN"} "$@" -d "$json"
  echo
}

# With a key, a request that is sent again is answered as the first one, and stored once.
send POST /orders "{\"orderId\":\"$job\",\"customerId\":\"ana\",\"title\":\"Annual report\",\"quantity\":500}" \
  -H "idempotency-key: place-$job"

# Each change names the revision that it was made on: if somebody was faster, it is refused with 412.
revision=1
for status in 'In Printing' 'In Binding' 'Packaging' 'Delivery'; do
  send PATCH "/orders/$job" "{\"status\":\"$status\"}" -H "if-match: \"$revision\""
  revision=$((revision + 1))
done
send PATCH "/orders/$job" '{"closed":true,"message":"Thank you"}' -H "if-match: \"$revision\""

printf '\nGET /orders/%s/history\n' "$job"
curl -sS --fail-with-body "$galley/orders/$job/history" ${GALLEY_TOKEN:+-H "authorization: Bearer $GALLEY_TOKEN"}
echo
