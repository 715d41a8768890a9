# The production image: the program against the system's libpq, which has TLS; nothing runs as root.
#
#   docker build -t mosovo-visits .
#   export MOSOVO__DATABASE__URL='postgres://USER:PASSWORD@HOST/NAME?sslmode=verify-full&sslrootcert=system'
#   docker run --rm -e MOSOVO__DATABASE__URL \
#     -e MOSOVO__AUDIT__SIGNING_KEY_FILE=/audit/signing.audit-key -e MOSOVO__AUDIT__HEADS_DIR=/audit/heads -v mosovo-audit:/audit \
#     mosovo-visits migrate
#   docker run -p 8080:8080 -e MOSOVO__DATABASE__URL \
#     -e MOSOVO__AUTH__ISSUER=https://ISSUER -e MOSOVO__AUTH__AUDIENCE=mosovo-visits \
#     -e MOSOVO__AUTH__PUBLIC_KEYS_FILE=/etc/mosovo-visits/jwks.json \
#     -v "$PWD/jwks.json:/etc/mosovo-visits/jwks.json:ro" \
#     -e MOSOVO__AUDIT__SIGNING_KEY_FILE=/audit/signing.audit-key -e MOSOVO__AUDIT__HEADS_DIR=/audit/heads -v mosovo-audit:/audit \
#     mosovo-visits
#
# The volume mosovo-audit holds the key that signs the audit's heads, made once with `audit key --make` in place of
# `migrate`, and the heads: see docs/AUDIT.md. It must belong to the user 10001.
# jwks.json is the issuer's JWK Set (RFC 7517), readable by the user 10001; production takes no token without it.
# Settings come from variables MOSOVO__SECTION__KEY, or from /srv/config/production.toml mounted in.

FROM rust:1.95-slim-trixie AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpq-dev pkg-config \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /build
COPY . .
# The caches outlive the step, the binary must not lie in one.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/build/target \
    cargo build --release --locked --no-default-features --bin mosovo-visits \
    && cp target/release/mosovo-visits /usr/local/bin/mosovo-visits

FROM debian:trixie-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates curl libpq5 \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --system --gid 10001 mosovo \
    && useradd --system --uid 10001 --gid mosovo --no-create-home --shell /usr/sbin/nologin mosovo
COPY --from=build /usr/local/bin/mosovo-visits /usr/local/bin/mosovo-visits
WORKDIR /srv
USER 10001:10001
ENV MOSOVO__ENVIRONMENT=production \
    MOSOVO__HTTP__BIND=0.0.0.0:8080
EXPOSE 8080
# Ready means that the database is reached and up to date, not only that the process lives.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["curl", "--fail", "--silent", "--show-error", "--output", "/dev/null", "http://127.0.0.1:8080/readyz"]
ENTRYPOINT ["mosovo-visits"]
CMD ["serve"]
