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
(kronor in the column) or `flag` of it. What has an empty column is left out; of a list, and of a
text in `fact`, what is there is kept.
"""

import csv
import json
import re
from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import StringIO
from itertools import chain
from pathlib import Path
from typing import Any, Final, NoReturn

from domain.kernel.refused import Refused
from ledger.codec import Json
from scripts.settings import SettingsError

_COLUMN: Final = re.compile(r"( ?)\{([^{}]+)\}")
"""A column in a text, with the space before it: that goes where the column is empty."""
_WHOLE: Final = ("$", "@")
"""How a name begins: with a piece missing it is another's."""
_TEXTS: Final = frozenset({"fact", "note", "delegation"})
"""Where texts stand that are kept with a piece missing."""
_MINUS: Final = "\u2212"
_INTEGER: Final = re.compile(
    rf"[-{_MINUS}]?(?:[0-9]{{1,16}}|[0-9]{{1,3}}(?:[ \u00a0\u202f][0-9]{{3}}){{1,4}})"
)
_KRONOR: Final = re.compile(rf"({_INTEGER.pattern})(?:,([0-9]{{1,2}}))?")
_YES: Final = ("ja", "j", "1", "true", "x")
_NO: Final = ("nej", "n", "0", "false")
_NO_ENTRY: Final = -1
_DEEPEST: Final = 32
"""So many lists and objects can stand in one another; no type has values nearly so deep."""


class _Empty(Exception):
    """The column is empty, so what stands on it is left out."""


class _WrongMapping(Exception):
    """What is wrong with the mapping file; a Swedish sentence."""


@dataclass(frozen=True, slots=True)
class _Entry:
    when: Mapping[str, str]
    line: Mapping[str, Any]

    def columns(self) -> Iterator[str]:
        """The columns it uses."""
        yield from self.when
        yield from _columns_in(self.line)

    def columns_of(self, name: str) -> list[str]:
        """The columns that a field of the line is made of, or one of its fact."""
        fact = self.line.get("fact")
        head = name.partition(".")[0]
        given = [fact.get(head) if isinstance(fact, dict) else None]
        if head != "fact":
            given.append(self.line.get(head))
        return list(dict.fromkeys(chain.from_iterable(map(_columns_in, given))))


class CsvMapping:
    """A mapping file.

    Args:
        path: of the file.

    Raises:
        SettingsError: it cannot be used; it says why.
    """

    def __init__(self, path: Path) -> None:
        try:
            data = _json(path)
            _require_known(data, {"source", "delimiter", "encoding", "rows"}, "Mappningsfilen")
            self._source = _text_of(data, "source", None)
            self._delimiter = _text_of(data, "delimiter", ";")
            self._encoding = _text_of(data, "encoding", "utf-8-sig")
            if len(self._delimiter) != 1 or self._delimiter in '"\r\n\0':
                _wrong("delimiter ska vara ett enda tecken, till exempel ;")
            rows = data.get("rows")
            if not isinstance(rows, list) or not rows:
                _wrong("rows ska vara en lista med minst en post")
            self.entries = tuple(_entry(number, row) for number, row in enumerate(rows, start=1))
        except _WrongMapping as wrong:
            reason = str(wrong)
        else:
            return
        raise SettingsError(
            f"Mappningsfilen går inte att använda: {reason}.",
            "Rätta mappningsfilen. Hur den skrivs står i docs/import.md.",
        )

    def lines(self, data: bytes) -> "CsvLines":
        """Return the lines that a CSV file makes, in its order.

        Args:
            data: the file.

        Raises:
            SettingsError: it is in another encoding, or the mapping names a column that it has not
                or has twice.
        """
        try:
            text = data.decode(self._encoding)
        except (ValueError, LookupError):
            raise SettingsError(
                "CSV-filen har en annan teckenkodning än mappningsfilen anger.",
                'Ange encoding, till exempel "cp1252".',
            ) from None
        return CsvLines(
            self._source,
            self.entries,
            csv.reader(StringIO(text, newline=""), delimiter=self._delimiter, strict=True),
        )


