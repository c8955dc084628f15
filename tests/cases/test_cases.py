"""The worked cases: files of an older system, carried into a ledger and read back in Swedish.

`fall-*.jsonl` are the worked cases and their variants, `jo-*.jsonl` cases after JO's decisions with
those numbers. Each file is as `liggare import` takes it, in the order its events were recorded;
each lane has them in that order, and the lanes' logs have none between them.
`organisation.jsonl` has the nämnder and officers that they name, and is carried over first.

Beside each file, `*.historik.txt` is the trail that a reader gets who may not open protected data,
so that a change of wording is seen where it is read. `LIGGAREN_WRITE_DOCS=1 python -m pytest
tests/cases` writes them anew.
"""

import json
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import ndiff
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import pytest

from api.acting import Acting, Purpose
from api.clock import utc_now
from api.importing import Importer
from api.reading import ReadGateway
from domain.kernel.actor import Actor, Role
from domain.kernel.event import RecordedEvent
from domain.kernel.fact import Fact, specs_of
from domain.kernel.values import EventRef
from ledger.codec import FieldClass, Lane
from ledger.embedded import Cluster
from ledger.migrate import Database
from projections.clocks import Clocks
from projections.plain import lines_of
from projections.texts import CODES, FIELDS, LANES, TECHNICAL
from projections.trail import Row, trail
from projections.words import Told, in_one_line, occurred
from tests.whole import ALMA, NAMND, Whole, making

pytestmark = pytest.mark.one_server

FOLDER: Final = Path(__file__).parent
ORGANISATION: Final = "organisation"
CASES: Final = sorted(path.stem for path in FOLDER.glob("*.jsonl") if path.stem != ORGANISATION)


def acting(*without: Role) -> Acting:
    """An officer with all roles but these."""
    roles = frozenset(Role).difference(without)
    return Acting(
        Actor(ALMA, "Alma", roles), NAMND, "Nämnden", frozenset({Role.SYSTEMADMINISTRATOR})
    )


ACTING: Final = acting()
"""Sees all of it."""
MOST: Final = acting(Role.SKYDDADE_UPPGIFTER)
"""Sees what most readers see."""

Line = Mapping[str, Any]
Place = tuple[Lane, UUID]


@dataclass(frozen=True)
class Read:
    """A case as it was carried over and read back.

    Args:
        lines: of the file.
        events: what was read of each lane, in the order of its log.
        rows: the trail of all of it.
        most: the same, as most readers see it.
        alone: the trail of each process alone.
        ids: what the names of streams became; more are found as lines and events are compared.
    """

    lines: list[Line]
    events: Mapping[Lane, list[RecordedEvent]]
    rows: tuple[Row, ...]
    most: tuple[Row, ...]
    alone: Mapping[Lane, tuple[Row, ...]]
    ids: dict[str, str]

    def __iter__(self) -> Iterator[tuple[Line, RecordedEvent, Row]]:
        """Each line with the event it became, and how the trail tells it."""
        rows = {row.ref: row for row in self.rows}
        assert len(self.lines) == len(rows)
        for place, line in in_their_lanes(self.lines):
            event = self.events[Lane(line["lane"])][place]
            yield line, event, rows[event.ref]


def lines_of_file(name: str) -> list[bytes]:
    return (FOLDER / f"{name}.jsonl").read_bytes().splitlines()


def said_in(name: str) -> list[Line]:
    return [json.loads(line) for line in lines_of_file(name)]


def in_their_lanes(lines: list[Line]) -> Iterator[tuple[int, Line]]:
    """Each line with its place among the lines of its lane, from 0."""
    seen = Counter[str]()
    for line in lines:
        yield seen[line["lane"]], line
        seen[line["lane"]] += 1


