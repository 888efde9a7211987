# Each image is a target: docker build --target orders-api . and --target gateway . and --target web .
# It uses only basic instructions, so that every builder can build it.
ARG NODE_IMAGE=node:24-slim
ARG NGINX_IMAGE=nginx:1.28

# Only the manifests, so that packages are installed again only when a manifest changes.
FROM ${NODE_IMAGE} AS manifests
WORKDIR /app
COPY . .
RUN find . -type f ! -name package.json ! -name package-lock.json -delete

FROM ${NODE_IMAGE} AS build
WORKDIR /app
# A registry to use instead of npm's own.
ARG NPM_CONFIG_REGISTRY
COPY --from=manifests /app ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.base.json ./
COPY libs libs
COPY apps apps
RUN node_modules/.bin/tsc -b apps/orders-api/tsconfig.build.json apps/gateway/tsconfig.build.json \
 && find libs apps \( -name '*.map' -o -name '*.d.ts' -o -name .tsbuildinfo \) -delete \
 && mkdir /built && cp -r --parents libs/*/dist libs/*/lua apps/*/dist apps/*/docs /built

# The files of the pages, compressed. The pages themselves stand apart, because they are served from where start.sh writes them.
FROM build AS web-files
COPY tsconfig.json ./
COPY docs/examples/tsconfig.json docs/examples/
COPY docker/web docker/web
RUN node apps/web/build.mjs \
 && mkdir -p /web/etc/galley /web/usr/share/galley/pages \
 && node docker/web/headers.mjs apps/web/headers.json >/web/etc/galley/headers.conf \
 && cp docker/web/nginx.conf docker/web/start.sh /web/etc/galley/ \
 && mv apps/web/dist/*.html /web/usr/share/galley/pages/ \
 && rm apps/web/dist/*.html.* \
 && cp -r apps/web/dist/. /web/usr/share/galley/

# Each app with its own packages.
FROM ${NODE_IMAGE} AS orders-api-files
WORKDIR /app
ARG NPM_CONFIG_REGISTRY
COPY docker/app-packages.sh /
COPY --from=manifests /app/package.json /app/package-lock.json ./
COPY --from=manifests /app/libs libs
COPY --from=manifests /app/apps/orders-api apps/orders-api
COPY --from=build /built/libs libs
RUN sh /app-packages.sh orders-api
# /docs serves two files of Swagger UI. The others are the same code in other forms, and a package that counts installations.
RUN rm -r node_modules/@scarf && cd node_modules/swagger-ui-dist && npm pkg delete dependencies \
 && find . -type f ! -name package.json ! -name swagger-ui.css ! -name 'swagger-ui-bundle.js*' ! -name LICENSE ! -name NOTICE -delete \
 && rm -f swagger-ui-bundle.js.map
COPY --from=build /built/apps/orders-api apps/orders-api

FROM ${NODE_IMAGE} AS gateway-files
WORKDIR /app
ARG NPM_CONFIG_REGISTRY
COPY docker/app-packages.sh /
COPY --from=manifests /app/package.json /app/package-lock.json ./
COPY --from=manifests /app/libs libs
COPY --from=manifests /app/apps/gateway apps/gateway
COPY --from=build /built/libs libs
RUN sh /app-packages.sh gateway
COPY --from=build /built/apps/gateway apps/gateway

# The base of both images. The user that runs the app owns no file, so it cannot change any.
FROM ${NODE_IMAGE} AS app
WORKDIR /app
COPY LICENSE ./
COPY docker/healthcheck.mjs docker/
ENV NODE_ENV=production LOG_FORMAT=json MANAGEMENT_HOST=0.0.0.0
# A number lets Kubernetes verify that the user is not root.
USER 1000:1000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s --timeout=10s --start-period=60s --retries=3 CMD ["node", "docker/healthcheck.mjs"]
ARG VERSION
ARG REVISION
ARG NODE_IMAGE
ENV GALLEY_REVISION=${REVISION}
LABEL org.opencontainers.image.vendor="Galley" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.base.name="${NODE_IMAGE}"

FROM app AS orders-api
LABEL org.opencontainers.image.title="orders-api" \
      org.opencontainers.image.description="Galley's orders API: keeps orders in MongoDB and publishes every change"
COPY --from=orders-api-files /app ./
ENV PORT=3000 MANAGEMENT_PORT=9464
EXPOSE 3000 9464
CMD ["node", "apps/orders-api/dist/main.js"]

FROM app AS gateway
LABEL org.opencontainers.image.title="gateway" \
      org.opencontainers.image.description="Galley's gateway: tells connected clients of every change"
COPY --from=gateway-files /app ./
ENV PORT=3001 MANAGEMENT_PORT=9465
EXPOSE 3001 9465
# Node 24 gives new objects twice the space of Node 22, and each connection grows with it (docs/PERFORMANCE.md).
CMD ["node", "--max-semi-space-size=16", "apps/gateway/dist/main.js"]

# The pages: nginx, and no Node. The user of the official image owns no file here either.
FROM ${NGINX_IMAGE} AS web
COPY --from=web-files /web /
COPY LICENSE /usr/share/doc/galley/
USER 101:101
EXPOSE 8080
STOPSIGNAL SIGQUIT
HEALTHCHECK --interval=5s --timeout=10s --start-period=30s --retries=3 CMD ["curl", "-fsS", "-o", "/dev/null", "http://127.0.0.1:8080/health/ready"]
ENTRYPOINT ["sh", "/etc/galley/start.sh"]
CMD []
ARG VERSION
ARG REVISION
ARG NGINX_IMAGE
LABEL org.opencontainers.image.vendor="Galley" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.base.name="${NGINX_IMAGE}" \
      org.opencontainers.image.title="web" \
      org.opencontainers.image.description="Galley's pages: the board, the wall and the page of tracking links"
