#!/bin/sh
# Writes what the shop tells into the pages, then becomes nginx: TIME_ZONE, SHOP_NAME, SHOP_PHONE, TOKEN_URL, each optional.
set -eu

# told NAME TEXT: the command of sed that writes the text into the meta element of that name.
told() {
  text=$(printf '%s' "$2" | tr '\000-\037' ' ' | sed 's/&/\&amp;/g; s/"/\&quot;/g; s/</\&lt;/g; s/>/\&gt;/g' | sed 's/[\\&|]/\\&/g')
  printf 's|name="galley:%s" content=""|name="galley:%s" content="%s"|\n' "$1" "$1" "$text"
}

mkdir -p /tmp/pages
{
  told time-zone "${TIME_ZONE:-}"
  told shop-name "${SHOP_NAME:-}"
  told shop-phone "${SHOP_PHONE:-}"
  told token-url "${TOKEN_URL:-}"
} >/tmp/pages/told.sed
for page in index track; do
  sed -f /tmp/pages/told.sed "/usr/share/galley/pages/$page.html" >"/tmp/pages/$page.html"
  gzip -9 -k -f "/tmp/pages/$page.html"
done
exec nginx -c /etc/galley/nginx.conf
