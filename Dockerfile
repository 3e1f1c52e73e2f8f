# One image for every role; docker-compose.yml names the command of each.
FROM node:24-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=cache,target=/var/cache/npm npm ci --omit=dev --no-audit --cache=/var/cache/npm

FROM node:24-bookworm-slim
# Temporal's SDK takes the roots of TLS from the system, and the slim image has none.
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*
WORKDIR /app
ENV NODE_ENV=production DATA_DIR=/data
RUN install -d -o node -g node /data
COPY --from=packages /app/node_modules node_modules
COPY . .
# The workflows as one script, so that no worker has to make it at its start.
RUN node -e "import('./workers/bundle.ts').then(({ buildWorkflowBundle }) => buildWorkflowBundle()).then(({ codePath }) => process.exit(codePath ? 0 : 1))"
USER node
EXPOSE 8080
CMD ["node", "scripts/rockbridge.ts", "bridge"]