def carry(whole: Whole, name: str) -> list[Place]:
    """Carry a file over. Returns the lane and stream of each event, in each lane's order."""
    importer = Importer(whole.processes, ACTING)
    plan = importer.check(lines_of_file(name), utc_now(), lambda *_: None)
    importer.record(plan, utc_now, lambda *_: None)
    return [(batch.lane, saying.stream) for batch in plan.batches for saying in batch.sayings]


def names_of(name: str, places: list[Place]) -> dict[str, str]:
    lines = said_in(name)
    assert len(lines) == len(places)
    streams = {lane: [stream for one, stream in places if one is lane] for lane in Lane}
    return {
        f"${line['lane']}/{line['stream']}": str(streams[Lane(line["lane"])][place])
        for place, line in in_their_lanes(lines)
    }


def read_back(whole: Whole, name: str, places: list[Place]) -> Read:
    """Read a case as an officer does, with the matters and meetings of its file."""
    (case,) = {stream for lane, stream in places if lane is Lane.KOPPLING}
    events, names = read_as(whole, ACTING, case, places)
    clocks = Clocks(now=utc_now())
    return Read(
        said_in(name),
        {lane: sorted(some, key=lambda event: event.index) for lane, some in events.items()},
        trail(events, clocks, names).rows,
        trail(read_as(whole, MOST, case, places)[0], clocks, names).rows,
        {lane: trail({lane: some}, clocks, names).rows for lane, some in events.items()},
        names_of(name, places),
    )


def read_as(
    whole: Whole, officer: Acting, case: UUID, places: list[Place]
) -> tuple[dict[Lane, Sequence[RecordedEvent]], dict[UUID, str]]:
    """The events that an officer sees, by lane, and what officers and nämnder are called."""
    gateway = ReadGateway(whole.processes)
    read = gateway.case(officer, case, Purpose.HANDLAGGNING, "case.trail")
    events, names = dict(read.events), dict(read.names)
    for lane, stream in dict.fromkeys(places):
        if lane in {Lane.TILLSYN, Lane.SYSTEM}:
            more = gateway.stream(officer, lane, stream, Purpose.HANDLAGGNING, "stream.trail")
            events[lane] = [*events.get(lane, []), *more.events[lane]]
            names |= more.names
    return events, names