class CsvLines:
    """The lines of a CSV file: each as bytes, or why it could not be made.

    Args:
        source: the source system's name.
        entries: of the mapping.
        rows: of the file, the names of the columns first.

    Raises:
        SettingsError: as `CsvMapping.lines`.
    """

    def __init__(self, source: str, entries: Sequence[_Entry], rows: "Iterator[list[str]]") -> None:
        self._source = source
        self._entries = entries
        self._rows = rows
        self._row_of = array("L")
        self._entry_of = array("l")
        self._with_values: set[str] = set()
        try:
            self._columns = next(rows, [])
        except csv.Error:
            raise SettingsError(
                "CSV-filens första rad är inte riktig CSV.",
                "Den ska ha kolumnernas namn: docs/import.md.",
            ) from None
        found = Counter(self._columns)
        for column in dict.fromkeys(chain.from_iterable(entry.columns() for entry in entries)):
            if found[column] != 1:
                what = "har flera kolumner som heter" if found[column] else "saknar kolumnen"
                raise SettingsError(
                    f"CSV-filen {what} {column}, som mappningsfilen använder.",
                    "Den första raden har kolumnernas namn. Rätta den, delimiter eller kolumnen i"
                    " mappningsfilen.",
                )

    def __iter__(self) -> Iterator[bytes | Refused]:
        number = 1
        try:
            for number, cells in enumerate(self._rows, start=2):
                if cells:  # a spreadsheet counts the row that has nothing on it too
                    yield from self._of_row(number, cells)
        except csv.Error:
            yield self._fault(number + 1, "csv.form", "Raden är inte riktig CSV.")

    def where(self, line: int, name: str) -> tuple[int, str]:
        """Where something stands in the CSV file.

        Args:
            line: a line's number among those made, from 1.
            name: of the line's field; empty for all of it.

        Returns:
            The row as a spreadsheet counts it, the first being the columns' names, and the columns.
        """
        row, entry = self._row_of[line - 1], self._entry_of[line - 1]
        columns = [name] if name else []
        if entry != _NO_ENTRY:
            columns = self._entries[entry].columns_of(name)
            if not columns:
                return row, name
        return row, ", ".join(f"kolumn {column}" for column in columns)

    def unused(self) -> list[str]:
        """The columns that have a value in some row read so far, and that the mapping never names.
        A name is told and never a value.
        """
        used = set(chain.from_iterable(entry.columns() for entry in self._entries))
        left = self._with_values - used
        return [name for name in dict.fromkeys(self._columns) if name in left]

    def _of_row(self, number: int, cells: Sequence[str]) -> Iterator[bytes | Refused]:
        if len(cells) != len(self._columns):
            yield self._fault(
                number, "csv.columns", "Raden har fler eller färre kolumner än den första."
            )
            return
        pairs = [(name, cell.strip()) for name, cell in zip(self._columns, cells, strict=True)]
        self._with_values.update(name for name, cell in pairs if cell)
        row = dict(pairs)
        met = False
        for place, entry in enumerate(self._entries):
            if all(row[column] == value for column, value in entry.when.items()):
                met = True
                yield self._line(number, place, entry, row)
        if not met:
            yield self._fault(
                number, "csv.no_entry", "Raden motsvarar ingen post i mappningsfilen."
            )

    def _line(
        self, number: int, place: int, entry: _Entry, row: Mapping[str, str]
    ) -> bytes | Refused:
        filling = _Filling(row)
        line = {"source": self._source, **filling.line(entry.line)}
        if filling.faults:
            return self._fault(number, "csv.value", "", filling.faults)
        self._row_of.append(number)
        self._entry_of.append(place)
        # Half a surrogate pair is told of with all else that is no text.
        return json.dumps(line, ensure_ascii=False).encode("utf-8", "surrogatepass")

    def _fault(
        self, number: int, code: str, message: str, fields: Sequence[tuple[str, str]] = ()
    ) -> Refused:
        self._row_of.append(number)
        self._entry_of.append(_NO_ENTRY)
        remedy = "Rätta raden, eller mappningsfilen: docs/import.md."
        return Refused(code, message, remedy=remedy, fields=tuple(fields))


