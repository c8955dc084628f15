"""No value of a sealed field stands in clear: in no envelope, projection, log, column, index or
file name.

A value that can be told from all others is a mark. Every type is recorded with a mark in each of
its sealed fields that can hold one; then both databases are read through, row by row as text and
page by page as bytes, with the write-ahead log, the server's log, the program's log and what errors
say. What is too short to be a mark (a code, yes or no) has the other proof: what is stored in clear
is made of the clear fields alone, and is the same whatever the sealed ones say.
"""

import json
import logging
import re
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import count
from typing import Annotated, Any, Final
from uuid import UUID

import psycopg
import pytest
from psycopg import sql
from pydantic.alias_generators import to_camel
from typing_extensions import override

from api.examples import command_example, example, id_of
from api.problems import Problem
from api.saying import understand
from domain.kernel.event import RecordedEvent
from domain.kernel.fact import (
    ORDINARY,
    PARTY,
    Fact,
    codec_of,
    kept,
    read_fact,
    specs_of,
    values_of,
)
from domain.kernel.shapes import DocumentFiled
from domain.kernel.values import Text
from ledger.codec import COMMON_FIELDS, Draft, Json, Lane
from ledger.errors import LedgerError
from ledger.lists import catch_up
from ledger.seal import DataKey, seal
from projections.lists import LISTS
from projections.registry import REGISTRY
from tests.api.filing import file
from tests.api.service import APPLICATION, BERIT, HANNA, RUT, Service
from tests.api.test_every_type import CARRIED, Writer, carry, exported
from tests.vectors.examples import FACTS, frozen
from tests.whole import NAMND, OTHER_NAMND, Whole, by, fresh, saying

pytestmark = pytest.mark.one_server

# ---------------------------------------------------------------- marks

FORMS: Final = {
    "id": re.compile("[0-9a-f]{8}-[0-9a-f-]{27}"),
    "reference": re.compile("[a-z]+/[0-9a-f-]{36}/[0-9]+"),
    "day": re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}(T.+Z)?"),
    "number": re.compile("[0-9]{12}"),
    "hash": re.compile("[0-9a-f]{64}"),
    "words": re.compile("Text å ä ö[.]|Provnämnden"),
}
"""The values of an example that a mark can stand for. What has no such form is a code."""


@dataclass(frozen=True)
class Kind:
    """A kind of marks that is told from every other kind, and from all that is no mark.

    Args:
        century: of its days. Nobody who was born then is alive.
    """

    century: int

    @property
    def word(self) -> str:
        return f"Kanariefågel{self.century}"

    @property
    def born(self) -> str:
        return f"{self.century}800505"

    @property
    def number(self) -> int:
        return int(f"8812345678{self.century}000")

    @property
    def id(self) -> str:
        return f"c0ffee{self.century}-cafe"

    @property
    def hash(self) -> str:
        return f"c0ffee{self.century}" * 7

    @property
    def pattern(self) -> re.Pattern[bytes]:
        """Every mark of the kind, also where bytes are written in hex."""
        digits, number = str(self.century).encode(), str(self.number)[:-3].encode()
        id_ = self.id.replace("-", "")
        return re.compile(
            b"|".join(
                [
                    self.word.encode(),
                    self.word.encode().hex().encode(),
                    self.id.encode(),
                    id_.encode(),
                    re.escape(bytes.fromhex(id_)),
                    digits + rb"[0-9]{2}-[0-9]{2}-[0-9]{2}",
                    digits.hex().encode() + rb"(3[0-9]){2}2d(3[0-9]){2}2d(3[0-9]){2}",
                    number + b"[0-9]{3}",
                    number.hex().encode(),
                    self.born.encode() + b"[0-9]{4}",
                    self.born.encode().hex().encode(),
                    self.hash.encode(),
                ]
            )
        )


TRUE: Final = Kind(18)
"""Of what is recorded."""
PLANTED: Final = Kind(17)
"""Of the control, which leaves its own in the server's write-ahead log."""


