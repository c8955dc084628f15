"""`liggare stad`: a small city, written as import files or carried over into this ledger."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final
from uuid import UUID, uuid5

from api.acting import Acting
from api.clock import utc_now
from api.house import House
from api.recording import Order
from api.saying import understand
from domain.kernel.actor import Role
from ledger.codec import Json, Lane
from scripts.city import NAMNDER, city
from scripts.city.writing import FIRST_DAY
from scripts.importing import Imported, import_file
from scripts.output import tell

CARRIES: Final = frozenset(
    {
        Role.BISTANDSHANDLAGGARE,
        Role.HYRESHANDLAGGARE,
        Role.REGISTRATOR,
        Role.MIGRERINGSANSVARIG,
    }
)
"""What whoever carries the city over has to be, in each nämnd."""
HANDLE: Final = "stina"
_NAME: Final = "Stina Stadsprov"


def files(cases: int, seed: int) -> Mapping[str, list[bytes]]:
    """Return the lines of each nämnd's file, by district.

    Args:
        cases: how many.
        seed: which city.
    """
    lines: dict[str, list[bytes]] = {district: [] for district in NAMNDER}
    for case in city(cases, seed):
        lines[case.district] += case.lines
    return lines


def write(folder: Path, cases: int, seed: int) -> Iterator[tuple[Path, int]]:
    """Write the city as one import file for each nämnd. Returns which, and how many lines it has.

    Args:
        folder: made where it is missing.
        cases: how many.
        seed: which city.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for district, lines in files(cases, seed).items():
        path = folder / f"{district.casefold()}.jsonl"
        path.write_bytes(b"".join(line + b"\n" for line in lines))
        yield path, len(lines)


def people(house: House, admin: Acting, cases: int, seed: int) -> Mapping[str, Imported]:
    """Register the city's nämnder and an officer, and carry the city over, as far as not done.

    Returns what the import of each nämnd's file came to.

    Args:
        house: an opened development ledger.
        admin: who may register nämnder and officers.
        cases: how many.
        seed: which city.

    Raises:
        Problem: 403.
        LedgerError: what the ledger refuses. Run again, it goes on where it was.
    """
    namnder, officer = _registered(house, admin)
    done: dict[str, Imported] = {}
    for district, lines in files(cases, seed).items():
        name = NAMNDER[district]
        tell(f"{name}: {len(lines)} händelser")
        acting = house.reads.acting(officer, namnder[district], utc_now())
        done[name] = import_file(house, acting, b"\n".join(lines), None, check_only=False)
    return done


def _registered(house: House, admin: Acting) -> tuple[Mapping[str, UUID], UUID]:
    """Register what the city needs. Returns the nämnder by district, and who carries it over.

    Each command has an id that follows from the ledger's, and a body that no day changes: at
    another try it is found.
    """
    from api.dev_issuer import DevOfficer  # noqa: PLC0415 - must not be loaded in production

    def record(key: str, type_: str, fact: dict[str, Json], stream: UUID | None, seen: int) -> UUID:
        body: dict[str, Json] = {"type": type_, "occurred": f"day {FIRST_DAY}", "fact": fact}
        command = uuid5(house.processes.ledger.id, f"stad/{key}")
        order = Order(Lane.SYSTEM, stream, seen, command, body, understand(Lane.SYSTEM, body))
        stored = house.writes.record(admin, order, utc_now())
        assert isinstance(stored.originator_id, UUID)
        return stored.originator_id

    namnder = {
        district: record(district, "NämndRegistered", {"name": name}, None, 0)
        for district, name in NAMNDER.items()
    }
    officer = record(HANDLE, "OfficerRegistered", {"name": _NAME}, None, 0)
    roles = [
        (namnd, role) for namnd in namnder.values() for role in sorted({*CARRIES, Role.ENHETSCHEF})
    ]
    for seen, (namnd, role) in enumerate(roles, start=1):
        fact: dict[str, Json] = {
            "role": role.value,
            "namnd": str(namnd),
            "start": FIRST_DAY.isoformat(),
        }
        record(f"{HANDLE}/{seen}", "RoleAssigned", fact, officer, seen)
    assert house.dev
    house.dev.add(DevOfficer(HANDLE, officer, _NAME, "enhetschef, förde över staden"))
    return namnder, officer
