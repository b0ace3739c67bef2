#!/bin/sh
# environment.sh [FOLDER LOCK]: makes .venv from requirements.lock, or FOLDER from LOCK. Called by make; safe to run again.
set -eu
cd "$(dirname "$0")/.."

VENV=${1:-.venv}
LOCK=${2:-requirements.lock}

say() { printf '%s\n' "$*" >&2; }

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }
has_venv() { "$1" -c 'import venv, ensurepip' 2>/dev/null; }

find_python() {
    without_venv=
    for candidate in ${PYTHON:-python3.13 python3.12 python3.11 python3}; do
        is_new_enough "$candidate" || continue
        if has_venv "$candidate"; then
            echo "$candidate"
            return
        fi
        without_venv=${without_venv:-$candidate}
    done
    if [ -n "$without_venv" ]; then
        package=$("$without_venv" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
        say "$without_venv cannot make virtual environments. Type this, then run make again:"
        say "    sudo apt-get install -y $package"
    else
        say "Gongjian needs Python 3.11 or newer, and none was found. On Debian or Ubuntu type this, then run make again:"
        say "    sudo apt-get install -y python3 python3-venv"
        say "A Python that stands elsewhere can be named: make PYTHON=/path/to/python3 …"
    fi
    exit 1
}

install_with_uv() {
    "$VENV"/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.txt || return 1
    # uv does not read pip's settings: where pip is told of another index, tell uv of the same.
    if [ -z "${UV_DEFAULT_INDEX:-}${UV_INDEX_URL:-}" ]; then
        index=${PIP_INDEX_URL:-$("$VENV"/bin/python -m pip config get global.index-url 2>/dev/null || true)}
        [ -z "$index" ] || export UV_DEFAULT_INDEX="$index"
    fi
    "$VENV"/bin/uv pip sync --quiet --python "$VENV"/bin/python --require-hashes "$LOCK" &&
        "$VENV"/bin/uv pip install --quiet --python "$VENV"/bin/python --no-deps --no-build-isolation -e .
}

install_with_pip() {
    "$VENV"/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$LOCK" &&
        "$VENV"/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
}

if ! { [ -x "$VENV"/bin/python ] && is_new_enough "$VENV"/bin/python && "$VENV"/bin/python -m pip --version >/dev/null 2>&1; }; then
    python=$(find_python)
    say "Making the environment in $VENV with $("$python" --version) …"
    rm -rf "$VENV"
    "$python" -m venv "$VENV"
else
    say "Bringing the environment in $VENV to what $LOCK says …"
fi

if ! install_with_uv; then
    say "uv could not do it; trying with pip …"
    install_with_pip || {
        say "The packages could not be installed: see the lines above. If this network reaches no package index,"
        say "set PIP_INDEX_URL to one that it reaches, then run make again."
        exit 1
    }
fi
touch "$VENV"/.complete
say "The environment is ready."
