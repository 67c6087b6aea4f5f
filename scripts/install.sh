#!/usr/bin/env bash
# Make the virtual environment and install a requirements file into it.
# usage: install.sh PYTHON VENV REQUIREMENTS
set -euo pipefail
python=$1 venv=$2 requirements=$3

"$python" - <<'PY' || { echo "InvoiceApp needs Python 3.11 or newer; set PYTHON=/path/to/python3.11" >&2; exit 1; }
import sys
sys.exit(sys.version_info < (3, 11))
PY
if [ ! -x "$venv/bin/python" ]; then
    "$python" -m venv "$venv" || { echo "Could not make $venv; on Debian: apt-get install python3-venv" >&2; exit 1; }
fi
echo "Installing $requirements into $venv …"
log="$venv/install.log"
# What pip says matters only when it fails.
if ! "$venv/bin/python" -m pip install --disable-pip-version-check --quiet -r "$requirements" >"$log" 2>&1; then
    cat "$log" >&2
    exit 1
fi
