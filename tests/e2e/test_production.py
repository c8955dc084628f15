"""Production as `docs/drift.md` has it: passwords, an outside issuer, and what is refused."""

import json
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from secrets import token_hex
from time import monotonic, sleep
from typing import Final

import psycopg
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey
from psycopg import sql

from api.clock import utc_now
from ledger.connections import DESTROYER, KEY_DESTROYER, KEYS, MIGRATOR
from ledger.embedded import Cluster
from scripts.settings import DESTROYING, KEY_MIGRATOR, MIGRATING, SERVING, variable_of
from tests.e2e.conftest import ROOT, Command

PASSWORD: Final = token_hex(8)
ISSUER: Final = "https://idp.example"
AUDIENCE: Final = "urn:example:liggaren"
KEY: Final = ECKey.generate_key("P-256", auto_kid=True)
EVERY_ROLE: Final = SERVING | MIGRATING | DESTROYING


@dataclass
class Production:
    """A server with passwords, and the command set up for it."""

    cluster: Cluster
    liggare: Command

    def let_in(self, how: str) -> None:
        """Say how the server lets roles in: `scram-sha-256` or `trust`."""
        hba = self.cluster.directory / "data" / "pg_hba.conf"
        hba.write_text(f"local all postgres trust\nlocal all all {how}\n")
        with psycopg.connect(self.cluster.dsn(), autocommit=True) as superuser:
            superuser.execute("SELECT pg_reload_conf()")
        deadline = monotonic() + 10
        while self._lets_in_anybody() is not (how == "trust"):
            assert monotonic() < deadline
            sleep(0.01)

    def _lets_in_anybody(self) -> bool:
        try:
            with psycopg.connect(self.cluster.dsn(user=MIGRATOR), password="wrong"):  # noqa: S106 - wrong on purpose
                return True
        except psycopg.OperationalError:
            return False


@pytest.fixture(scope="module")
def production(bin_dir: Path) -> Iterator[Production]:
    """A production of its own, prepared by the document's own statements."""
    directory = Path(tempfile.mkdtemp(prefix="liggaren-test-"))
    try:
        with Cluster(directory / "pg", bin_dir=bin_dir, fsync=False) as cluster:
            prepare(cluster)
            made = Production(cluster, Command(settings(cluster, directory)))
            made.let_in("scram-sha-256")
            yield made
    finally:
        shutil.rmtree(directory)


def prepare(cluster: Cluster) -> None:
    """Do what a superuser does once."""
    document = (ROOT / "docs" / "drift.md").read_text("utf-8")
    (block,) = re.findall(r"```sql\n(.*?)```", document, re.DOTALL)
    creates = re.findall(r"^CREATE DATABASE .*;$", block, re.MULTILINE)
    assert len(creates) == 2
    settings_of_the_log = re.findall(r"^ALTER SYSTEM [^;]*;", block, re.MULTILINE)
    assert settings_of_the_log
    roles = files("ledger").joinpath("sql", "roles.sql").read_text("utf-8")
    with psycopg.connect(cluster.dsn(), autocommit=True) as superuser:
        superuser.execute(roles.encode())
        for statement in creates + settings_of_the_log:
            superuser.execute(statement.encode())
        for role in {role.partition("@")[0] for role in EVERY_ROLE}:
            superuser.execute(
                sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), PASSWORD)
            )


def settings(cluster: Cluster, directory: Path) -> dict[str, str]:
    """Return the variables of the document's tables."""
    jwks = directory / "keys.json"
    jwks.write_text(json.dumps({"keys": [KEY.as_dict(private=False)]}))
    dsns = {}
    for role in EVERY_ROLE:
        database = "liggaren_keys" if role in {KEYS, KEY_DESTROYER, KEY_MIGRATOR} else "liggaren"
        login = DESTROYER if role == KEY_DESTROYER else role.partition("@")[0]
        dsns[variable_of(role)] = f"{cluster.dsn(database, login)} password={PASSWORD}"
    return {
        "LIGGAREN_ENV": "production",
        "LIGGAREN_HOME": str(directory / "home"),
        "LIGGAREN_VAULT": str(directory / "vault"),
        "LIGGAREN_ISSUER": ISSUER,
        "LIGGAREN_AUDIENCE": AUDIENCE,
        "LIGGAREN_JWKS": str(jwks),
        **dsns,
    }


