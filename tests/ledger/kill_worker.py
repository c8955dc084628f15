"""A client that appends until it is killed: `python -m tests.ledger.kill_worker JOURNAL < setting`.

It has a journal as a careful client has an outbox. A command is written there, and forced to disk,
before it is sent; its acknowledgement is written after. Whoever is started on the journal of a dead
client first sends its last command again, under the same id, and learns what became of it.
"""

import json
import os
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from time import sleep
from typing import IO, Final, Never, Self, cast
from uuid import UUID, uuid5

import psycopg

from domain.bistand.events import ApplicationReceived
from domain.bistand.events import CaseOpened as BistandCaseOpened
from domain.hyra.events import CaseOpened as HyraCaseOpened
from domain.hyra.events import DisturbanceReported
from domain.kernel.actor import Role
from domain.kernel.codes import MissingReference
from domain.kernel.fact import Fact
from domain.kernel.occurred import Occurred
from domain.kernel.process import By, Saying
from domain.processes import Processes
from ledger.application import Stored
from ledger.codec import Lane
from ledger.connections import KEYS, PROJECTOR
from ledger.errors import DurabilityUnknown, Unavailable
from ledger.store import Ledger
from tests.ledger.appending import chances

BATCHES: Final = (1, 1, 1, 10)
CASES: Final = 3
"""How many cases a client has at a time."""


@dataclass(frozen=True)
class Setting:
    """What a client is told.

    Args:
        conninfos: role to conninfo.
        vault: the folder of the key-encryption keys.
        lane: where it appends.
        seed: what its chances are drawn from.
        client: its name, and with it the names of its cases and commands.
        namnd: for whom it acts.
    """

    conninfos: dict[str, str]
    vault: str
    lane: str
    seed: int
    client: str
    namnd: str

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` wrote."""
        return cls(**json.loads(text))

    def to_json(self) -> str:
        """Write it."""
        return json.dumps(asdict(self))


@dataclass(frozen=True)
class Sent:
    """A command: so many facts of one case, from one version on."""

    command: UUID
    case: UUID
    version: int
    count: int


@dataclass(frozen=True)
class Acknowledged:
    """What the ledger answered: (epoch, index, leaf in hex) of each event."""

    command: UUID
    receipts: tuple[tuple[int, int, str], ...]


class Journal:
    """A client's outbox: one line of JSON for each step, forced to disk."""

    def __init__(self, path: Path) -> None:
        self._file: IO[bytes] = path.open("ab+")
        whole = path.read_bytes().rfind(b"\n") + 1  # a line that was torn was never acted upon
        self._file.truncate(whole)

    def write(self, entry: Sent | Acknowledged) -> None:
        """Keep an entry, whatever happens next."""
        kind = "sent" if isinstance(entry, Sent) else "acknowledged"
        self._file.write(json.dumps({kind: asdict(entry)}, default=str).encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())


def entries(path: Path) -> Iterator[Sent | Acknowledged]:
    """Read a journal as far as it is whole."""
    for line in path.read_bytes().splitlines(keepends=True) if path.exists() else ():
        if line.endswith(b"\n"):
            ((kind, said),) = json.loads(line).items()
            command = UUID(said["command"])
            if kind == "sent":
                yield Sent(command, UUID(said["case"]), said["version"], said["count"])
            else:
                receipts = tuple((epoch, index, leaf) for epoch, index, leaf in said["receipts"])
                yield Acknowledged(command, receipts)


def send(ledger: Ledger, setting: Setting, sent: Sent) -> Acknowledged:
    """Send a command; at each try with the same id and the same facts."""
    actor = uuid5(UUID(setting.namnd), setting.client)
    clock = datetime.now(UTC)  # noqa: TID251 - the ledger compares it with the database's
    by = By(actor, Role.ENHETSCHEF, UUID(setting.namnd), sent.command, b"", clock)
    sayings = [
        Saying(
            fact=fact_of(Lane(setting.lane), sent, version),
            occurred=Occurred.on(date(2024, 3, 1)),
            stream=sent.case,
            version=version,
            note=f"{sent.command}/{version}",
        )
        for version in range(sent.version, sent.version + sent.count)
    ]
    process = Processes(ledger)[Lane(setting.lane)]
    saved = process.save(*(saying.event(by, None) for saying in sayings), command=by.command())
    receipts = [cast("Stored", recording.notification).receipt for recording in saved]
    return Acknowledged(
        sent.command, tuple((one.epoch, one.index, one.leaf.hex()) for one in receipts)
    )


def fact_of(lane: Lane, sent: Sent, version: int) -> Fact:
    """Return what a client says at a version of its case."""
    if version == 1:
        party, person = uuid5(sent.case, "party"), uuid5(sent.case, "person")
        opened = BistandCaseOpened if lane is Lane.BISTAND else HyraCaseOpened
        return opened(party=party, person_stream=person)
    if lane is Lane.BISTAND:
        return ApplicationReceived(channel="post", asks_for=("forsok",), text=str(sent.command))
    return DisturbanceReported(lease_missing=MissingReference.OKAND, evidence=str(sent.command))


def opened_surely(setting: Setting) -> Ledger:
    """Open the ledger as soon as both databases answer."""
    while True:
        try:
            for role in (PROJECTOR, KEYS):
                psycopg.connect(setting.conninfos[role]).close()
            return Ledger.open(setting.conninfos, Path(setting.vault))
        except (psycopg.OperationalError, Unavailable, DurabilityUnknown):
            sleep(0.01)  # it is starting; nothing is measured by this


def run(path: Path, setting: Setting) -> Never:
    """Append until killed."""
    versions: Counter[UUID] = Counter()
    commands = 0
    pending: Sent | None = None
    for entry in entries(path):
        if isinstance(entry, Sent):
            commands, pending = commands + 1, entry
        elif pending is not None:
            versions[pending.case] += pending.count
            pending = None
    random = chances(setting.seed, setting.client, commands)
    namnd, journal, ledger = UUID(setting.namnd), Journal(path), opened_surely(setting)
    while True:
        if pending is None:
            case = uuid5(namnd, f"{setting.client} case {random.randrange(CASES)}")
            command = uuid5(namnd, f"{setting.client} command {commands}")
            pending = Sent(command, case, versions[case] + 1, random.choice(BATCHES))
            journal.write(pending)
            commands += 1
        try:
            acknowledged = send(ledger, setting, pending)
        except (DurabilityUnknown, Unavailable):
            ledger.close()
            ledger = opened_surely(setting)
        else:
            journal.write(acknowledged)
            versions[pending.case] += pending.count
            pending = None


def main(argv: list[str]) -> None:
    """Run a client."""
    run(Path(argv[1]), Setting.from_json(sys.stdin.read()))


if __name__ == "__main__":
    main(sys.argv)
