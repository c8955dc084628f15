"""Who asks: a bearer token, verified.

It proves the officer and nothing else; roles come from the ledger.

One function reads tokens. Algorithms, issuer and audience are ours to say, never the token's;
headers that name a key or where to fetch one are refused unread (OWASP ASVS 5.0, 9.1.1-9.1.3,
9.2.1-9.2.4).
"""

import json
import re
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Self
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet

from api.problems import Problem

ALGORITHM: Final = "ES256"
TOKEN_TYPE: Final = "at+jwt"  # noqa: S105 - a media type (RFC 9068), no secret
LONGEST_TOKEN: Final = 8 * 1024
LONGEST_LIFE_S: Final = 12 * 3600
_CLOCK_SLACK_S: Final = 30
_HEADERS: Final = frozenset({"alg", "typ", "kid"})
_COMPACT: Final = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")


def unidentified(detail: str = "Ingen giltig inloggning följde med.") -> Problem:
    """Nobody we know asks. The same whatever is wrong with a token."""
    return Problem(
        401,
        "unidentified",
        "Inte inloggad",
        detail,
        "Logga in på nytt och försök igen.",
    )


@dataclass(frozen=True)
class Verifier:
    """Verifies tokens of one issuer.

    Args:
        keys: its public keys.
        issuer: who must have issued the token.
        audience: for whom it must be: this ledger.
    """

    keys: KeySet
    issuer: str
    audience: str

    @classmethod
    def from_file(cls, path: Path, issuer: str, audience: str) -> Self:
        """Take the issuer's public keys from a JWK set file (RFC 7517).

        Raises:
            ValueError: the file holds no set of EC keys.
        """
        try:
            keys = KeySet.import_key_set(json.loads(path.read_text("utf-8")))
        except (JoseError, KeyError, TypeError, AttributeError):
            keys = KeySet([])
        if not keys.keys or not all(isinstance(key, ECKey) for key in keys.keys):
            raise ValueError("not a set of EC keys")
        return cls(keys, issuer, audience)

    def officer(self, token: str, now: datetime) -> UUID:
        """Return the officer a token is about.

        Args:
            token: a compact JWT.
            now: this moment.

        Raises:
            Problem: 401; why is not told.
        """
        officer = self._subject(token, now)
        if officer is None:  # outside any handler: no error that carries the token
            raise unidentified()
        return officer

    def _subject(self, token: str, now: datetime) -> UUID | None:
        if len(token) > LONGEST_TOKEN or not _COMPACT.fullmatch(token):
            return None
        try:
            header = json.loads(_unpadded(token.partition(".")[0]))
            if not isinstance(header, dict) or not header.keys() <= _HEADERS:
                return None
            if header.get("alg") != ALGORITHM or header.get("typ") != TOKEN_TYPE:
                return None
            claims = jwt.decode(token, self.keys, algorithms=[ALGORITHM]).claims
            jwt.JWTClaimsRegistry(
                now=int(now.timestamp()),
                leeway=_CLOCK_SLACK_S,
                iss={"essential": True, "value": self.issuer},
                aud={"essential": True, "value": self.audience},
                exp={"essential": True},
                iat={"essential": True},
                sub={"essential": True},
            ).validate(claims)
            if claims["aud"] != self.audience or claims["exp"] - claims["iat"] > LONGEST_LIFE_S:
                return None
            return UUID(claims["sub"])
        except (JoseError, ValueError, TypeError, AttributeError, RecursionError):
            return None


def bearer(authorization: str | None) -> str:
    """Return the token of an Authorization header (RFC 6750 section 2.1).

    Raises:
        Problem: 401; there is none.
    """
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise unidentified()
    return token.strip()


def _unpadded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
