# syntax=docker/dockerfile:1
# One image for api, worker, migrate and load; the word after it says which.

FROM node:22-slim AS web
WORKDIR /src
COPY miniprogram/package.json miniprogram/package-lock.json miniprogram/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY miniprogram/ ./
RUN CI=1 npm run build:h5 && test -f dist/build/h5/index.html

FROM python:3.11-slim AS wheels
COPY requirements.txt /
RUN pip wheel --no-cache-dir --require-hashes --wheel-dir /wheels -r /requirements.txt

FROM python:3.11-slim AS runtime
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HOST=0.0.0.0 PORT=8000 DEMO=0 VAR=/data WEB_DIST=/srv/web
# The hashes were checked when the wheels were made; some are built from sources and have new ones.
RUN --mount=type=bind,from=wheels,source=/wheels,target=/wheels \
    pip install --no-cache-dir --no-index --no-deps /wheels/*.whl
RUN groupadd --gid 10001 yimen && useradd --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin yimen \
    && mkdir -p /data && chown yimen:yimen /data
WORKDIR /srv/yimen
COPY main.py settings.py pyproject.toml ./
COPY api/ api/
COPY models/ models/
COPY workers/ workers/
COPY gateways/ gateways/
COPY local/ local/
COPY county/ county/
COPY --from=web /src/dist/build/h5 /srv/web
USER 10001:10001
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
ENTRYPOINT ["python", "main.py"]
CMD ["api"]
