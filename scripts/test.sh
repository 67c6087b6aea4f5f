#!/usr/bin/env bash
# All tests on SQLite, then all of them again on PostgreSQL and Redis where these are given.
# usage: test.sh BIN JOBS
set -euo pipefail
bin=$1 jobs=$2
export DJANGO_SETTINGS_MODULE=invoiceapp.settings.test
database=${DATABASE_URL:-} redis=${REDIS_URL:-}

run() {
    "$bin/python" -m pytest -q -n "$jobs" --dist loadgroup "$@" ${PYTEST_ARGS:-}
}

if [[ $database == postgres* ]]; then
    echo "== SQLite"
    # What needs a service comes in the second run and is counted there. So do browsers and
    # foreign clients and servers: they see pages and answers, never the database.
    env -u DATABASE_URL -u REDIS_URL -u REQUIRE_SERVICES \
        "$bin/python" -m pytest -q -n "$jobs" --dist loadgroup ${PYTEST_ARGS:-} \
        -m "not browser and not node and not php and not dovecot and not sshd and not rather_on_postgres"
    echo "== PostgreSQL${redis:+ and Redis}"
    WHAT_SEES_NO_DATABASE="ran already" run -m "not once"
else
    echo "== SQLite"
    run
    echo "Left out: the PostgreSQL run (set DATABASE_URL=postgres://… to include it)."
fi
[ -n "$redis" ] || echo "Left out: what needs Redis (set REDIS_URL=redis://… to include it)."
