FROM stand-in-base:bookworm
COPY node /usr/local/bin/
COPY npm /usr/local/lib/node_modules/npm
# npm trusts the same certificate authorities as the machine that builds this image.
COPY ca-certificates.crt /etc/ssl/certs/
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm \
 && mkdir -p /usr/local/etc \
 && echo 'cafile=/etc/ssl/certs/ca-certificates.crt' >/usr/local/etc/npmrc \
 && useradd --uid 1000 --create-home node
LABEL stand-in="Node's binary of npm's registry on Debian, not the official image"
CMD ["node"]
