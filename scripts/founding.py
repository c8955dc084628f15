"""Founding a ledger: schema, name, the five logs, the first nämnd and officer. Repeatable.

The first officer is an act of whoever runs the program, since nobody has a role yet. It is possible
once, while the log of the organisation holds nothing but its own opening.
"""

from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid5

from api.clock import new_id, utc_now
from domain.kernel.actor import Role
from domain.kernel.fact import read_fact
from domain.kernel.occurred import Occurred, swedish_day
from domain.kernel.process import By, Saying
from domain.kernel.shapes import EpochOpened
from domain.processes import Processes
from domain.system.events import NämndRegistered, OfficerRegistered, RoleAssigned
from ledger.codec import Lane
from ledger.migrate import migrate
from ledger.recorder import NIL
from ledger.store import Ledger, found
from scripts.opening import connected, dev_issuer, migration_conninfos, require_same_environment
from scripts.settings import MIGRATING, SERVING, Settings

DEV_NAMND: Final = "Kommunstyrelsen"
DEV_OFFICER: Final = "Sigrid Systemprov"
DEV_HANDLE: Final = "admin"


@dataclass(frozen=True, slots=True)
class Founded:
    """What was done.

    Args:
        ledger: the ledger's id.
        applied: names of the migrations applied now, of both databases.
        logs: lanes whose log was opened now.
        first: whether the first nämnd and officer were registered now.
        namnd: the first nämnd's id.
        officer: the first officer's id.
    """

    ledger: UUID
    applied: tuple[str, ...]
    logs: tuple[Lane, ...]
    first: bool
    namnd: UUID
    officer: UUID


def found_ledger(settings: Settings, namnd: str, officer: str) -> Founded:
    """Bring the databases to this program's schema and found the ledger, as far as it is not done.

    Args:
        settings: how we are set up.
        namnd: the name of the first nämnd.
        officer: the name of its first officer, who becomes systemadministrator.

    Raises:
        SettingsError: a DSN is missing, or the ledger is of the other environment.
        MigrationError: a database cannot be brought to the schema.
        LedgerError: what the ledger refuses.
    """
    with connected(settings, MIGRATING | SERVING) as conninfos:
        ledger_dsn, keys_dsn = migration_conninfos(settings, conninfos)
        applied = [*migrate(ledger_dsn, "ledger"), *migrate(keys_dsn, "keys")]
        found(conninfos, new_id(), settings.environment)
        settings.vault.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with Ledger.open(conninfos, settings.vault) as ledger:
            require_same_environment(settings, ledger)
            processes = Processes(ledger)
            logs = tuple(lane for lane in Lane if _open_log(processes, lane))
            by = _founder(ledger, "first")
            first_namnd, first_officer = (processes.system.new_stream(by, n) for n in (0, 1))
            first = processes.system.recorder.max_notification_id() == 1
            if first:
                _register_first(processes, by, namnd, officer)
                if settings.development:
                    _remember(settings, ledger, first_officer, namnd, officer)
            return Founded(ledger.id, tuple(applied), logs, first, first_namnd, first_officer)


def _open_log(processes: Processes, lane: Lane) -> bool:
    process = processes[lane]
    if process.recorder.max_notification_id() is not None:
        return False
    opened = read_fact(
        process.facts.require(lane, EpochOpened.__name__),
        {"reason": "grundad", "environment": processes.ledger.environment.value},
    )
    assert isinstance(opened, EpochOpened)
    process.open_log(opened, 1, _founder(processes.ledger, f"log/{lane}"))
    return True


def _register_first(processes: Processes, by: By, namnd: str, officer: str) -> None:
    """Register nämnd, officer and role in one append: all or nothing."""
    system = processes.system
    namnd_id, officer_id = (system.new_stream(by, number) for number in (0, 1))
    today = swedish_day(by.clock)
    facts = (
        (namnd_id, 1, NämndRegistered(name=namnd)),
        (officer_id, 1, OfficerRegistered(name=officer)),
        (
            officer_id,
            2,
            RoleAssigned(role=Role.SYSTEMADMINISTRATOR, namnd=namnd_id, start=today),
        ),
        # In all nämnder too: somebody must be able to register the others.
        (officer_id, 3, RoleAssigned(role=Role.SYSTEMADMINISTRATOR, start=today)),
    )
    system.record(
        [
            Saying(fact=fact, occurred=Occurred.on(today), stream=stream, version=version)
            for stream, version, fact in facts
        ],
        by,
    )


def _founder(ledger: Ledger, what: str) -> By:
    """The act of whoever founds: nobody's, for no nämnd, its command the same at each try."""
    command = uuid5(ledger.id, f"init/{what}")
    return By(NIL, Role.SYSTEMADMINISTRATOR, NIL, command, what.encode(), utc_now())


def _remember(settings: Settings, ledger: Ledger, id_: UUID, namnd: str, officer: str) -> None:
    from api.dev_issuer import DevOfficer  # noqa: PLC0415 - must not be loaded in production

    dev_issuer(settings, ledger).add(
        DevOfficer(DEV_HANDLE, id_, officer, f"systemadministratör, {namnd}", sees_cases=False)
    )
