# One image for gate, media and analysis, docker-compose.yml tells each what to run; and `turn`.

FROM node:22-bookworm-slim AS client
WORKDIR /build
COPY client/package.json client/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY client ./
RUN npm run build

FROM debian:bookworm-slim AS turn
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends coturn \
    && rm -rf /var/lib/apt/lists/*
COPY turn /turn
USER 10001:10001
CMD ["/turn/start.sh"]

# The C loop of the media engine: built here and nowhere else, so that the image has no compiler.
FROM debian:bookworm-slim AS native
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends gcc libc6-dev \
    && rm -rf /var/lib/apt/lists/*
COPY server/media/embedded/native /native
RUN /native/build.sh

FROM python:3.11-slim-bookworm AS packages
RUN pip install --no-cache-dir "uv>=0.13.9,<0.14"
WORKDIR /app
COPY pyproject.toml uv.lock ./
RUN uv sync --locked --no-default-groups --all-extras --no-cache --compile-bytecode

FROM python:3.11-slim-bookworm
# Volumes take the owner of the folders they are first mounted on.
RUN for folder in /masil /masil/run /masil/db /masil/secrets /masil/models; do \
        install -d -m 0700 -o 10001 -g 10001 "$folder"; done
WORKDIR /app
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
COPY --from=packages /app/.venv .venv
COPY LICENSE pyproject.toml ./
COPY protocol protocol
COPY confinement confinement
COPY analysis analysis
COPY server server
COPY --from=native /native/fan_out.so server/media/embedded/native/
COPY --from=client /build/dist client/dist
RUN python -m compileall -q protocol confinement analysis server
USER 10001:10001
CMD ["python", "-m", "server", "serve"]
