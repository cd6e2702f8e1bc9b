FROM python:3.13-slim AS build
WORKDIR /app
COPY requirements.txt .
RUN python -m venv /venv \
    && /venv/bin/python -m pip install --no-cache-dir --require-hashes --only-binary :all: -r requirements.txt
COPY . .
# Compiled here, because the program may not write beside itself: a start without bytecode takes four times as long.
RUN /venv/bin/python -m compileall -q bot.py cogs core db deploy migrations

FROM python:3.13-slim
RUN useradd --system --uid 10001 --no-create-home cartel \
    && install -d -o cartel -g cartel /data
COPY --from=build /venv /venv
COPY --from=build /app /app
# A copied .env.example says `data`, and what it says wins over the places below.
RUN ln -s /data /app/data
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DATA_DIR=/data \
    DATABASE_URL=sqlite:////data/cartel.db \
    LOG_FORMAT=json
WORKDIR /app
USER cartel
VOLUME /data
EXPOSE 8443
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 CMD ["python", "deploy/healthcheck.py"]
ENTRYPOINT ["python", "bot.py"]
CMD ["run"]
