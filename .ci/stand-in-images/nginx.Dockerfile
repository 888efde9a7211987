FROM stand-in-base:bookworm
RUN printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d \
 && chmod +x /usr/sbin/policy-rc.d \
 && apt-get update -qq \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends nginx-light curl >/dev/null \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/archives \
 && ln -sf /dev/stderr /var/log/nginx/error.log
LABEL stand-in="Debian's nginx, not the official image"
STOPSIGNAL SIGQUIT
CMD ["nginx", "-g", "daemon off;"]
