"""Only `make test-spark` runs these: in other environments there is no Spark, and they are not collected."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

if find_spec("pyspark") is None:
    collect_ignore_glob = ["test_*.py", "cluster.py"]


@pytest.fixture(scope="session")
def _settled(tmp_path_factory: pytest.TempPathFactory) -> None:
    from .cluster import settle

    settle(tmp_path_factory.mktemp("spark-conf"))


@pytest.fixture(scope="session")
def cluster(_settled: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a cluster that stands while the tests run."""
    from .cluster import Cluster

    made = Cluster(tmp_path_factory.mktemp("cluster"))
    yield made.address
    made.stop()


@pytest.fixture
def new_cluster(_settled: None, tmp_path: Path) -> Iterator[Callable[[], object]]:
    """Makes clusters that a test may destroy."""
    from .cluster import Cluster

    made: list[Cluster] = []

    def make() -> Cluster:
        folder = tmp_path / f"cluster-{len(made)}"
        folder.mkdir()
        made.append(Cluster(folder))
        return made[-1]

    yield make
    for each in made:
        each.stop()
