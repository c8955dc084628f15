"""What is set from outside: environment variables, and nothing else. The README has the table.

Development needs none of them: a PostgreSQL of its own is started in the data directory. Production
needs all: one DSN for each role, the vault's folder and the issuer of its tokens; it starts no
server and takes no identity from development.
"""

import errno
import os
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from ledger.codec import Lane
from ledger.connections import (
    DESTROYER,
    KEY_DESTROYER,
    KEYS,
    MIGRATOR,
    PROJECTOR,
    ROLES,
    one_dsn,
    reader,
    writer,
)
from ledger.store import Environment

KEY_MIGRATOR: Final = "liggaren_migrator@keys"
"""The migrator's connection to the key database."""
SERVING: Final = frozenset(
    {*(writer(lane) for lane in Lane), *(reader(lane) for lane in Lane), PROJECTOR, KEYS}
)
"""The roles that recording and reading connect as."""
MIGRATING: Final = frozenset({MIGRATOR, KEY_MIGRATOR})
"""The roles that `init` connects as."""
DESTROYING: Final = frozenset({DESTROYER, KEY_DESTROYER})
"""The roles that carry out a gallring."""
_NAMES: Final = {
    **{role: role.removeprefix("liggaren_").upper() for role in ROLES},
    KEYS: "KEYS",
    KEY_DESTROYER: "KEY_DESTROYER",
    KEY_MIGRATOR: "KEY_MIGRATOR",
}
CHECKOUT: Final = Path(__file__).resolve().parents[1]


class SettingsError(Exception):
    """The surroundings are not set so that this can run.

    Args:
        message: what is wrong, one sentence.
        remedy: what to set.
    """

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


def why(error: OSError) -> str:
    """Return why a file or folder cannot be used, in Swedish, as the end of a sentence.

    >>> why(FileNotFoundError(2, "No such file or directory"))
    'den finns inte'
    """
    return _WHY.get(error.errno or 0, f"systemet sade nej, med felet {error.errno}")


_WHY: Final[Mapping[int, str]] = {
    errno.ENOENT: "den finns inte",
    errno.EACCES: "du har inte rätt till den",
    errno.EPERM: "du har inte rätt till den",
    errno.EISDIR: "det är en mapp",
    errno.ENOTDIR: "det är en fil och ingen mapp",
    errno.ENOSPC: "det är fullt på disken",
    errno.EROFS: "där går bara att läsa",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How the program is set up.

    Args:
        environment: development or production.
        home: the data directory.
        vault: the folder of the key-encryption keys.
        dsn: one login for the ledger database, which may take every role. Development alone.
        keys_dsn: the same for the key database.
        role_dsns: role to conninfo. Production.
        issuer: who issues tokens. Production.
        audience: for whom tokens must be. Production.
        jwks: file with the issuer's public keys. Production.
    """

    environment: Environment
    home: Path
    vault: Path
    dsn: str | None
    keys_dsn: str | None
    role_dsns: Mapping[str, str]
    issuer: str | None
    audience: str | None
    jwks: Path | None

    @classmethod
    def read(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Read the environment variables.

        Raises:
            SettingsError: a value that cannot be, or a mixture of development and production.
        """
        given = os.environ if environ is None else environ
        name = given.get("LIGGAREN_ENV", Environment.DEVELOPMENT.value)
        if name not in set(Environment):
            raise SettingsError(
                "LIGGAREN_ENV är varken development eller production.", "Rätta LIGGAREN_ENV."
            )
        home = Path(given.get("LIGGAREN_HOME") or _default_home()).absolute()
        jwks = given.get("LIGGAREN_JWKS")
        settings = cls(
            environment=Environment(name),
            home=home,
            vault=Path(given.get("LIGGAREN_VAULT") or home / "vault").absolute(),
            dsn=given.get("LIGGAREN_DSN"),
            keys_dsn=given.get("LIGGAREN_KEYS_DSN"),
            role_dsns={
                role: given[variable] for role in _NAMES if given.get(variable := variable_of(role))
            },
            issuer=given.get("LIGGAREN_ISSUER"),
            audience=given.get("LIGGAREN_AUDIENCE"),
            jwks=Path(jwks) if jwks else None,
        )
        settings._require_one_kind(given)
        return settings

    @property
    def development(self) -> bool:
        """Whether this is development."""
        return self.environment is Environment.DEVELOPMENT

    @property
    def embedded(self) -> bool:
        """Whether a PostgreSQL of our own is started."""
        return self.development and not self.dsn and not self.role_dsns

    @property
    def log(self) -> Path:
        """The file the log goes to."""
        return self.home / "log" / "liggare.log"

    def make_home(self) -> None:
        """Make the data directory where it is missing.

        Raises:
            SettingsError: it cannot be made, or not be written in.
        """
        with suppress(OSError):
            self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not (self.home.is_dir() and os.access(self.home, os.R_OK | os.W_OK | os.X_OK)):
            raise SettingsError(
                f"Datamappen {self.home} kan inte skapas, eller inte skrivas i.",
                "Ange en mapp som du får skriva i, i LIGGAREN_HOME.",
            )

    def conninfos(self, needed: Collection[str]) -> dict[str, str]:
        """Return role to conninfo, for a server that is not ours.

        Args:
            needed: the roles that what is to be done connects as.

        Raises:
            SettingsError: one of them has none.
        """
        if self.dsn and self.keys_dsn:
            migrating = {KEY_MIGRATOR: self.keys_dsn}
            return one_dsn(self.dsn, self.keys_dsn) | migrating
        missing = sorted(variable_of(role) for role in set(needed) - self.role_dsns.keys())
        if missing:
            raise SettingsError(
                f"Ingen anslutning är angiven i {', '.join(missing)}.",
                "Ange en DSN för varje roll; docs/drift.md säger vad var och en behöver.",
            )
        return dict(self.role_dsns)

    def _require_one_kind(self, given: Mapping[str, str]) -> None:
        if bool(self.dsn) != bool(self.keys_dsn):
            raise SettingsError(
                "Bara en av LIGGAREN_DSN och LIGGAREN_KEYS_DSN är angiven.",
                "Ange båda, eller ingen.",
            )
        if self.development:
            return
        if self.dsn:
            raise SettingsError(
                "I produktion har varje roll en egen anslutning.",
                "Ta bort LIGGAREN_DSN och LIGGAREN_KEYS_DSN; ange LIGGAREN_DSN_… för varje roll.",
            )
        needed = ("LIGGAREN_VAULT", "LIGGAREN_ISSUER", "LIGGAREN_AUDIENCE", "LIGGAREN_JWKS")
        missing = [variable for variable in needed if not given.get(variable)]
        if missing:
            raise SettingsError(
                f"I produktion måste {', '.join(missing)} vara angivet.",
                "Ange dem; docs/drift.md säger vad de är.",
            )


def variable_of(role: str) -> str:
    """The variable that holds a role's DSN.

    >>> variable_of("liggaren_writer_hyra")
    'LIGGAREN_DSN_WRITER_HYRA'
    """
    return f"LIGGAREN_DSN_{_NAMES[role]}"


def _default_home() -> Path:
    """In the checkout; where the program is installed elsewhere, in the present folder."""
    return (CHECKOUT if (CHECKOUT / "pyproject.toml").exists() else Path.cwd()) / ".ledger"