@pytest.fixture(scope="module")
def whole_of_cases(
    cluster: Cluster,
    whole_template: dict[Database, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Whole]:
    """A ledger that the cases share, as the cases of a nämnd do."""
    with making(cluster, whole_template, tmp_path_factory.mktemp("cases") / "vault") as whole:
        yield whole


@pytest.fixture(scope="module")
def read(whole_of_cases: Whole) -> Callable[[str], Read]:
    """Carries a case over and reads it back, once."""
    offices = names_of(ORGANISATION, carry(whole_of_cases, ORGANISATION))
    done: dict[str, Read] = {}

    def case(name: str) -> Read:
        if name not in done:
            done[name] = read_back(whole_of_cases, name, carry(whole_of_cases, name))
            done[name].ids.update(offices)
        return done[name]

    return case


# ------------------------------------------------------------ the files


@pytest.mark.parametrize("name", CASES)
def test_the_lines_stand_in_the_order_they_were_recorded(name: str) -> None:
    for one, other in pairwise(said_in(name)):
        assert one["claimedRecorded"] <= other["claimedRecorded"]


@pytest.mark.parametrize(
    ("variant", "removed", "added"),
    [("fall-5b", 1, 1), ("fall-5c", 2, 0), ("fall-5d", 2, 2)],
)
def test_a_variant_is_the_case_but_for_a_few_lines(variant: str, removed: int, added: int) -> None:
    one, other = (
        [line.decode().replace(name, "fall-5") for line in lines_of_file(name)]
        for name in ("fall-5", variant)
    )
    changes = [line[0] for line in ndiff(one, other, None, None)]
    assert (changes.count("-"), changes.count("+")) == (removed, added)


# ------------------------------------------------------------ what was recorded


@pytest.mark.parametrize("name", CASES)
def test_all_that_the_file_says_is_recorded_in_each_lanes_order_and_nothing_else(
    read: Callable[[str], Read], name: str
) -> None:
    compare(read(name))


def compare(case: Read) -> None:
    """Prove that lines and events say the same, and find what the lines' names became."""
    for line, event, _ in case:
        assert isinstance(event.fact, Fact)
        if "id" in line:
            case.ids[f"@{line['id']}"] = str(event.ref)
        common = event.common.model_dump(mode="json", by_alias=True, exclude_none=True)
        for field in ("actor", "role", "commandId"):  # who carried it over
            common.pop(field, None)
        got = {
            "lane": event.lane.value,
            "stream": f"${event.lane}/{line['stream']}",
            "type": event.fact.TYPE,
            "occurred": str(event.occurred),
            "fact": event.fact.model_dump(mode="json", by_alias=True, exclude_none=True),
            **{field: value for field, value in common.items() if value},
        }
        assert case.ids[got["stream"]] == str(event.stream)
        got["stream"] = line["stream"]
        said = {field: value for field, value in line.items() if field != "id"}
        assert_same(said, got, event.lane, case.ids)
    assert len(set(case.ids.values())) == len(case.ids), "each name is a thing of its own"


def assert_same(said: object, got: object, lane: Lane, ids: dict[str, str]) -> None:
    """What was read is what the line says, with an id for each name."""
    match said:
        case dict():
            assert isinstance(got, dict)
            assert len(said) == len(got)
            for (name, value), (other, stored) in zip(
                sorted(said.items()), sorted(got.items()), strict=True
            ):
                assert_same(name, other, lane, ids)
                assert_same(value, stored, lane, ids)
        case list():
            assert isinstance(got, list)
            for one, other in zip(said, got, strict=True):
                assert_same(one, other, lane, ids)
        case str() if said.startswith(("$", "@")):
            known = said if "/" in said or said[0] == "@" else f"{lane}: {said}"
            assert ids.setdefault(known, str(got)) == got
        case _:
            assert said == got


@pytest.mark.parametrize("name", CASES)
def test_the_same_file_again_adds_nothing(
    whole_of_cases: Whole, read: Callable[[str], Read], name: str
) -> None:
    read(name)
    assert carry(whole_of_cases, name) == []


# ------------------------------------------------------------ what a reader gets


@pytest.mark.parametrize("name", CASES)
def test_the_trail_tells_each_value_of_each_line(read: Callable[[str], Read], name: str) -> None:
    for line, event, row in read(name):
        assert isinstance(event.fact, Fact)
        assert row.occurred == event.occurred
        given = {
            spec.name: value
            for spec in specs_of(type(event.fact))
            if (value := getattr(event.fact, spec.name)) is not None
        }
        assert len(given) == len(line["fact"])
        shown = "\n".join(
            [row.sentence, *(f"{label}: {in_one_line(told)}" for label, told in row.details)]
        )
        for field, value in given.items():
            if field not in TECHNICAL:
                for words in words_for(field, value):
                    assert words.casefold() in shown.casefold(), (row.type, field)
        assert (row.note or None) == line.get("note")
        assert (row.delegation or None) == line.get("delegation")
        assert bool(row.acted_by) == ("actedBy" in line)


def words_for(field: str, value: object) -> Iterator[str]:
    """Words that stand in the trail where it tells a value."""
    match value:
        case bool():
            yield f"{FIELDS[field]}: {'ja' if value else 'nej'}"
        case StrEnum():
            yield CODES[type(value)][value]
        case int() if "_ore" in field:
            yield f"{value // 100:,}\u00a0kr".replace(",", "\u00a0")
        case UUID() | EventRef():
            pass  # told by a name or a title, which the frozen text shows
        case tuple() | dict() if not value:
            yield f"{FIELDS[field]}: inga"
        case tuple():
            for item in value:
                yield from words_for(field, item)
        case dict():
            for key, item in value.items():
                yield from words_for(field, key)
                yield from words_for(field, item)
        case _:
            yield str(value).removesuffix(".")


@pytest.mark.parametrize("name", CASES)
def test_each_process_alone_tells_the_same_of_itself(
    read: Callable[[str], Read], name: str
) -> None:
    case = read(name)
    for lane in {Lane.BISTAND, Lane.HYRA} & case.alone.keys():
        beside = [row for row in case.rows if row.ref.lane is lane]
        for one, other in zip(case.alone[lane], beside, strict=True):
            assert (one.ref, one.title) == (other.ref, other.title)
            assert unnumbered(one.sentence) == unnumbered(other.sentence)
            for (label, alone), (same, value) in zip(one.details, other.details, strict=True):
                assert label == same
                assert unnumbered(alone) in {
                    unnumbered(value),
                    f"en händelse som inte visas här ({LANES[Lane.SYSTEM]})",
                }


def unnumbered(told: Told) -> str:
    """What is told, but for the numbers of rows, which are others in another trail."""
    return re.sub(r", nr \d+\)", ")", in_one_line(told))


@pytest.mark.parametrize("name", CASES)
def test_the_trail_is_the_frozen_one(read: Callable[[str], Read], name: str) -> None:
    case, frozen = read(name), FOLDER / f"{name}.historik.txt"
    compare(case)
    text = "\n".join(line for row in case.most for line in told(row))
    for symbol, id_ in case.ids.items():  # of what has no words in the case's own trail
        text = text.replace(id_, symbol)
    if os.environ.get("LIGGAREN_WRITE_DOCS"):
        frozen.write_text(text, encoding="utf-8")
    assert text == frozen.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [name for name in CASES if name.startswith("fall-5")])
