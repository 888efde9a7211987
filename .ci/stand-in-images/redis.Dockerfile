FROM stand-in-base:bookworm
RUN apt-get update -qq \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends redis-server >/dev/null \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/archives \
 && install -d -o redis -g redis /data
# The user has the number that it has in the official image.
RUN groupmod --gid 999 redis && usermod --uid 999 redis && chown redis:redis /data
COPY docker-entrypoint.sh /usr/local/bin/
LABEL stand-in="Debian's redis-server, not the official image"
VOLUME /data
WORKDIR /data
EXPOSE 6379
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["redis-server", "--appendonly", "yes"]
