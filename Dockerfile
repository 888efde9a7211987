# The images, one a target: docker build --target orders-api . and --target gateway .
# Plain instructions only, so that every builder can build it.
ARG NODE_IMAGE=node:24-slim

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
# Another registry than npm's own.
ARG NPM_CONFIG_REGISTRY
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM dependencies AS build
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY nest-cli.json tsconfig.json tsconfig.build.json ./
COPY libs libs
COPY apps apps
RUN npm run build && find dist \( -name '*.map' -o -name .tsbuildinfo \) -delete

# What all of them share. Nothing in it belongs to the user that runs it, so nothing can be changed.
FROM ${NODE_IMAGE} AS app
WORKDIR /app
COPY --from=dependencies /app/package.json ./
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist/libs dist/libs
COPY docker/healthcheck.mjs docker/
ENV NODE_ENV=production LOG_FORMAT=json
# By number, so that Kubernetes can see that it is not root.
USER 1000:1000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s --timeout=3s --start-period=60s --retries=3 CMD ["node", "docker/healthcheck.mjs"]
ARG VERSION
ARG REVISION
ARG NODE_IMAGE
LABEL org.opencontainers.image.vendor="Galley" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.base.name="${NODE_IMAGE}"

FROM app AS orders-api
LABEL org.opencontainers.image.title="orders-api" \
      org.opencontainers.image.description="Galley's orders API: keeps orders in MongoDB and publishes every change"
COPY --from=build /app/dist/apps/orders-api dist/apps/orders-api
ENV PORT=3000
EXPOSE 3000
CMD ["node", "dist/apps/orders-api/src/main.js"]

FROM app AS gateway
LABEL org.opencontainers.image.title="gateway" \
      org.opencontainers.image.description="Galley's gateway: tells connected clients of every change"
COPY --from=build /app/dist/apps/gateway dist/apps/gateway
ENV PORT=3001
EXPOSE 3001
CMD ["node", "dist/apps/gateway/src/main.js"]
