"""One PostgreSQL per session, one empty database per test."""

import itertools
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from ledger.embedded import Cluster, default_bin_dir
from tests.whole import second_whole, whole, whole_template

__all__ = ["second_whole", "whole", "whole_template"]

DEBIAN_BIN_DIRS = {"15": Path("/usr/lib/postgresql/15/bin")}
_numbers = itertools.count(1)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--pg", choices=["18", *DEBIAN_BIN_DIRS], default="18", help="PostgreSQL")
    parser.addoption("--full", action="store_true", help="full scale: the figures in the issues")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test that uses a server, so that none can be forgotten on the other version."""
    for item in items:
        server = {"cluster", "bin_dir"} & set(getattr(item, "fixturenames", ()))
        if server and not item.get_closest_marker("one_server"):
            item.add_marker("postgres")


@pytest.fixture(scope="session")
def full(request: pytest.FixtureRequest) -> bool:
    """Whether this run is at full scale."""
    return bool(request.config.getoption("full"))


@pytest.fixture(scope="session")
def bin_dir(request: pytest.FixtureRequest) -> Path:
    """The programs of the PostgreSQL asked for with --pg: 18 is the wheel's."""
    bin_dir = DEBIAN_BIN_DIRS.get(request.config.getoption("pg")) or default_bin_dir()
    assert (bin_dir / "postgres").exists(), f"no PostgreSQL in {bin_dir}"
    return bin_dir


@pytest.fixture(scope="session")
def cluster(bin_dir: Path) -> Iterator[Cluster]:
    """A running server that no one else uses and that is gone afterwards."""
    directory = Path(tempfile.mkdtemp(prefix="liggaren-test-"))
    try:
        with Cluster(directory, bin_dir=bin_dir, fsync=False) as cluster:
            yield cluster
    finally:
        shutil.rmtree(directory)


@pytest.fixture
def database(cluster: Cluster) -> Iterator[str]:
    """The connection string of an empty database, dropped after the test."""
    name = sql.Identifier(f"test_{next(_numbers)}")
    create = sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'")
    drop = sql.SQL("DROP DATABASE {} WITH (FORCE)")
    with psycopg.connect(cluster.dsn(), autocommit=True) as connection:
        connection.execute(create.format(name))
    yield cluster.dsn(dbname=name.as_string().strip('"'))
    with psycopg.connect(cluster.dsn(), autocommit=True) as connection:
        connection.execute(drop.format(name))