@dataclass(frozen=True, slots=True)
class _Filling:
    """Fills an entry with the cells of a row. Column and reason of what cannot be read."""

    row: Mapping[str, str]
    faults: list[tuple[str, str]] = field(default_factory=list)

    def line(self, given: Mapping[str, Any]) -> dict[str, Json]:
        filled: dict[str, Json] = {}
        for name, value in given.items():
            if name == "fact" and isinstance(value, dict) and not _is_column(value):
                filled[name] = self._object(value)  # there also where all of it is left out
            else:
                filled.update(self._there(name, value, whole=name not in _TEXTS))
        return filled

    def _there(self, name: str, given: Any, *, whole: bool) -> dict[str, Json]:  # noqa: ANN401
        try:
            return {name: self._value(given, whole=whole)}
        except _Empty:
            return {}

    def _object(self, given: Mapping[str, Any]) -> dict[str, Json]:
        filled: dict[str, Json] = {}
        for name, value in given.items():
            filled |= self._there(name, value, whole=False)
        return filled

    def _value(self, given: Any, *, whole: bool) -> Json:  # noqa: ANN401
        made: Json
        match given:
            case str():
                return self._text(given, whole=whole or given.startswith(_WHOLE))
            case dict() if _is_column(given):
                return self._read(given["column"], given)
            case dict():
                made = self._object(given)
            case list():
                made = [
                    one for item in given for one in self._there("", item, whole=whole).values()
                ]
            case _:
                return given  # type: ignore[no-any-return]  # a number or a flag, as JSON gave it
        if given and not made:
            raise _Empty
        return made

    def _text(self, given: str, *, whole: bool) -> str:
        cells = [self.row[column] for column in _columns_in(given)]
        if all(cells):
            return _COLUMN.sub(lambda found: found[1] + self.row[found[2]], given)
        if whole or not any(cells):
            raise _Empty

        def there(found: re.Match[str]) -> str:
            cell = self.row[found[2]]
            return found[1] + cell if cell else ""

        return _COLUMN.sub(there, given).strip()

    def _read(self, column: str, how: Mapping[str, Any]) -> Json:
        if not (cell := self.row[column]):
            raise _Empty
        if "codes" in how and cell in how["codes"]:
            code: Json = how["codes"][cell]
            return code  # null too: a code that says nothing
        if "codes" in how:
            made, reason = None, "Koden finns inte i mappningsfilens codes."
        else:
            read, reason = _READ[how.get("as")]
            made = read(cell)
        if made is None:
            self.faults.append((column, reason))
            raise _Empty
        return made


def _integer(cell: str) -> int | None:
    """A number as Swedish systems write it.

    >>> _integer("-5 120")
    -5120
    """
    return _to_int(cell) if _INTEGER.fullmatch(cell) else None


def _to_int(digits: str) -> int:
    return int("".join(digits.split()).replace(_MINUS, "-"))


def _ore(cell: str) -> int | None:
    """Öre of an amount in kronor, as Swedish systems write it.

    >>> _ore("5 120,50"), _ore("-0,5"), _ore("5120.50")
    (512050, -50, None)
    """
    if not (found := _KRONOR.fullmatch(cell)):
        return None
    kronor, ore = _to_int(found[1]), int((found[2] or "").ljust(2, "0"))
    return kronor * 100 + (-ore if cell.startswith(("-", _MINUS)) else ore)


def _flag(cell: str) -> bool | None:
    return {**dict.fromkeys(_YES, True), **dict.fromkeys(_NO, False)}.get(cell.casefold())