class Marker:
    """Makes marks, each once.

    Args:
        kind: of which kind.
        made: the marks, as JSON writes them.
    """

    def __init__(self, kind: Kind = TRUE) -> None:
        self.kind = kind
        self._numbers = count(1)
        self.made: set[str] = set()

    def mark(self, value: Json) -> Json:
        """Return a mark in the form of a value, or the value where it has no form for one."""
        match value:
            case bool() | None:
                return value
            case int():
                return self._new(self.kind.number + next(self._numbers))
            case str():
                return self._text(value)
            case list():
                return [self.mark(item) for item in value]
            case dict():
                return {str(self.mark(key)): self.mark(item) for key, item in value.items()}
            case _:
                raise AssertionError(value)

    def marked(self, fact: type[Fact], said: dict[str, Json]) -> dict[str, Json]:
        """The example of a type with marks in its sealed fields.

        Not in those that name a person to the ledger, by an id or a stream: keys are kept by that
        id, which is drawn at random and says nothing of anybody.
        """
        naming = {"personStream", "into", "intoStream", *map(to_camel, fact.NAMES.values())}
        sealed = {to_camel(spec.name) for spec in specs_of(fact) if spec.sealed} - naming
        marked = {name: self.mark(one) if name in sealed else one for name, one in said.items()}
        for first, last in ((to_camel(first), to_camel(last)) for first, last in fact.PERIODS):
            if first in sealed and last in sealed:
                marked[first], marked[last] = sorted((str(marked[first]), str(marked[last])))
            elif last in sealed:
                marked[first] = f"{self.kind.century - 1}99-12-31"  # clear, and before every mark
        return marked

    def words(self) -> str:
        return str(self._new(f"{self.kind.word} {next(self._numbers):05}"))

    def _text(self, value: str) -> Json:
        number = next(self._numbers)
        form = next((name for name, form in FORMS.items() if form.fullmatch(value)), None)
        mark: Json = {
            "id": f"{self.kind.id}-4000-8000-{number:012}",
            "day": f"{date(self.kind.century * 100 + 1, 1, 1) + timedelta(number)}{value[10:]}",
            "number": _with_check_digit(f"{self.kind.born}{number % 1000:03}"),
            "hash": f"{self.kind.hash}{number:08}",
            "words": f"{self.kind.word} {number:05}",
        }.get(form or "")
        if form == "reference":  # of an event in the case, by a version that is the mark
            return f"{value.rpartition('/')[0]}/{self._new(self.kind.number + number)}"
        return value if mark is None else self._new(mark)

    def _new(self, mark: Json) -> Json:
        self.made.add(json.dumps(mark, ensure_ascii=False).strip('"'))
        return mark


def _with_check_digit(digits: str) -> str:
    doubled = "".join(str(int(one) * (2 - at % 2)) for at, one in enumerate(digits[2:]))
    return digits + str(-sum(map(int, doubled)) % 10)


# ---------------------------------------------------------------- what is looked through


def cells(connection: psycopg.Connection[Any]) -> Iterator[tuple[str, bytes]]:
    """All rows of all tables of a database, and what PostgreSQL keeps of them for planning."""
    connection.execute("ANALYZE")
    tables = connection.execute(
        "SELECT schemaname, tablename FROM pg_tables"
        " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
    ).fetchall()
    assert tables
    for schema, table in [*tables, ("pg_catalog", "pg_stats"), ("pg_catalog", "pg_stat_activity")]:
        statement = sql.SQL("COPY (SELECT t::text FROM {} t) TO STDOUT")
        with connection.cursor().copy(statement.format(sql.Identifier(schema, table))) as rows:
            yield f"{schema}.{table}", b"".join(bytes(row) for row in rows)


def files(whole: Whole) -> Iterator[tuple[str, bytes]]:
    """The files of both databases with their indexes, and the write-ahead log; by their names."""
    data = whole.cluster.directory / "data"
    folders = [data / "pg_wal"]
    for database in whole.names:
        with whole.superuser(database) as connection:
            connection.execute("CHECKPOINT")
            row = connection.execute(
                "SELECT oid::text FROM pg_database WHERE datname = current_database()"
            ).fetchone()
            assert row
            folders.append(data / "base" / row[0])
    for path in (path for folder in folders for path in folder.rglob("*") if path.is_file()):
        yield str(path.relative_to(data)), path.read_bytes()


def names(whole: Whole) -> bytes:
    """The names of all files of the server and the vault."""
    roots = (whole.cluster.directory, whole.vault)
    return "\n".join(str(path) for root in roots for path in root.rglob("*")).encode()


