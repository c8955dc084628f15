"""Records the example histories, once, as their invented officers, through the gateway.

Every command has an id that follows from the ledger's: interrupted, it may be run again, and what
was recorded is found.
"""

from collections.abc import Callable, Mapping
from typing import Final
from uuid import UUID, uuid5

from api.acting import Acting
from api.clock import utc_now
from api.dev_issuer import DevOfficer
from api.house import House
from api.policy import Action, allowing
from api.recording import Order
from api.saying import understand
from domain.kernel.actor import Role
from domain.kernel.occurred import Occurred, swedish_day
from domain.kernel.process import By
from ledger.codec import Json, Lane
from projections.texts import CODES
from scripts.histories import NAMES, History, Step, load

Progress = Callable[[int, int], None]
"""Told how many of how many commands are done."""
_Roles = dict[tuple[str, str], list[tuple[Role, str]]]
"""(symbol, name) of an officer to their (role, nämnd's name)."""

_CHIEFS: Final = (("c1", "Cecilia Chefsprov"), ("c2", "Erik Exempelchef"))
_IN_ALL: Final = (
    ("r1", "Rut Registersson", Role.REGISTRATOR),
    ("a1", "Arvid Arkivprov", Role.ARKIVARIE),
    ("d1", "Dag Driftprov", Role.SYSTEMADMINISTRATOR),
)
"""Officers the histories do not name.

A chief in each nämnd, who reads both lanes; who answers JO; who decides on gallring; who carries
it out.
"""


def record_examples(house: House, admin: UUID, progress: Progress) -> tuple[UUID, ...]:
    """Record all histories, as far as that is not done. Returns their cases.

    Args:
        house: an opened development ledger.
        admin: its first officer, who registers the others.
        progress: is told how far it has come.
    """
    assert house.dev
    recorder = _Recorder(house)
    # First with stand-ins for ids: only then is it known who opens which stream, and its id follows
    # from that.
    drafts = [load(name, recorder.stand_in) for name in NAMES]
    roles = _roles(drafts)
    recorder.register(house.reads.acting(admin, None, utc_now()), drafts, roles)
    total = sum(len(draft.steps) for draft in drafts)
    done = 0
    titles: dict[UUID, str] = {}
    for draft in drafts:
        recorder.settle_streams(draft)
        history = load(draft.name, recorder.id_of)
        for number, step in enumerate(history.steps):
            recorder.say(history, number, step)
            done += 1
            progress(done, total)
        titles[history.case] = history.title
    house.dev.add(*recorder.dev_officers(roles))
    house.dev.entitle(titles)
    return tuple(titles)


def recorded(house: House) -> tuple[UUID, ...]:
    """The cases of the histories, in order; none where they are not recorded to the end."""
    return tuple(house.dev.titles()) if house.dev else ()


def _roles(drafts: list[History]) -> _Roles:
    roles: _Roles = {}
    for draft, chief in zip(drafts, _CHIEFS, strict=True):
        for officer in draft.officers.values():
            mine = roles.setdefault((officer.symbol, officer.name), [])
            mine += [(role, draft.namnd.name) for role in (officer.role, Role.MIGRERINGSANSVARIG)]
        roles[chief] = [(Role.ENHETSCHEF, draft.namnd.name)]
    for symbol, name, role in _IN_ALL:
        roles[symbol, name] = [(role, draft.namnd.name) for draft in drafts]
    return roles


