"""What may be set together, and what may not."""

from pathlib import Path

import pytest

from ledger.codec import Lane
from ledger.connections import KEYS, MIGRATOR, ROLES, writer
from scripts.settings import (
    DESTROYING,
    KEY_MIGRATOR,
    MIGRATING,
    SERVING,
    Settings,
    SettingsError,
    variable_of,
)

EVERY_ROLE = SERVING | MIGRATING | DESTROYING
PRODUCTION = {
    "LIGGAREN_ENV": "production",
    "LIGGAREN_VAULT": "/vault",
    "LIGGAREN_ISSUER": "https://idp.example",
    "LIGGAREN_AUDIENCE": "liggaren",
    "LIGGAREN_JWKS": "/keys.json",
    **{
        variable_of(role): f"host=/run dbname=x user={role.partition('@')[0]}"
        for role in EVERY_ROLE
    },
}


def test_development_needs_nothing() -> None:
    settings = Settings.read({})
    assert settings.development
    assert settings.embedded
    assert settings.home == Path(__file__).parents[2] / ".ledger"


def test_one_dsn_for_each_database_is_enough_in_development() -> None:
    settings = Settings.read({"LIGGAREN_DSN": "dbname=a", "LIGGAREN_KEYS_DSN": "dbname=b"})
    assert not settings.embedded
    conninfos = settings.conninfos(EVERY_ROLE)
    assert conninfos.keys() >= {*ROLES, KEYS, KEY_MIGRATOR}
    assert f"role={writer(Lane.HYRA)}" in conninfos[writer(Lane.HYRA)]


def test_production_has_a_dsn_for_each_role() -> None:
    settings = Settings.read(PRODUCTION)
    assert not settings.embedded
    assert settings.conninfos(EVERY_ROLE).keys() == EVERY_ROLE


@pytest.mark.parametrize("role", sorted(EVERY_ROLE))
def test_production_refuses_a_missing_dsn_by_its_name(role: str) -> None:
    given = {name: value for name, value in PRODUCTION.items() if name != variable_of(role)}
    with pytest.raises(SettingsError, match=variable_of(role)):
        Settings.read(given).conninfos(EVERY_ROLE)


def test_serving_needs_neither_the_migrators_nor_the_destroyers_dsn() -> None:
    kept = {variable_of(role) for role in SERVING}
    given = {
        name: value
        for name, value in PRODUCTION.items()
        if not name.startswith("LIGGAREN_DSN_") or name in kept
    }
    assert MIGRATOR not in Settings.read(given).conninfos(SERVING)


@pytest.mark.parametrize(
    "changed",
    [
        {"LIGGAREN_ENV": "prod"},
        {"LIGGAREN_DSN": "dbname=a"},
        {"LIGGAREN_DSN": "dbname=a", "LIGGAREN_KEYS_DSN": "dbname=b"},
        {"LIGGAREN_VAULT": ""},
        {"LIGGAREN_ISSUER": ""},
        {"LIGGAREN_AUDIENCE": ""},
        {"LIGGAREN_JWKS": ""},
    ],
)
def test_what_cannot_be_together_is_refused(changed: dict[str, str]) -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.read(PRODUCTION | changed)
    assert refused.value.remedy


@pytest.mark.parametrize("alone", ["LIGGAREN_DSN", "LIGGAREN_KEYS_DSN"])
def test_one_database_alone_is_no_ledger(alone: str) -> None:
    with pytest.raises(SettingsError, match="Bara en"):
        Settings.read({alone: "dbname=a"})


def test_no_dsn_is_told_in_an_error() -> None:
    secret = PRODUCTION | {variable_of(KEYS): "password=hemligt"}
    settings = Settings.read(secret | {variable_of(MIGRATOR): ""})
    with pytest.raises(SettingsError) as refused:
        settings.conninfos(EVERY_ROLE)
    assert "hemligt" not in refused.value.message + refused.value.remedy