def token(officer: str) -> str:
    """Return a token as the outside issuer makes it."""
    now = utc_now()
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": officer,
        "iat": int(now.timestamp()),
        "exp": int((now + timedelta(minutes=5)).timestamp()),
    }
    header = {"alg": "ES256", "typ": "at+jwt", "kid": KEY.kid}
    return jwt.encode(header, claims, KEY, algorithms=["ES256"])


@pytest.fixture(scope="module")
def officer(production: Production) -> str:
    """The first officer of a production that has been founded by the migrator's own login."""
    told = production.liggare.done(
        "init", "--namnd", "Nämnden", "--handlaggare", "Sigrid", "--json"
    )
    assert len(told.json["logs"]) == 5
    return str(told.json["officer"])


def test_the_first_officer_acts_by_a_token(production: Production, officer: str) -> None:
    fact = {"type": "OfficerRegistered", "occurred": "unknown", "fact": {"name": "Berit"}}
    told = production.liggare(
        "record", "system", "--json", stdin=fact, LIGGAREN_TOKEN=token(officer)
    )
    assert told.code == 0, told
    check = production.liggare("fsck", "--json", LIGGAREN_TOKEN=token(officer))
    assert check.code == 0, check
    assert check.json["faults"] == []


def test_founding_again_needs_the_names_and_changes_nothing(
    production: Production, officer: str
) -> None:
    assert production.liggare("init").code == 2
    again = production.liggare.done("init", "--namnd", "X", "--handlaggare", "Y", "--json")
    assert again.json["registered"] is False
    assert again.json["officer"] == officer


def test_nobody_acts_without_a_token_or_by_a_development_name(
    production: Production, officer: str
) -> None:
    assert production.liggare("rebuild").code == 4
    assert production.liggare("rebuild", "--as", "admin").code == 4
    assert production.liggare("token", "--as", "admin").code == 4
    nonsense = production.liggare("rebuild", LIGGAREN_TOKEN="x")  # noqa: S106 - wrong on purpose
    assert nonsense.code == 4
    stranger = production.liggare("rebuild", LIGGAREN_TOKEN=token("0" * 8 + officer[8:]))
    assert stranger.code == 4
    assert not list(Path(production.liggare.environ["LIGGAREN_HOME"]).glob("dev"))


def test_a_production_ledger_is_no_development_ledger(production: Production, officer: str) -> None:
    answer = production.liggare("rebuild", "--as", officer, LIGGAREN_ENV="development")
    assert answer.code == 2
    assert "production" in answer.err


def test_a_server_that_asks_for_no_password_is_refused(
    production: Production, officer: str
) -> None:
    production.let_in("trust")
    try:
        answer = production.liggare("rebuild", LIGGAREN_TOKEN=token(officer))
    finally:
        production.let_in("scram-sha-256")
    assert answer.code == 2
    assert "lösenord" in answer.err
    assert PASSWORD not in answer.err


def test_a_missing_dsn_is_named_and_nothing_starts(production: Production, officer: str) -> None:
    answer = production.liggare(
        "rebuild", LIGGAREN_TOKEN=token(officer), LIGGAREN_DSN_WRITER_HYRA=""
    )
    assert answer.code == 2
    assert "LIGGAREN_DSN_WRITER_HYRA" in answer.err


def test_reading_needs_neither_the_migrators_nor_the_destroyers_login(
    production: Production, officer: str
) -> None:
    without = {variable_of(role): "" for role in (MIGRATOR, *MIGRATING, *DESTROYING)}
    answer = production.liggare(
        "state", f"system/{officer}", LIGGAREN_TOKEN=token(officer), **without
    )
    assert answer.code == 0, answer
    assert production.liggare("fsck", LIGGAREN_TOKEN=token(officer), **without).code == 2


def test_a_file_that_holds_no_keys_is_refused(
    production: Production, officer: str, tmp_path: Path
) -> None:
    path = tmp_path / "keys.json"
    path.write_text("{}")
    answer = production.liggare("rebuild", LIGGAREN_TOKEN=token(officer), LIGGAREN_JWKS=str(path))
    assert answer.code == 2
    assert "LIGGAREN_JWKS" in answer.err
