# syntax=docker/dockerfile:1
FROM python:3.11-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /src
COPY pyproject.toml README.md ./
COPY assistant assistant
COPY connectors connectors
COPY evals evals
COPY knowledge knowledge
RUN python -m venv /opt/storebot && /opt/storebot/bin/pip install .

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin storebot \
    && install -d -o storebot -g storebot -m 0750 /data
COPY --from=build /opt/storebot /opt/storebot
ENV PATH=/opt/storebot/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    STOREBOT_DATA_DIR=/data
USER storebot
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=3)"]
ENTRYPOINT ["storebot"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