def test_where_a_protected_person_is_stands_in_no_trail_but_for_who_has_the_right(
    read: Callable[[str], Read], name: str
) -> None:
    case = read(name)
    whole, most = ("\n".join(map(str, rows)) for rows in (case.rows, case.most))
    where = [
        words
        for _, event, _ in case
        if isinstance(event.fact, Fact)
        for spec in specs_of(type(event.fact))
        if spec.cls is FieldClass.ADDRESS and (value := getattr(event.fact, spec.name)) is not None
        for words in words_for(spec.name, value)
    ]
    assert "Skarpnäck" in where
    for words in where:
        assert words in whole
        assert words not in most


def told(row: Row) -> Iterator[str]:
    """A row of the trail as text, without what this import itself adds."""
    day = occurred(row.occurred)
    yield f"{day:10}  {LANES[row.ref.lane]}: {row.title}, nr {row.number}"
    who = f"Tjänsteman: {row.acted_by}" if row.acted_by else ""
    delegation = f"delegation: {row.delegation}" if row.delegation else ""
    claimed, _, _ = row.registered.partition(", i liggaren")
    paragraphs = [
        row.sentence,
        *(line for label, value in row.details for line in lines_of(label, value)),
        f"Rättar {row.corrects}: {row.correction_reason}" if row.corrects else "",
        f"Anteckning: {row.note}" if row.note else "",
        *(f"Koppling: {link}" for link in row.links),
        "; ".join(part for part in (who, delegation) if part),
        *((claimed, row.lateness) if row.lateness else ()),
    ]
    yield from (f"    {line}" for line in paragraphs if line)
    yield ""


def test_what_was_noted_late_is_said_to_be_so_by_the_source(read: Callable[[str], Read]) -> None:
    late = {
        name: [(row.type, row.lateness) for row in read(name).rows if row.lateness]
        for name in CASES
    }
    assert late.pop("fall-2") == [
        ("EntryMade", "registrerat 14 dagar efteråt enligt källsystemet"),
        ("JournalNoteEntered", "registrerat 154 dagar efteråt enligt källsystemet"),
    ]
    assert not any(late.values())
