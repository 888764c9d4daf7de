# One image for every process; the command says which:  docker run IMAGE run news-consumer
# The base is pinned by version. Pin it by digest as well where your registry mirror tells you one:
# this project cannot look digests up while it is built, and an invented one would be worse than none.
ARG PYTHON_IMAGE=python:3.12.12-slim-bookworm

FROM ${PYTHON_IMAGE} AS build
# Only on processors for which faust-streaming publishes no wheel (arm64): it is compiled here, and the compiler stays here.
RUN if [ "$(dpkg --print-architecture)" != amd64 ]; then \
        apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev && rm -rf /var/lib/apt/lists/*; \
    fi
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/policy-signals
# The libraries first: they change less often than the project, so this layer is mostly taken from the cache.
COPY requirements-runtime.lock /source/
RUN /opt/policy-signals/bin/pip install --quiet --require-hashes --requirement /source/requirements-runtime.lock
COPY pyproject.toml README.md /source/
COPY services /source/services
COPY config /source/config
COPY streams /source/streams
RUN /opt/policy-signals/bin/pip install --quiet --no-deps --no-build-isolation /source \
    && /opt/policy-signals/bin/pip uninstall --quiet --yes setuptools pip

FROM ${PYTHON_IMAGE}
RUN groupadd --system --gid 10001 signals && useradd --system --uid 10001 --gid signals --no-create-home signals
COPY --from=build /opt/policy-signals /opt/policy-signals
# Inside a container the loopback address would hide the metrics from Prometheus; publish the port to whom you mean.
ENV PATH=/opt/policy-signals/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 METRICS_HOST=0.0.0.0 METRICS_PORT=9100
USER 10001:10001
WORKDIR /tmp
EXPOSE 9100
# Alive, not ready: a process that waits for Kafka must not be restarted for it. /readyz tells what it waits for.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen('http://127.0.0.1:' + os.environ['METRICS_PORT'] + '/healthz', timeout=4)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["policy-signals"]
CMD ["--help"]
