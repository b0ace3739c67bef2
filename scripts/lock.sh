#!/bin/sh
# Resolves pyproject.toml anew. The lock names packages and hashes, never the place they came from.
set -eu
cd "$(dirname "$0")/.."
uv=.venv/bin/uv
"$uv" pip compile pyproject.toml --extra dev --universal --python-version 3.11 --upgrade --generate-hashes --quiet \
    --no-emit-index-url --no-emit-find-links --no-emit-index-annotation \
    --custom-compile-command "make lock" --output-file requirements.lock
# With Spark, which needs an older pandas; all else as above, since what a lock says already is kept where it can be.
cp requirements.lock requirements-spark.lock
"$uv" pip compile pyproject.toml --extra dev --extra spark --universal --python-version 3.11 --generate-hashes --quiet \
    --no-emit-index-url --no-emit-find-links --no-emit-index-annotation \
    --custom-compile-command "make lock" --output-file requirements-spark.lock
echo uv | "$uv" pip compile - --universal --python-version 3.11 --upgrade --generate-hashes --quiet \
    --no-emit-index-url --no-emit-find-links --no-emit-index-annotation \
    --custom-compile-command "make lock" --output-file requirements-uv.txt
if grep -nE '://|^--|file:' requirements.lock requirements-spark.lock requirements-uv.txt; then
    echo "The lines above name a place; a lock must not. Take the package from an index instead." >&2
    exit 1
fi