def found(places: Iterable[tuple[str, bytes]], kind: Kind = TRUE) -> dict[str, set[bytes]]:
    """The marks in each place that has any."""
    marks = {place: {match[0] for match in kind.pattern.finditer(data)} for place, data in places}
    return {place: seen for place, seen in marks.items() if seen}


# ---------------------------------------------------------------- every type, marked


def spelled(lines: Iterable[bytes]) -> str:
    """The lines with every letter as itself."""
    return "\n".join(json.dumps(json.loads(line), ensure_ascii=False) for line in lines)


class MarkingWriter(Writer):
    """Writes the lines of a lane with marks in all sealed fields, its note and its delegation."""

    def __init__(self, whole: Whole, lane: Lane, marker: Marker) -> None:
        super().__init__(whole, lane)
        self.marker = marker
        self.type: type[Fact] | None = None

    @override
    def taken(self, name: str, fact: type[Fact]) -> bytes | None:
        self.type = fact
        line = super().taken(name, fact)
        if line is None:
            return None
        more = {"note": self.marker.words(), "delegation": self.marker.words()}
        return json.dumps(json.loads(line) | more).encode()

    @override
    def placed(self, said: dict[str, Json], entry: str) -> dict[str, Json]:
        assert self.type is not None
        return self.marker.marked(self.type, super().placed(said, entry))


class Recorder:
    """Records marked facts that no file carries, each by itself."""

    def __init__(self, whole: Whole, marker: Marker) -> None:
        self.whole, self.marker = whole, marker
        self.types: set[type[Fact]] = set()

    def record(
        self, fact: type[Fact], stream: UUID, target: UUID | None = None, **given: Json
    ) -> UUID:
        """Record a marked example in a stream, after what is there, and read it back."""
        process = self.whole.processes[fact.lane]
        said = self.marker.marked(fact, frozen(fact)) | given
        one = replace(
            saying(read_fact(fact, said), stream, len(self.history(fact.lane, stream)) + 1),
            note=self.marker.words(),
            delegation=self.marker.words(),
            target=target,
        )
        process.record([one], by())
        holder = OTHER_NAMND if "toNamnd" in given else NAMND
        stored = self.history(fact.lane, stream, holder)[-1]
        assert isinstance(stored.fact, Fact)
        assert values_of(stored.fact) == values_of(one.fact)
        assert (stored.common.note, stored.common.delegation) == (one.note, one.delegation)
        self.types.add(fact)
        return stream

    def history(self, lane: Lane, stream: UUID, namnd: UUID = NAMND) -> list[RecordedEvent]:
        process = self.whole.processes[lane]
        with process.reading(by(namnd=namnd).reads("test"), stream):
            return process.history(stream)

    def record_rest(self, service: Service) -> None:
        """Record what no file carries: marks, moves, spärrar, gallring, the organisation's own."""
        tillsyn, other = ({one.TYPE: one for one in FACTS if one.lane is lane} for lane in OWN)
        case, _ = self.whole.open_case()
        hold = self.record(tillsyn["GallringsspärrSet"], fresh(), case, targetLane="bistand")
        self.record(tillsyn["GallringsspärrLifted"], hold, case)
        decision = self.record(
            tillsyn["GallringDecided"], fresh(), case, targetLane="bistand", level=2
        )
        self.record(tillsyn["GallringWithdrawn"], decision, case, decision=f"tillsyn/{decision}/1")
        officer = self.record(other["OfficerRegistered"], fresh())
        for name in ("MeetingHeld", "RuleConfigured", "SealMade"):
            self.record(other[name], fresh())
        streams = {
            Lane.BISTAND: case,
            Lane.HYRA: self.whole.open_case(lane=Lane.HYRA)[0],
            Lane.KOPPLING: UUID(service.joined_case()["koppling"]),
            Lane.TILLSYN: id_of("tillsyn/DocumentRequested"),
            Lane.SYSTEM: officer,
        }
        for name in ("EntryMarkedErroneous", "HolderChanged"):
            for fact in (one for one in FACTS if name == one.TYPE):
                stream = streams[fact.lane]
                if name == "HolderChanged":
                    self.record(fact, stream, toNamnd=str(OTHER_NAMND))
                else:
                    self.record(fact, stream, entry=f"{fact.lane}/{stream}/1")

    def file(self, service: Service) -> None:
        """File a document in each lane that takes them: its words, its kind, its content."""
        matter = command_example(REGISTRY.require(Lane.TILLSYN, "DocumentRequested"))
        opened = service.open(RUT, Lane.TILLSYN, matter)
        assert opened.status_code == 201, opened.text
        streams = {
            Lane.BISTAND: (BERIT, service.open_case()),
            Lane.HYRA: (HANNA, service.open_case(HANNA, Lane.HYRA)),
            Lane.TILLSYN: (RUT, opened.json()["stream"]),
        }
        for lane, (who, stream) in streams.items():
            said = {
                "occurred": "day 2024-03-05",
                "fact": {name: self.marker.words() for name in ("heading", "kindText")}
                | {"kind": "utanfor_katalogen"},
                "note": self.marker.words(),
            }
            content = self.marker.words().encode() * 1000
            answer = file(
                service,
                stream,
                content,
                1,
                said,
                who=who,
                lane=lane,
                content_type=f"a/{TRUE.born}0000",
            )
            assert answer.status_code == 201, answer.text
            self.types.add(REGISTRY.require(lane, DocumentFiled.__name__))
            service.get(who, answer.headers["location"])


