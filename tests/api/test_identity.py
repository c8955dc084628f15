"""Tokens: what is accepted, and everything else that is not."""

import hmac
import json
import os
import stat
import subprocess
import sys
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from time import perf_counter
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

from api.clock import utc_now
from api.dev_issuer import ISSUER, DevIssuer, DevOfficer, audience
from api.identity import ALGORITHM, TOKEN_TYPE, Verifier, bearer
from api.problems import Problem
from tests.whole import fresh

LEDGER: Final = fresh()
OFFICER: Final = fresh()
KEY: Final = ECKey.generate_key("P-256", auto_kid=True)
VERIFIER: Final = Verifier(
    KeySet([ECKey.import_key(KEY.as_dict(private=False))]), ISSUER, audience(LEDGER)
)
HEADER: Final = {"alg": ALGORITHM, "typ": TOKEN_TYPE, "kid": KEY.kid}


def claims(**changed: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    """Return right claims, some changed or left out (`...`)."""
    now = int(utc_now().timestamp())
    right = {
        "iss": ISSUER,
        "aud": audience(LEDGER),
        "sub": str(OFFICER),
        "iat": now,
        "exp": now + 600,
    } | changed
    return {name: value for name, value in right.items() if value is not ...}


def signed(header: dict[str, Any] | None = None, **changed: Any) -> str:  # noqa: ANN401 - any JSON
    """Return a token signed with the right key."""
    return by_hand(HEADER | (header or {}), claims(**changed), KEY)


def by_hand(header: dict[str, Any], payload: Any, key: ECKey) -> str:  # noqa: ANN401 - any JSON
    """Return a token with whatever header, rightly signed with a key (RFC 7518 section 3.4)."""
    told = f"{b64(header)}.{b64(payload)}"
    private = key.private_key
    assert private
    r, s = decode_dss_signature(private.sign(told.encode(), ECDSA(SHA256())))
    return f"{told}.{b64(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def b64(value: Any) -> str:  # noqa: ANN401 - any JSON
    """Return a part of a token."""
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def unsigned(alg: str) -> str:
    """Return a token that says it needs no signature."""
    return f"{b64({**HEADER, 'alg': alg})}.{b64(claims())}."


def with_public_key_as_secret() -> str:
    """Return a token whose HMAC is keyed with what everybody knows."""
    told = f"{b64({**HEADER, 'alg': 'HS256'})}.{b64(claims())}"
    return f"{told}.{b64(hmac.digest(KEY.as_pem(private=False), told.encode(), 'sha256'))}"


def with_another_key(header: dict[str, Any] | None = None) -> str:
    """Return a token signed with a key of the attacker's own."""
    return by_hand(HEADER | (header or {}), claims(), ECKey.generate_key("P-256"))


def with_rsa() -> str:
    """Return a token of another algorithm."""
    key = RSAKey.generate_key(2048)
    return jwt.encode({**HEADER, "alg": "RS256"}, claims(), key, algorithms=["RS256"])


def altered() -> str:
    """Return a right token with another officer written in afterwards."""
    header, _, signature = signed().split(".")
    return f"{header}.{b64(claims(sub=str(fresh())))}.{signature}"


def _stolen_header(**more: Any) -> Callable[[], str]:  # noqa: ANN401 - any JSON
    return lambda: with_another_key(more)


_ATTACKERS: Final = ECKey.generate_key("P-256")
_EMBEDDED: Final = _ATTACKERS.as_dict(private=False)
ATTACKS: Final[dict[str, Callable[[], str]]] = {
    "none": lambda: unsigned("none"),
    "None": lambda: unsigned("None"),
    "no signature": lambda: signed().rpartition(".")[0] + ".",
    "public key as secret": with_public_key_as_secret,
    "another key": with_another_key,
    "RSA": with_rsa,
    "altered": altered,
    "unknown kid": lambda: with_another_key({"kid": "other"}),
    "kid as path": lambda: signed({"kid": "../../../../dev/null"}),
    "embedded key": _stolen_header(jwk=_EMBEDDED),
    "jku": _stolen_header(jku="https://example.invalid/keys.json"),
    "x5u": _stolen_header(x5u="https://example.invalid/cert.pem"),
    "x5c": _stolen_header(x5c=["MIIB"]),
    "rightly signed with jku": lambda: signed({"jku": "https://example.invalid/keys.json"}),
    "unknown critical header": lambda: signed({"crit": ["x"], "x": 1}),
    "unencoded payload": lambda: signed({"b64": False, "crit": ["b64"]}),
    "id token": lambda: signed({"typ": "JWT"}),
    "no type": lambda: signed({"typ": ""}),
    "expired": lambda: signed(exp=int(utc_now().timestamp()) - 60),
    "no end": lambda: signed(exp=...),
    "far end": lambda: signed(exp=int(utc_now().timestamp()) + 10**9),
    "endless": lambda: signed(exp=10**40),
    "end as text": lambda: signed(exp="9999999999"),
    "not yet": lambda: signed(nbf=int(utc_now().timestamp()) + 600),
    "from the future": lambda: signed(iat=int(utc_now().timestamp()) + 600),
    "wrong issuer": lambda: signed(iss="urn:other"),
    "no issuer": lambda: signed(iss=...),
    "wrong audience": lambda: signed(aud=audience(fresh())),
    "several audiences": lambda: signed(aud=[audience(LEDGER), "urn:other"]),
    "no audience": lambda: signed(aud=...),
    "no officer": lambda: signed(sub=...),
    "officer is no id": lambda: signed(sub="admin"),
    "officer is a number": lambda: signed(sub=1),
    "claims are a list": lambda: by_hand(HEADER, [], KEY),
    "embedded key of its own": lambda: by_hand({**HEADER, "jwk": _EMBEDDED}, claims(), _ATTACKERS),
    "header is a list": lambda: f"{b64([])}.{b64(claims())}.{signed().rpartition('.')[2]}",
    "header is deep": lambda: f"{b64(b'[' * 5000)}.{b64(claims())}.AAAA",
    "five parts": lambda: ".".join("aaaaa"),
    "one part": lambda: "token",
    "one megabyte": lambda: "a" * 1_000_000,
    "one megabyte in three parts": lambda: f"{'a' * 500_000}.{'b' * 500_000}.c",
    "other letters": lambda: signed() + "å",
}


def test_the_control_a_right_token_is_accepted() -> None:
    assert VERIFIER.officer(signed(), utc_now()) == OFFICER


@pytest.mark.parametrize("attack", ATTACKS)
def test_any_other_token_is_refused_at_once(attack: str) -> None:
    token = ATTACKS[attack]()
    started = perf_counter()
    with pytest.raises(Problem, match="unidentified") as refused:
        VERIFIER.officer(token, utc_now())
    assert perf_counter() - started < 0.1
    assert refused.value.status == 401
    assert refused.value.__context__ is None, "an error that carries the token"


def test_a_token_ends() -> None:
    token = signed()
    with pytest.raises(Problem):
        VERIFIER.officer(token, utc_now() + timedelta(hours=1))


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic YTpi", "token"])
def test_a_token_comes_as_bearer(header: str | None) -> None:
    with pytest.raises(Problem, match="unidentified"):
        bearer(header)


def test_the_issuers_keys_are_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.write_text(json.dumps({"keys": [KEY.as_dict(private=False)]}))
    verifier = Verifier.from_file(path, ISSUER, audience(LEDGER))
    assert verifier.officer(signed(), utc_now()) == OFFICER


@pytest.mark.parametrize(
    "text",
    ["", "{}", '{"keys": []}', '{"keys": [{"kty": "oct", "k": "QUJDREVGR0hJSktMTU5PUFFSU1Q"}]}'],
)
def test_a_file_without_public_keys_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "keys.json"
    path.write_text(text)
    with pytest.raises(ValueError):  # noqa: PT011 - one of several
        Verifier.from_file(path, ISSUER, audience(LEDGER))


def test_the_development_key_is_its_owners_alone_and_stays(tmp_path: Path) -> None:
    first = DevIssuer(tmp_path / "dev", LEDGER)
    token = first.token(OFFICER, utc_now())
    second = DevIssuer(tmp_path / "dev", LEDGER)
    assert second.verifier().officer(token, utc_now()) == OFFICER
    assert stat.S_IMODE((tmp_path / "dev" / "issuer.key").stat().st_mode) == 0o600


def test_a_development_token_of_another_ledger_is_refused(tmp_path: Path) -> None:
    token = DevIssuer(tmp_path / "dev", LEDGER).token(OFFICER, utc_now())
    other = DevIssuer(tmp_path / "dev", fresh())
    with pytest.raises(Problem):
        other.verifier().officer(token, utc_now())


def test_development_officers_are_found_by_handle_name_or_id(tmp_path: Path) -> None:
    issuer = DevIssuer(tmp_path / "dev", LEDGER)
    issuer.add(DevOfficer("alma", OFFICER, "Alma Provlund", "enhetschef"))
    for name in ("alma", "ALMA", "Alma Provlund", str(OFFICER)):
        assert issuer.find(name) == OFFICER
    assert issuer.find("bo") is None


@pytest.mark.as_user
def test_in_production_the_development_issuer_cannot_be_imported() -> None:
    program = (
        "import scripts.liggare, scripts.serving, sys;"
        " assert 'api.dev_issuer' not in sys.modules; import api.dev_issuer"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program],
        check=False,
        capture_output=True,
        text=True,
        env=os.environ | {"LIGGAREN_ENV": "production"},
        cwd=Path(__file__).parents[2],
    )
    assert answer.returncode == 1
    assert "The development issuer does not exist in production." in answer.stderr
    assert "AssertionError" not in answer.stderr
