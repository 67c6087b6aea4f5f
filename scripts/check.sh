#!/usr/bin/env bash
# Everything that a machine can check without running the tests.
# usage: check.sh BIN
set -euo pipefail
bin=$1
export DJANGO_SETTINGS_MODULE=invoiceapp.settings.test

step() { printf '%-52s' "$1"; shift; if out=$("$@" 2>&1); then echo ok; else echo FAILED; printf '%s\n' "$out"; exit 1; fi; }

step "format (ruff format)" "$bin/ruff" format --check .
step "lint (ruff check)" "$bin/ruff" check .
step "types (mypy)" "$bin/mypy" core accounts billing integrations invoiceapp
step "import contracts, no circles (import-linter)" "$bin/lint-imports"
step "house rules (tests/architecture)" "$bin/python" -m pytest -q tests/architecture -p no:cacheprovider
step "migrations complete" "$bin/python" manage.py makemigrations --check --dry-run
step "system check" "$bin/python" manage.py check --fail-level WARNING
step "deployment check" env DJANGO_SETTINGS_MODULE=invoiceapp.settings.production \
    "$bin/python" manage.py check --deploy --fail-level WARNING
step "dependencies fit together (pip check)" "$bin/python" -m pip check
echo "All checks passed."
