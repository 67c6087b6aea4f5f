#!/usr/bin/env bash
# Serve everything. Without a broker the web process works in the background itself;
# with REDIS_URL or BROKER_URL a worker and the scheduler run beside it.
# usage: run.sh BIN
set -euo pipefail
bin=$1
children=()
stop() {
    trap - EXIT INT TERM
    [ ${#children[@]} -eq 0 ] || kill "${children[@]}" 2>/dev/null || true
    wait
}
trap stop EXIT INT TERM

if [ -n "${REDIS_URL:-}${BROKER_URL:-}" ]; then
    "$bin/celery" --quiet -A invoiceapp worker --loglevel WARNING --concurrency "${WORKER_CONCURRENCY:-4}" &
    children+=($!)
    "$bin/celery" --quiet -A invoiceapp beat --loglevel WARNING --schedule "${DATA_DIR:-.data}/beat-schedule" &
    children+=($!)
fi
"$bin/python" -m gunicorn -c invoiceapp/gunicorn_conf.py invoiceapp.wsgi &
children+=($!)
# Leave when the first of them leaves, so that a supervisor sees it.
wait -n "${children[@]}"
