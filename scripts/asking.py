"""Text that belongs on no command line, since others on the machine could see it there."""

from typing import IO

from scripts.output import tell
from scripts.settings import SettingsError


def tell_if_asked(file: IO[bytes], what: str) -> None:
    """Tell whoever sits at a terminal what is read from it, and how it ends.

    Args:
        file: standard input, or an open file.
        what: what is read.
    """
    if file.isatty():
        tell(f"liggare: läser {what} från tangentbordet, till Ctrl-D på en rad för sig.")


def lines_of(file: IO[bytes], *asked: str) -> list[str]:
    """Read one line for each thing that is asked. At a terminal each is asked for by its name.

    Args:
        file: standard input, or an open file.
        asked: what each line is, as a sentence begins with it.

    Raises:
        SettingsError: a line is missing or empty, or is not UTF-8, or there are more.
    """
    found: list[str] = []
    for number, what in enumerate(asked, start=1):
        if file.isatty():
            tell(f"{what}:")
        line = file.readline()
        try:
            text = line.decode("utf-8-sig" if number == 1 else "utf-8").strip()
        except UnicodeDecodeError:
            raise SettingsError(
                f"{what} är inte UTF-8.", "Spara texten som UTF-8 och ge den igen."
            ) from None
        if not text:
            raise SettingsError(
                f"{what} saknas.", f"Skriv det på rad {number} i filen eller på standard in."
            )
        found.append(text)
    if not file.isatty() and file.read().strip():
        raise SettingsError(
            f"Texten har fler rader än de {len(asked)} som ska läsas.", "Ta bort de övriga."
        )
    return found
