# Stand-in for the official registry image where it can't be pulled: the same program, from Debian.
ARG BASE=python:3.11-slim-bookworm
FROM ${BASE}
RUN apt-get update \
    && apt-get install --yes --no-install-recommends docker-registry \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin
COPY registry.yml /etc/docker/registry/config.yml
EXPOSE 5000
ENTRYPOINT ["docker-registry", "serve", "/etc/docker/registry/config.yml"]