class _Recorder:
    """Knows which id each symbol of the histories has in this ledger."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._ledger = house.processes.ledger.id
        self._symbols: dict[UUID, str] = {}
        self._ids: dict[str, UUID] = {}
        self._acting: dict[tuple[UUID, UUID], Acting] = {}

    def stand_in(self, symbol: str) -> UUID:
        """An id for a symbol whose own id is not known yet."""
        id_ = uuid5(self._ledger, f"exempel/{symbol}")
        self._symbols[id_] = symbol
        return id_

    def id_of(self, symbol: str) -> UUID:
        """The id a symbol has in this ledger."""
        return self._ids.get(symbol) or self.stand_in(symbol)

    def register(self, admin: Acting, drafts: list[History], roles: _Roles) -> None:
        """Register nämnder, officers and their roles, from today on."""
        today = swedish_day(utc_now())
        occurred = str(Occurred.on(today))
        namnder = {draft.namnd.name: self._symbols[draft.namnd.id] for draft in drafts}
        for name, symbol in namnder.items():
            body = _body("NämndRegistered", occurred, {"name": name})
            self._ids[symbol] = self._record(admin, Lane.SYSTEM, symbol, body)
        for (symbol, name), held in roles.items():
            body = _body("OfficerRegistered", occurred, {"name": name})
            officer = self._record(admin, Lane.SYSTEM, f"officer/{symbol}", body)
            self._ids[f"officer/{symbol}"] = officer
            for version, (role, namnd) in enumerate(held, start=1):
                namnd_id = str(self._ids[namnder[namnd]])
                fact: dict[str, Json] = {
                    "role": role.value,
                    "namnd": namnd_id,
                    "start": today.isoformat(),
                }
                body = _body("RoleAssigned", occurred, fact)
                key = f"officer/{symbol}/{version}"
                self._record(admin, Lane.SYSTEM, key, body, officer, version)

    def settle_streams(self, draft: History) -> None:
        """Find the ids of the streams a history opens: they follow from its commands."""
        namnd = self._ids[self._symbols[draft.namnd.id]]
        for number, step in enumerate(draft.steps):
            if step.version == 1:
                officer = self._ids[f"officer/{step.officer.symbol}"]
                key = self._key(f"{draft.name}/{number}")
                by = By(officer, step.officer.role, namnd, key, b"", utc_now())
                process = self._house.processes[step.fact.lane]
                self._ids[self._symbols[step.stream]] = process.new_stream(by)

    def say(self, history: History, number: int, step: Step) -> None:
        """Record one step as its officer."""
        who = (step.officer.id, history.namnd.id)
        if who not in self._acting:
            self._acting[who] = self._house.reads.acting(*who, utc_now())
        body = _body(
            step.fact.TYPE,
            str(step.occurred),
            step.fact.model_dump(mode="json", by_alias=True, exclude_none=True),
        )
        body |= {"delegation": step.officer.delegation, "source": step.source}
        if step.acted_by:
            body["actedBy"] = str(step.acted_by)
        if step.claimed_recorded:
            body["claimedRecorded"] = step.claimed_recorded.isoformat()
        stream = step.stream if step.version > 1 else None
        key = f"{history.name}/{number}"
        self._record(self._acting[who], step.fact.lane, key, body, stream, step.version - 1)

    def dev_officers(self, roles: _Roles) -> list[DevOfficer]:
        """The officers one may choose to be, by first name; the chiefs first, who see most."""
        return [
            DevOfficer(
                name.split()[0].casefold(),
                self._ids[f"officer/{symbol}"],
                name,
                "; ".join(f"{CODES[Role][role]}, {namnd}" for role, namnd in held),
                sees_cases=allowing([role for role, _ in held], Lane.KOPPLING, Action.READ)
                is not None,
            )
            for (symbol, name), held in sorted(
                roles.items(), key=lambda item: item[1][0][0] is not Role.ENHETSCHEF
            )
        ]

    def _record(  # noqa: PLR0913, PLR0917 - who, where, which command, what, and after what
        self,
        acting: Acting,
        lane: Lane,
        key: str,
        body: Mapping[str, Json],
        stream: UUID | None = None,
        expected: int = 0,
    ) -> UUID:
        order = Order(lane, stream, expected, self._key(key), dict(body), understand(lane, body))
        stored = self._house.writes.record(acting, order, utc_now())
        assert isinstance(stored.originator_id, UUID)
        return stored.originator_id

    def _key(self, what: str) -> UUID:
        return uuid5(self._ledger, f"exempel/kommando/{what}")


def _body(type_: str, occurred: str, fact: dict[str, Json]) -> dict[str, Json]:
    return {"type": type_, "occurred": occurred, "fact": fact}
