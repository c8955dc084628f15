"""`liggare import`: a file of events, checked whole and then recorded, with progress."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from time import monotonic
from typing import Final

from api.acting import Acting
from api.clock import utc_now
from api.house import House
from api.importing import Importer, Where, as_it_is
from domain.kernel.refused import Refused
from ledger.codec import Json
from scripts.mapping import CsvMapping
from scripts.output import tell
from scripts.settings import SettingsError

_EVERY_S: Final = 1.0
"""How often progress is told."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import came to.

    Args:
        lines: how many events the file has.
        already: how many of them were recorded before.
        check_only: the others were checked, and not recorded.
    """

    lines: int
    already: int
    check_only: bool

    def to_json(self) -> dict[str, Json]:
        """Return it in numbers."""
        recorded = 0 if self.check_only else self.lines - self.already
        return {"lines": self.lines, "alreadyRecorded": self.already, "recorded": recorded}

    def in_words(self) -> str:
        """Return it in Swedish."""
        left = self.lines - self.already
        if self.check_only:
            return (
                f"Filen har {self.lines} händelser och inga fel."
                f" Registrerade redan: {self.already}, kvar att föra in: {left}."
            )
        return (
            f"Händelser i filen: {self.lines}. Registrerade nu: {left},"
            f" fanns redan: {self.already}."
        )


def import_file(
    house: House, acting: Acting, file: bytes, mapping: Path | None, *, check_only: bool
) -> Imported:
    """Check a file and, unless only that was asked for, record it.

    Args:
        house: an opened ledger.
        acting: who imports, for which nämnd.
        file: JSON Lines; CSV where there is a mapping.
        mapping: the mapping file.
        check_only: record nothing.

    Raises:
        SettingsError: the mapping cannot be used, or the file is neither JSON Lines nor CSV.
        Problem: a line cannot be taken, or 403.
        LedgerError: what the ledger refuses.
    """
    if mapping:
        made = CsvMapping(mapping).lines(file)
        try:
            return carry_over(house, acting, made, made.where, check_only=check_only)
        finally:
            if unused := made.unused():
                tell(
                    "liggare: Kolumner med värden som mappningsfilen inte nämner, och som inte förs"
                    f" in: {', '.join(unused)}."
                )
    if not file.lstrip().startswith(b"{"):
        raise SettingsError(
            "Filen är inte JSON Lines: den börjar inte med {.",
            "Är den CSV, ange --mappning: docs/import.md.",
        )
    # At LF alone: texts may hold what other programs take for line ends.
    return carry_over(house, acting, BytesIO(file), check_only=check_only)


def carry_over(
    house: House,
    acting: Acting,
    lines: Iterable[bytes | Refused],
    where: Where = as_it_is,
    *,
    check_only: bool,
) -> Imported:
    """Check lines and, unless only that was asked for, record them; as `import_file`."""
    importer = Importer(house.processes, acting)
    checking = _Progress("kontrollerade")
    with _telling_how_far(lambda: "inget nytt ur filen är registrerat"):
        plan = importer.check(lines, utc_now(), checking, where)
    checking.end()
    if not check_only:
        recording = _Progress("registrerade", plan.recorded)
        with _telling_how_far(lambda: f"{recording.done} av filens {plan.total} händelser är inne"):
            importer.record(plan, utc_now, recording)
        recording.end()
    return Imported(plan.total, plan.recorded, check_only)


@contextmanager
def _telling_how_far(how_far: Callable[[], str]) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        tell(f"liggare: Avbrutet: {how_far()}. Samma kommando igen fortsätter där det var.")
        raise


class _Progress:
    """Tells on standard error how far it has come, at most once a second."""

    def __init__(self, what: str, done: int = 0) -> None:
        self._what = what
        self._began = self._told = monotonic()
        self.done = done

    def __call__(self, done: int, total: int) -> None:
        self.done = done
        if monotonic() - self._told >= _EVERY_S:
            self._tell(
                f"{done} av {total} rader {self._what}" if total else f"{done} rader {self._what}"
            )

    def end(self) -> None:
        """Tell the end, where anything has been told."""
        if self._told > self._began:
            seconds = monotonic() - self._began
            self._tell(f"{self.done} rader {self._what} på {seconds:.0f} s")

    def _tell(self, text: str) -> None:
        self._told = monotonic()
        tell(f"liggare: {text}")
