"""The one gateway all writes pass: who, policy, version, command id, then the lane's process.

A command is carried out once. Sent again with the same key it gives the same answer; the key must
then come with the same content, of which the expected version is a part.
"""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Final
from uuid import UUID

from api.acting import Acting, Purpose
from api.policy import Action, action_of
from api.problems import Problem, not_allowed
from api.reading import SIDES, ReadGateway
from api.saying import Command
from domain.kernel.actor import Role
from domain.kernel.corrections import Standing
from domain.kernel.event import RecordedEvent
from domain.kernel.fact import Fact
from domain.kernel.guards import registers
from domain.kernel.persons import require_head
from domain.kernel.process import By, Saying
from domain.kernel.protection import shut_in
from domain.kernel.refused import Refused
from domain.kernel.shapes import CorrectionApproved, PersonsMerged, person_named
from domain.processes import Processes
from domain.system.events import (
    MeetingFact,
    OfficerRegistered,
    RoleAssigned,
    RoleRevoked,
    SystemFact,
)
from domain.system.state import fold as fold_system
from ledger.application import Stored
from ledger.canonical import encode
from ledger.codec import Json, Lane

_NEW: Final = 0
"""The version of a stream that does not exist yet."""


@dataclass(frozen=True, slots=True)
class Order:
    """A command and how it is to be carried out.

    Args:
        lane: where.
        stream: in which stream; None opens a new one.
        expected: the last version the sender has seen; 0 for a new stream.
        key: the command's id, drawn by the sender.
        body: its body in NFC, for telling a repeated command from another.
        command: what the body was understood as.
    """

    lane: Lane
    stream: UUID | None
    expected: int
    key: UUID
    body: dict[str, Json]
    command: Command

    def __post_init__(self) -> None:
        assert (self.stream is None) == (self.expected == _NEW)

    def plaintext(self) -> bytes:
        """What a repetition must have alike."""
        stream = str(self.stream) if self.stream else None
        return encode({"body": self.body, "expected": self.expected, "stream": stream})


class WriteGateway:
    """Records for officers.

    Args:
        processes: of an opened ledger.
    """

    def __init__(self, processes: Processes) -> None:
        self._processes = processes

    def record(self, acting: Acting, order: Order, now: datetime) -> Stored:
        """Record a fact.

        Args:
            acting: who, and for which nämnd.
            order: what.
            now: this moment.

        Raises:
            Problem: 403, no role allows it.
            Refused: it cannot be a fact; or the person or officer it names is not registered.
            LedgerError: what the ledger refuses.
        """
        command, process = order.command, self._processes[order.lane]
        role = require_may(acting, order.lane, order.stream, command)
        by = By(acting.actor.id, role, acting.namnd, order.key, order.plaintext(), now)
        saying = command.saying(order.stream or process.new_stream(by), order.expected + 1)
        (stored,) = process.once(by, lambda: self._checked_and_recorded(acting, order, saying, by))
        return stored

    def _checked_and_recorded(
        self, acting: Acting, order: Order, saying: Saying, by: By
    ) -> list[Stored]:
        self._require_person(by, order)
        self._require_seen(acting, order)
        if saying.acted_by:
            require_officer(self._processes, by, saying.acted_by)
        return self._processes[order.lane].record([saying], by)

    def _require_person(self, by: By, order: Order) -> None:
        """Refuse a party, or somebody merged into, whose stream is not theirs in this lane."""
        named = person_named(order.command.fact)
        if named is None:
            return
        stream, person = named
        process = self._processes[order.lane]
        with process.reading(by.reads("command"), stream):
            history = process.history(stream)
        if not registers(history, person):
            raise no_such_person()
        if isinstance(order.command.fact, PersonsMerged):
            require_head(history)

    def _require_seen(self, acting: Acting, order: Order) -> None:
        """Refuse to put something in the place of what the officer cannot see, or to approve that:
        a correction takes the place of the whole entry, and the values would be lost with it.

        Raises:
            Refused: values of the entry, or of the correction, are shut to them.
        """
        fact = order.command.fact
        about = fact.approved if isinstance(fact, CorrectionApproved) else None
        about = order.command.said.corrects or about
        if order.stream is None or about is None:
            return
        events = shown_to(self._processes, acting, order.lane, order.stream)
        standing = Standing(events)
        shut = {standing.root(event) for event in events if shut_in(event.fact)}
        if any(event.ref == about and standing.root(event) in shut for event in events):
            raise Refused(
                "correction.protected",
                "Posten har skyddade uppgifter som inte visas för dig. En rättelse ersätter hela"
                " posten, och uppgifterna skulle falla bort.",
                remedy="Be en kollega som är behörig till skyddade uppgifter att rätta eller"
                " godkänna, eller be systemadministratören om rollen.",
            )


