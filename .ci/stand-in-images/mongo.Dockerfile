FROM stand-in-base:forky
RUN printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d \
 && chmod +x /usr/sbin/policy-rc.d \
 && apt-get update -qq \
 && mkdir -p /etc/postgresql-common \
 && echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql-18-documentdb quickjs >/dev/null \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/archives
COPY postgresql.conf /tmp/
# Makes a data folder with the extension in it, so that a container is ready within a second. PostgreSQL listens on no port
# meanwhile, because the build shares the network of its host.
RUN install -d -o postgres -g postgres /usr/share/mongo-stand-in /data/db /data/state \
 && setpriv --reuid=postgres --regid=postgres --init-groups sh -ec '\
      bin=/usr/lib/postgresql/18/bin data=/usr/share/mongo-stand-in/pg; \
      $bin/initdb -D $data -A trust -U postgres >/dev/null; \
      cat /tmp/postgresql.conf >>$data/postgresql.conf; \
      $bin/pg_ctl -D $data -w -l /tmp/pg.log -o "-c listen_addresses=" start >/dev/null; \
      $bin/psql -q -h /tmp -p 5499 -U postgres -c "create extension documentdb cascade"; \
      $bin/pg_ctl -D $data -w -m fast stop >/dev/null' \
 && rm /tmp/pg.log /tmp/postgresql.conf
# The user has the number of the one in the official image.
RUN usermod --uid 999 postgres && chown -R postgres:postgres /usr/share/mongo-stand-in /data
COPY ferretdb mongodump mongorestore docker-entrypoint.sh /usr/local/bin/
COPY users.js /usr/share/mongo-stand-in/
LABEL stand-in="FerretDB 2 on PostgreSQL with DocumentDB, not MongoDB"
VOLUME /data/db
EXPOSE 27017
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["mongod"]
