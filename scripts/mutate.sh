#!/bin/sh
# mutate.sh [MUTANT…]: puts small faults into the verifier, one after another, and says how many its tests notice.
# Works in a temporary copy and in an environment of its own (.venv-mutation). Takes about ten minutes on two cores.
set -eu
cd "$(dirname "$0")/.."
here=$(pwd)
[ -x .venv-mutation/bin/mutmut ] || {
    .venv/bin/python -m venv .venv-mutation
    .venv-mutation/bin/python -m pip install --quiet --disable-pip-version-check \
        mutmut==3.8.1 "pytest<9.2" hypothesis "cryptography>=50"
}
work=${MUTATION_FOLDER:-$(mktemp -d)}
mkdir -p "$work/tests"
cd "$work"
rm -rf verivote tests/verivote
cp -R "$here/verivote" .
cp -R "$here/tests/verivote" tests/
touch tests/__init__.py
# Left out: tests that start a process of their own, where no fault would be, and the one that reads the source.
cat >pyproject.toml <<'END'
[project]
name = "mutated"
version = "0"

[tool.pytest.ini_options]
pythonpath = ["."]
markers = ["slow: left out"]
addopts = "-p no:cacheprovider -m 'not slow' -k 'not gigabyte and not copy_of_the_folder and not every_code_has and not number_of_processes'"

[tool.mutmut]
source_paths = ["verivote/"]
also_copy = ["tests", "verivote"]
do_not_mutate = ["verivote/sentences.py"]
pytest_add_cli_args_test_selection = ["tests/verivote/"]
END
PATH="$here/.venv-mutation/bin:$PATH"
status=0
mutmut run "$@" >mutmut.txt 2>&1 || status=$?
tr '\r' '\n' <mutmut.txt | tail -n 3
mutmut export-cicd-stats >/dev/null 2>&1 && cat mutants/mutmut-cicd-stats.json
echo
mutmut results
echo "Survivors are shown by: cd $work && $here/.venv-mutation/bin/mutmut show NAME"
exit "$status"
