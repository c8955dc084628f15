"""A service for each module, and one of its own for a test that breaks it."""

import itertools
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Final

import psycopg
import pytest
from psycopg import sql

from domain.processes import Processes
from ledger.codec import Lane
from ledger.connections import DESTROYER, KEY_DESTROYER, KEYS, ROLES
from ledger.embedded import Cluster
from ledger.migrate import Database
from ledger.store import Environment, Ledger, found
from tests.api.service import Service, serving
from tests.whole import Whole, by, fresh

_numbers: Final = itertools.count(1)


@pytest.fixture(scope="module")
def service(
    cluster: Cluster,
    whole_template: dict[Database, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Service]:
    """A service that the tests of a module share."""
    directory = tmp_path_factory.mktemp("service")
    number = next(_numbers)
    names = {database: f"api_{database}_{number}" for database in whole_template}
    with psycopg.connect(cluster.dsn(), autocommit=True) as server:
        for database, template in whole_template.items():
            statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
            server.execute(
                statement.format(sql.Identifier(names[database]), sql.Identifier(template))
            )
        conninfos = {
            **{role: cluster.dsn(names["ledger"], role) for role in ROLES},
            KEYS: cluster.dsn(names["keys"], KEYS),
            KEY_DESTROYER: cluster.dsn(names["keys"], DESTROYER),
        }
        found(conninfos, fresh(), Environment.DEVELOPMENT)
        with Ledger.open(conninfos, directory / "vault") as ledger:
            processes = Processes(ledger)
            _open_logs(processes)
            with serving(processes, directory) as service:
                yield service
        for name in names.values():
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def own_service(whole: Whole, tmp_path: Path) -> Iterator[Service]:
    """A service of the test's own, which it may break."""
    with serving(whole.processes, tmp_path) as service:
        yield service


def _open_logs(processes: Processes) -> None:
    for lane in Lane:
        opened = import_module(f"domain.{lane}.events").EpochOpened(
            reason="grundad", environment="development"
        )
        processes[lane].open_log(opened, 1, by())