def shown_to(processes: Processes, acting: Acting, lane: Lane, stream: UUID) -> list[RecordedEvent]:
    """The events of a stream as an officer sees them, where some of it may be shut to them. Nothing
    where nothing can be, nor of a stream that is not here.

    Raises:
        LedgerError: the ledger cannot be read, or the read cannot be logged.
    """
    if lane not in SIDES or acting.may(lane, Action.OPEN_PROTECTED):
        return []
    try:
        read = ReadGateway(processes).stream(acting, lane, stream, Purpose.HANDLAGGNING, "command")
    except Problem as problem:
        if problem.status != HTTPStatus.NOT_FOUND:
            raise
        return []
    return [event for event in read.events[lane] if event.stream == stream]


def require_may(acting: Acting, lane: Lane, stream: UUID | None, command: Command) -> Role:
    """Return the role in which an officer may record a command.

    Args:
        acting: who, and for which nämnd.
        lane: where.
        stream: in which stream; None for one that the command opens.
        command: what.

    Raises:
        Problem: 403, no role allows it.
    """
    action = action_of(type(command.fact), corrects=command.said.corrects is not None)
    role = acting.require(lane, action)
    if command.said.claimed_recorded is not None or command.said.source is not None:
        acting.require(lane, Action.IMPORT)
    if action is Action.REPORT and stream is not None:
        acting.require(lane, Action.READ)  # who reads no matters opens new ones alone
    _require_reach(acting, stream, command.fact)
    return role


def require_officer(processes: Processes, by: By, officer: UUID) -> None:
    """Refuse that somebody acted who is no registered officer.

    Raises:
        Refused: there is no such officer.
    """
    system = processes.system
    with system.reading(by.reads("command"), officer):
        known = fold_system(system.history(officer)).officer is not None
    if not known:
        raise Refused(
            "officer.not_registered",
            "Den som uppges ha handlat är ingen registrerad handläggare.",
            remedy="Kontrollera actedBy, eller låt registrera handläggaren.",
        )


def no_such_person() -> Refused:
    """One answer for a stream of something else, of another person, of another nämnd and of
    nothing: it tells nobody which streams there are.
    """
    return Refused(
        "person.not_registered",
        "Personen är inte registrerad i den angivna personakten.",
        remedy="Registrera personen i den här processen först, och ange den akten.",
    )


def _require_reach(acting: Acting, stream: UUID | None, fact: Fact) -> None:
    """Refuse what reaches beyond the nämnd acted for, or to the officer's own roles.

    A role is given and taken in the nämnd acted for, and minutes are that nämnd's own. Roles in
    other nämnder and in all, the register of nämnder, guidelines and rules are for those who
    administer everywhere. Nobody gives themself a role.
    """
    if not isinstance(fact, SystemFact):
        return
    if isinstance(fact, RoleAssigned | RoleRevoked) and stream == acting.actor.id:
        raise not_allowed("ändra sina egna roller")
    if isinstance(fact, RoleAssigned | RoleRevoked | MeetingFact) and fact.namnd == acting.namnd:
        return
    if isinstance(fact, OfficerRegistered):
        return
    if Role.SYSTEMADMINISTRATOR not in acting.everywhere:
        raise not_allowed("administrera andra nämnder än den egna")
