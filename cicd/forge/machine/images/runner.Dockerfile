# The image of job containers (--runner docker): the commands that the kit's actions and a checkout need.
ARG BASE=python:3.11-slim-bookworm
FROM ${BASE}
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates curl docker.io git openssh-client \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin \
        /usr/bin/dockerd /usr/bin/docker-proxy /usr/bin/containerd* /usr/bin/ctr /usr/sbin/runc
CMD ["bash"]
