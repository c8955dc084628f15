"""`liggare import`: a file of events, checked whole and then recorded, with progress."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from time import monotonic
from typing import Final

from api.acting import Acting
from api.clock import utc_now
from api.house import House
from api.importing import Importer
from ledger.codec import Json
from scripts.mapping import CsvMapping

_EVERY_S: Final = 1.0
"""How often progress is told."""


def import_file(
    house: House, acting: Acting, file: bytes, mapping: Path | None, *, check_only: bool
) -> dict[str, Json]:
    """Check a file and, unless only that was asked for, record it.

    Args:
        house: an opened ledger.
        acting: who imports, for which nämnd.
        file: JSON Lines; CSV where there is a mapping.
        mapping: the mapping file.
        check_only: record nothing.

    Returns:
        What was done, in numbers: `lines`, `alreadyRecorded`, `recorded`.

    Raises:
        SettingsError: the mapping or the CSV file cannot be used.
        Problem: a line cannot be taken, or 403.
        LedgerError: what the ledger refuses.
    """
    importer = Importer(house.processes, acting)
    checking = _Progress("kontrollerade")
    plan = importer.check(_lines(file, mapping), utc_now(), checking)
    checking.end()
    if not check_only:
        recording = _Progress("registrerade")
        importer.record(plan, utc_now, recording)
        recording.end()
    left = plan.total - plan.recorded
    return {
        "lines": plan.total,
        "alreadyRecorded": plan.recorded,
        "recorded": 0 if check_only else left,
    }


def in_words(done: dict[str, Json], *, check_only: bool) -> str:
    """What was done, in Swedish."""
    if check_only:
        left = int(str(done["lines"])) - int(str(done["alreadyRecorded"]))
        return (
            f"Filen har {done['lines']} händelser och inga fel."
            f" Registrerade redan: {done['alreadyRecorded']}, kvar att föra in: {left}."
        )
    return (
        f"Händelser i filen: {done['lines']}. Registrerade nu: {done['recorded']},"
        f" fanns redan: {done['alreadyRecorded']}."
    )


def _lines(file: bytes, mapping: Path | None) -> Iterable[bytes]:
    return CsvMapping(mapping).lines(file) if mapping else _split(file)


def _split(file: bytes) -> Iterator[bytes]:
    """At LF alone: texts may hold what other programs take for line ends."""
    yield from file.split(b"\n")


class _Progress:
    """Tells on standard error how far it has come, at most once a second."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._began = self._told = monotonic()
        self._done = 0

    def __call__(self, done: int, total: int) -> None:
        self._done = done
        if monotonic() - self._told >= _EVERY_S:
            self._tell(
                f"{done} av {total} rader {self._what}" if total else f"{done} rader {self._what}"
            )

    def end(self) -> None:
        """Tell the end, where anything has been told."""
        if self._told > self._began:
            seconds = monotonic() - self._began
            self._tell(f"{self._done} rader {self._what} på {seconds:.0f} s")

    def _tell(self, text: str) -> None:
        self._told = monotonic()
        print(f"liggare: {text}", file=sys.stderr, flush=True)
