"""`liggare stad`: a small city, written as import files or carried over into this ledger."""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import count, islice
from pathlib import Path
from typing import Final
from uuid import UUID, uuid5

from api.acting import Acting
from api.clock import utc_now
from api.house import House
from api.policy import Action
from domain.kernel.actor import Role
from domain.kernel.fact import Fact
from domain.kernel.occurred import Occurred
from domain.kernel.process import By, Saying
from domain.system.events import NämndRegistered, OfficerRegistered, RoleAssigned
from ledger.codec import Lane
from scripts.city import NAMNDER, city
from scripts.city.writing import FIRST_DAY
from scripts.importing import Imported, carry_over
from scripts.output import tell
from scripts.settings import SettingsError, why

CARRIES: Final = frozenset(
    {
        Role.BISTANDSHANDLAGGARE,
        Role.HYRESHANDLAGGARE,
        Role.REGISTRATOR,
        Role.MIGRERINGSANSVARIG,
        Role.SKYDDADE_UPPGIFTER,  # or what of it is protected could not be carried over twice
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

    Raises:
        SettingsError: it cannot be written there.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for district, lines in files(cases, seed).items():
            path = folder / f"{district.casefold()}.jsonl"
            path.write_bytes(b"".join(line + b"\n" for line in lines))
            yield path, len(lines)
    except (FileExistsError, NotADirectoryError):
        raise SettingsError("Det som anges är en fil.", "Ange en mapp i --till.") from None
    except OSError as error:
        raise SettingsError(
            f"Mappen kan inte skrivas i: {why(error)}.", "Välj en annan plats till --till."
        ) from None


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
        done[name] = carry_over(house, acting, lines, check_only=False)
    return done


def _registered(house: House, admin: Acting) -> tuple[Mapping[str, UUID], UUID]:
    """Register what the city needs, in one append. Returns the nämnder by district, and who carries
    the city over. The command's id follows from the ledger's: at another try it is found.
    """
    from api.dev_issuer import DevOfficer  # noqa: PLC0415 - must not be loaded in production

    role = admin.require(Lane.SYSTEM, Action.ADMINISTER)
    processes = house.processes
    command = uuid5(processes.ledger.id, "stad")
    by = By(admin.actor.id, role, admin.namnd, command, b"stad", utc_now())
    streams = (processes.system.new_stream(by, number) for number in count())
    officer, *ids = islice(streams, 1 + len(NAMNDER))
    namnder = dict(zip(NAMNDER, ids, strict=True))
    facts: list[tuple[UUID, Fact]] = [
        *((id_, NämndRegistered(name=NAMNDER[district])) for district, id_ in namnder.items()),
        (officer, OfficerRegistered(name=_NAME)),
    ]
    facts += [
        (officer, RoleAssigned(role=held, namnd=namnd, start=FIRST_DAY))
        for namnd in ids
        for held in sorted({*CARRIES, Role.ENHETSCHEF})
    ]
    seen: Counter[UUID] = Counter()
    sayings = []
    for stream, fact in facts:
        seen[stream] += 1
        sayings.append(
            Saying(fact=fact, occurred=Occurred.on(FIRST_DAY), stream=stream, version=seen[stream])
        )
    processes.system.record(sayings, by)
    assert house.dev
    house.dev.add(DevOfficer(HANDLE, officer, _NAME, "enhetschef, förde över staden"))
    return namnder, officer
