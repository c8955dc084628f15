"""The ledger's databases for tests; see `store_fixtures.py`."""

from collections.abc import Callable, Iterator

import pytest

from ledger.embedded import Cluster
from tests.ledger.store_fixtures import Store, copy, drop, make_template


@pytest.fixture(scope="session")
def template(cluster: Cluster) -> str:
    """The name of a migrated, founded and opened ledger database that nobody is connected to."""
    return make_template(cluster)


@pytest.fixture
def new_store(cluster: Cluster, template: str) -> Iterator[Callable[[], Store]]:
    """Make ledger databases, gone after the test."""
    stores: list[Store] = []

    def make() -> Store:
        stores.append(copy(cluster, template))
        return stores[-1]

    yield make
    for store in stores:
        drop(store)


@pytest.fixture
def store(new_store: Callable[[], Store]) -> Store:
    """A ledger database of the test's own, opened, with nothing in it."""
    return new_store()


@pytest.fixture(scope="session")
def shared_store(cluster: Cluster, template: str) -> Iterator[tuple[Store, str]]:
    """One database for the whole session, and the digest it has from the beginning."""
    store = copy(cluster, template)
    yield store, store.digest()
    drop(store)


@pytest.fixture
def refusing(shared_store: tuple[Store, str]) -> Iterator[Store]:
    """A ledger database for what is refused; shared, and the same after each test as before."""
    store, digest = shared_store
    yield store
    assert store.digest() == digest, "something was kept"