_READ: Final[Mapping[str | None, tuple[Callable[[str], Json], str]]] = {
    None: (str, ""),
    "number": (_integer, "Värdet är inget heltal."),
    "ore": (_ore, "Värdet är inget belopp i kronor, skrivet som 5 120,50."),
    "flag": (_flag, "Värdet är varken ja eller nej."),
}
"""How a cell is read, and why it cannot be where that gives nothing."""


# ---------------------------------------------------------------- the mapping file


def _json(path: Path) -> Mapping[str, Any]:
    try:
        data = json.loads(
            path.read_text("utf-8"),
            object_pairs_hook=_object_once,
            parse_float=_no_float,
            parse_constant=_no_float,
        )
    except OSError:
        _wrong("den går inte att läsa")
    except (ValueError, RecursionError):
        _wrong("den är inte JSON i UTF-8")
    if not isinstance(data, dict):
        _wrong("den ska vara ett JSON-objekt")
    _require_shallow(data, _DEEPEST)
    return data


def _require_shallow(given: object, left: int) -> None:
    if not left:
        _wrong(f"den har listor och objekt i mer än {_DEEPEST} nivåer")
    inner = given.values() if isinstance(given, dict) else given if isinstance(given, list) else ()
    for item in inner:
        _require_shallow(item, left - 1)


def _object_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        _wrong("ett objekt i den har samma namn två gånger")
    return found


def _no_float(_: str) -> NoReturn:
    _wrong("den har ett tal som inte är ett heltal")


def _text_of(data: Mapping[str, Any], name: str, otherwise: str | None) -> str:
    value = data.get(name, otherwise)
    if not isinstance(value, str):
        _wrong(f"{name} ska vara en text")
    return value


def _entry(number: int, row: object) -> _Entry:
    where = f"post {number} i rows"
    if not isinstance(row, dict):
        _wrong(f"{where} ska vara ett objekt")
    _require_known(row, {"when", "line"}, where)
    when, line = row.get("when", {}), row.get("line")
    if not isinstance(when, dict) or not all(isinstance(value, str) for value in when.values()):
        _wrong(f"when i {where} ska vara ett objekt med en text för varje kolumn")
    if not isinstance(line, dict) or _is_column(line):
        _wrong(f"line i {where} ska vara ett objekt")
    _require_readable(line, where)
    return _Entry(when, line)


def _require_readable(given: object, where: str) -> None:
    """Refuse a column that is to be read in no way there is."""
    if isinstance(given, list):
        for item in given:
            _require_readable(item, where)
    if not isinstance(given, dict):
        return
    if not _is_column(given):
        for item in given.values():
            _require_readable(item, where)
        return
    kinds = [kind for kind in _READ if kind]
    _require_known(given, {"column", "codes", "as"}, where)
    if not isinstance(given["column"], str):
        _wrong(f"column i {where} ska vara en kolumns namn")
    if "codes" in given and not isinstance(given["codes"], dict):
        _wrong(f"codes i {where} ska vara ett objekt")
    if "as" in given and ("codes" in given or given["as"] not in kinds):
        _wrong(f"as i {where} ska vara {', '.join(kinds)}, och utan codes")


def _require_known(given: Mapping[str, Any], known: set[str], where: str) -> None:
    if not given.keys() <= known:
        _wrong(f"{where} har annat än {', '.join(sorted(known))}")


def _is_column(given: Mapping[str, Any]) -> bool:
    return "column" in given


def _columns_in(given: object) -> Iterator[str]:
    """The columns that a value is made of."""
    match given:
        case str():
            yield from (found[2] for found in _COLUMN.finditer(given))
        case dict() if _is_column(given):
            yield given["column"]
        case dict():
            yield from chain.from_iterable(map(_columns_in, given.values()))
        case list():
            yield from chain.from_iterable(map(_columns_in, given))
        case _:
            pass


def _wrong(reason: str) -> NoReturn:
    raise _WrongMapping(reason)
