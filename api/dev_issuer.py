"""A development issuer: signs tokens for invented officers. In production importing it fails.

Its key lies in the data directory, readable by its owner alone. Beside it lies which officers there
are, by a short name.
"""

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from api.identity import ALGORITHM, TOKEN_TYPE, Verifier

if os.environ.get("LIGGAREN_ENV") == "production":
    raise ImportError("The development issuer does not exist in production.")

ISSUER: Final = "urn:liggaren:dev"
LIFE: Final = timedelta(hours=8)


@dataclass(frozen=True, slots=True)
class DevOfficer:
    """An invented officer one can be in development.

    Args:
        handle: the short name, as in `--as berit`.
        id: the officer's id.
        name: as registered.
        what: role and nämnd, in words, for the list to choose from.
        sees_cases: whether there are cases for the officer to read.
    """

    handle: str
    id: UUID
    name: str
    what: str
    sees_cases: bool = True


class DevIssuer:
    """Issues tokens for one development ledger.

    Args:
        directory: where the key and the list of officers lie; made when missing.
        ledger: the ledger's id; a token is for this ledger alone.
    """

    def __init__(self, directory: Path, ledger: UUID) -> None:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._officers = directory / "officers.json"
        self._titles = directory / "cases.json"
        self._audience = audience(ledger)
        self._key = _load_or_make(directory / "issuer.key")

    def verifier(self) -> Verifier:
        """What verifies these tokens."""
        public = ECKey.import_key(self._key.as_dict(private=False))
        return Verifier(KeySet([public]), ISSUER, self._audience)

    def token(self, officer: UUID, now: datetime) -> str:
        """Return a token that says the bearer is this officer."""
        claims = {
            "iss": ISSUER,
            "aud": self._audience,
            "sub": str(officer),
            "iat": int(now.timestamp()),
            "exp": int((now + LIFE).timestamp()),
        }
        header = {"alg": ALGORITHM, "typ": TOKEN_TYPE, "kid": self._key.kid}
        return jwt.encode(header, claims, self._key, algorithms=[ALGORITHM])

    def officers(self) -> list[DevOfficer]:
        """The officers one can be: first those with cases to see, else in the order added."""
        try:
            listed = json.loads(self._officers.read_text("utf-8"))
        except FileNotFoundError:
            return []
        officers = [DevOfficer(**{**one, "id": UUID(one["id"])}) for one in listed]
        return sorted(officers, key=lambda one: not one.sees_cases)

    def add(self, *officers: DevOfficer) -> None:
        """Let somebody be these officers. One with the same handle is replaced."""
        by_handle = {one.handle: one for one in (*self.officers(), *officers)}
        listed = [asdict(one) | {"id": str(one.id)} for one in by_handle.values()]
        _write(self._officers, listed)

    def titles(self) -> dict[UUID, str]:
        """What the example cases are called, by id."""
        try:
            titles: dict[str, str] = json.loads(self._titles.read_text("utf-8"))
        except FileNotFoundError:
            return {}
        return {UUID(case): title for case, title in titles.items()}

    def entitle(self, titles: Mapping[UUID, str]) -> None:
        """Say what example cases are called."""
        _write(self._titles, {str(case): title for case, title in titles.items()})

    def find(self, name: str) -> UUID | None:
        """Return the officer with a handle, a name or an id; None where there is none."""
        wanted = name.casefold()
        for one in self.officers():
            if wanted in {one.handle.casefold(), one.name.casefold(), str(one.id)}:
                return one.id
        return None


def audience(ledger: UUID) -> str:
    """For whom a token is: one ledger."""
    return f"urn:liggaren:{ledger}"


def _write(path: Path, value: object) -> None:
    """Write a file whole, or leave the old one."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    draft.write_text(json.dumps(value, ensure_ascii=False, indent=1), "utf-8")
    draft.replace(path)


def _load_or_make(path: Path) -> ECKey:
    """Load the signing key, or make it.

    It is made whole under another name first, so two starts end with the same one.
    """
    if not path.exists():
        key = ECKey.generate_key("P-256", private=True, auto_kid=True)
        draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(key.as_dict(private=True), file)
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return ECKey.import_key(json.loads(path.read_text("utf-8")))
