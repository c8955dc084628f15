"""From an old system's CSV to lines for import, by a mapping file written by whoever knows it.

    {"source": "paraplyet", "delimiter": ";", "encoding": "utf-8-sig",
     "rows": [{"when": {"handelse": "ANSOKAN"},
               "line": {"lane": "bistand", "stream": "arende-{arende}",
                        "type": "ApplicationReceived", "occurred": "day {datum}",
                        "claimedRecorded": "{registrerad}",
                        "fact": {"channel": {"column": "kanal", "codes": {"P": "post"}},
                                 "text": "{text}"}}}]}

Each row makes a line for every entry of `rows` whose `when` it meets. In texts, `{column}` is the
row's value; `{"column": …, "codes": …}` looks a code up, and `"as"` makes a `number`, `ore`
(kronor in the column) or `flag` of it. What has an empty column is left out.
"""

import csv
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from io import StringIO
from pathlib import Path
from typing import Any, Final

from ledger.codec import Json
from scripts.settings import SettingsError

_COLUMN: Final = re.compile(r"\{([^{}]+)\}")
_YES: Final = {"ja", "j", "1", "true", "x"}
_NO: Final = {"nej", "n", "0", "false"}


class _Empty(Exception):
    """The column is empty, so what stands on it is left out."""


@dataclass(frozen=True, slots=True)
class _Entry:
    when: Mapping[str, str]
    line: Mapping[str, Any]


class CsvMapping:
    """A mapping file.

    Args:
        path: of the file.

    Raises:
        SettingsError: it cannot be used.
    """

    def __init__(self, path: Path) -> None:
        try:
            data = json.loads(path.read_text("utf-8"))
            self._source = str(data["source"])
            self._delimiter = str(data.get("delimiter", ";"))
            self._encoding = str(data.get("encoding", "utf-8-sig"))
            self._entries = [
                _Entry(dict(entry.get("when", {})), dict(entry["line"])) for entry in data["rows"]
            ]
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            raise SettingsError(
                "Mappningsfilen går inte att använda.",
                "Den är JSON med source och rows: docs/import.md.",
            ) from None

    def lines(self, data: bytes) -> Iterator[bytes]:
        """Return the lines that a CSV file makes, in its order.

        Args:
            data: the file.

        Raises:
            SettingsError: a row fits no entry, has no such column, or holds what cannot be read.
                The row is named by its number; what stands in it never.
        """
        try:
            text = data.decode(self._encoding)
        except (UnicodeDecodeError, LookupError):
            raise SettingsError(
                "CSV-filen har en annan teckenkodning än mappningsfilen anger.",
                'Ange encoding, till exempel "cp1252".',
            ) from None
        reader = csv.DictReader(StringIO(text), delimiter=self._delimiter, strict=True)
        number = 1
        try:
            for number, row in enumerate(reader, start=2):
                yield from self._of_row(number, row)
        except csv.Error:
            raise _row_error(number, "är inte riktig CSV") from None

    def _of_row(self, number: int, row: Mapping[Any, Any]) -> Iterator[bytes]:
        if None in row or None in row.values():
            raise _row_error(number, "har fler eller färre kolumner än den första")
        entries = [
            entry
            for entry in self._entries
            if all(row.get(column) == value for column, value in entry.when.items())
        ]
        if not entries:
            raise _row_error(number, "motsvarar ingen post i mappningsfilen")
        for entry in entries:
            line = {"source": self._source, **self._filled(number, entry.line, row)}
            yield json.dumps(line, ensure_ascii=False).encode()

    def _filled(
        self, number: int, given: Mapping[str, Any], row: Mapping[str, str]
    ) -> dict[str, Json]:
        filled: dict[str, Json] = {}
        for name, value in given.items():
            try:
                filled[name] = self._value(number, value, row)
            except _Empty:
                continue
        return filled

    def _value(self, number: int, given: Any, row: Mapping[str, str]) -> Json:  # noqa: ANN401
        match given:
            case str():
                return _COLUMN.sub(lambda found: _cell(number, row, found[1]), given)
            case dict() if isinstance(given.get("column"), str):
                return _read(number, _cell(number, row, given["column"]), given)
            case dict():
                return self._filled(number, given, row)
            case list():
                return [self._value(number, item, row) for item in given]
            case _:
                return given  # type: ignore[no-any-return]  # a number or a flag, as JSON gave it


def _cell(number: int, row: Mapping[str, str], column: str) -> str:
    if column not in row:
        raise _row_error(number, f"saknar kolumnen {column}")
    if not (value := row[column].strip()):
        raise _Empty
    return value


def _read(number: int, cell: str, how: Mapping[str, Any]) -> Json:
    if codes := how.get("codes"):
        if cell not in codes:
            raise _row_error(number, "har en kod som mappningsfilen inte har")
        code: Json = codes[cell]
        return code
    try:
        match how.get("as"):
            case "number":
                return int(cell)
            case "ore":
                return _ore(cell)
            case "flag" if cell.casefold() in _YES | _NO:
                return cell.casefold() in _YES
            case None:
                return cell
            case _:
                pass
    except (ValueError, InvalidOperation):
        pass
    raise _row_error(number, "har ett värde av fel slag")


def _ore(kronor: str) -> int:
    """Öre of an amount in kronor, as Swedish systems write it.

    >>> _ore("5 120,50")
    512050
    """
    ore = Decimal("".join(kronor.split()).replace(",", ".")) * 100
    if ore != int(ore):
        raise ValueError
    return int(ore)


def _row_error(number: int, what: str) -> SettingsError:
    return SettingsError(
        f"CSV-filens rad {number} {what}.", "Rätta raden, eller mappningsfilen: docs/import.md."
    )