OWN: Final = (Lane.TILLSYN, Lane.SYSTEM)


def test_no_mark_in_a_sealed_field_is_anywhere_in_clear(
    own_service: Service, whole: Whole, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server_log = whole.cluster.directory / "server.log"
    began = server_log.stat().st_size
    marker = Marker()
    file_ = [
        line
        for lane in (Lane.BISTAND, Lane.HYRA, Lane.KOPPLING, Lane.TILLSYN)
        for line in MarkingWriter(whole, lane, marker).lines()
    ]
    carry(whole, file_)
    written, told = (spelled(lines) for lines in (file_, exported(whole)))
    marks = {mark for mark in marker.made if mark in written}
    assert len(marks) > len(CARRIED)
    assert {mark for mark in marks if mark not in told} == set(), "stored, and read back"

    recorder = Recorder(whole, marker)
    recorder.record_rest(own_service)
    recorder.file(own_service)
    with_sealed = {fact for fact in REGISTRY.facts if any(spec.sealed for spec in specs_of(fact))}
    assert {fact.TYPE for fact in with_sealed - recorder.types - {*CARRIED}} == {"EpochOpened"}

    catch_up(whole.ledger.connections, LISTS)
    with whole.superuser() as connection:
        listed = connection.execute("SELECT DISTINCT lane FROM ledger.list_stream").fetchall()
    assert {lane for (lane,) in listed} == {*LISTS}

    for database in whole.names:
        with whole.superuser(database) as connection:
            assert found(cells(connection)) == {}
    assert found(files(whole)) == {}
    texts = {
        "file names": names(whole),
        "the program's log": caplog.text.encode(),
        "the server's log": server_log.read_bytes()[began:],
    }
    assert found(texts.items()) == {}


# ---------------------------------------------------------------- errors


def test_no_error_tells_a_mark(
    own_service: Service, whole: Whole, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server_log = whole.cluster.directory / "server.log"
    began, marker, told = server_log.stat().st_size, Marker(), list[str]()
    for fact in FACTS:
        said = marker.marked(fact, frozen(fact))
        bads: tuple[dict[str, Json], ...] = (
            {name: {marker.words(): one} for name, one in said.items()},
            {**said, marker.words(): marker.words()},
            {name: [one, marker.words()] for name, one in said.items()},
        )
        for bad in bads:
            try:
                understand(fact.lane, {"type": fact.TYPE, "occurred": "sealed", "fact": bad})
            except Problem as problem:
                told += traceback.format_exception(problem)
                told.append(json.dumps(problem.to_json("urn:x"), ensure_ascii=False))
            else:
                pytest.fail(fact.TYPE)
    case = own_service.open_case()
    stream, _ = whole.open_case()
    with whole.superuser() as connection:  # whose error quotes the row that is refused
        connection.execute("ALTER TABLE ledger.event ADD CHECK (version < 2) NOT VALID")
    application = APPLICATION | {"fact": {"text": marker.words()}, "note": marker.words()}
    answer = own_service.record(BERIT, Lane.BISTAND, case, 1, application)
    assert answer.status_code >= 500
    told.append(answer.text)
    with pytest.raises((LedgerError, psycopg.Error)) as failed:
        whole.apply(stream, 2, marker.words())
    told += traceback.format_exception(failed.value)
    told += [caplog.text, server_log.read_bytes()[began:].decode()]
    assert "violates check constraint" in told[-1]
    assert found([("told", "".join(told).encode())]) == {}


# ---------------------------------------------------------------- what is too short for a mark


def stored_in_clear(fact: type[Fact], values: dict[int, Json]) -> str:
    """The clear text of an event of a type, nothing in it drawn at random."""
    codec = codec_of(fact)
    key = DataKey(UUID(int=1), bytes(32))
    keys = {(group.slot, group.cls): key for group, _ in codec.groups if group.sealed}
    draft = Draft(UUID(int=2), 1, codec, "unknown", values)
    return seal(draft, UUID(int=3), keys, bytes).clear


def all_values(fact: type[Fact], marker: Marker) -> dict[int, Json]:
    """A value for each field of an event, with marks where there can be one."""
    said = marker.marked(fact, example(fact))
    own = {spec.number: said.get(to_camel(spec.name)) for spec in specs_of(fact)}
    return {spec.number: marker.words() for spec in COMMON_FIELDS if spec.sealed} | own


@pytest.mark.parametrize("fact", REGISTRY.facts, ids=lambda fact: f"{fact.lane}-{fact.TYPE}")
def test_what_is_stored_in_clear_is_the_clear_fields_whatever_the_sealed_ones_say(
    fact: type[Fact],
) -> None:
    fields = codec_of(fact).fields
    sealed = {spec.number for spec in fields if spec.sealed}
    values = all_values(fact, Marker())
    clear = stored_in_clear(fact, values)
    groups = [line for line in clear.splitlines() if line.startswith("@ ")]
    lines = [line.split(" ", 1) for line in clear.splitlines() if not line.startswith("@ ")]
    assert {int(number) for number, _ in lines} == {spec.number for spec in fields} - sealed
    assert [line.rpartition(" ")[0] for line in groups] == [
        f"@ {group.slot} {group.cls.label}"
        for group, _ in codec_of(fact).groups
        if not group.sealed
    ]
    for number, value in lines:
        assert json.loads(value) == values.get(int(number))
    without = {number: value for number, value in values.items() if number not in sealed}
    assert stored_in_clear(fact, without) == clear
    assert found([("clear", clear.encode())]) == {}


# ---------------------------------------------------------------- controls


class Leaking(Fact):
    """A type like another, but for one field that somebody declared clear."""

    lane = Lane.BISTAND
    text: Annotated[Text | None, kept(32, ORDINARY, PARTY, clear=True)] = None


def test_the_control_a_field_declared_clear_is_found_in_what_is_stored() -> None:
    clear = stored_in_clear(Leaking, {32: Marker().words()})
    assert found([("clear", clear.encode())])


def test_the_control_a_mark_is_found_in_any_kind_of_column_page_and_name(whole: Whole) -> None:
    marker = Marker(PLANTED)
    id_, day = str(marker.mark(str(fresh()))), str(marker.mark("2024-03-01"))
    word, number = marker.words(), marker.mark(3)
    planted = {
        "text": word,
        "bytea": word.encode(),
        "uuid": id_,
        "date": day,
        "bigint": number,
        "jsonb": json.dumps({word: 1}, ensure_ascii=False),
    }
    for database in whole.names:
        with whole.superuser(database) as connection:
            for kind, value in planted.items():
                table, type_ = sql.Identifier(f"planted_{kind}"), sql.SQL(kind)
                connection.execute(
                    sql.SQL("CREATE TABLE public.{} (it {} PRIMARY KEY)").format(table, type_)
                )
                connection.execute(
                    sql.SQL("INSERT INTO public.{} VALUES (%s)").format(table), [value]
                )
            assert found(cells(connection), PLANTED).keys() >= {
                f"public.planted_{kind}" for kind in planted
            }
    assert any("base/" in place for place in found(files(whole), PLANTED))
    (whole.vault / word).touch()
    assert found([("names", names(whole))], PLANTED)
