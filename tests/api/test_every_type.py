"""Each type: stored, read back, exported, carried over; its schema takes the example and no other.

The examples are frozen (`tests/vectors/events/`), so what an older program stored is read alike.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

import pytest
from jsonschema import Draft202012Validator

from api.acting import Acting, Purpose
from api.clock import utc_now
from api.describing import commands
from api.examples import id_of
from api.exporting import import_lines
from api.importing import Importer
from api.reading import ReadGateway
from domain.kernel.actor import Actor, Role
from domain.kernel.event import Event
from domain.kernel.fact import Fact, fact_from_values, read_fact, specs_of, values_of
from domain.kernel.occurred import Occurred
from domain.kernel.process import By, Saying
from domain.kernel.refused import Refused
from domain.system.events import NämndRegistered
from ledger.codec import Json, Lane
from ledger.recorder import NIL
from tests.vectors.examples import FACTS, FOLDER, frozen, path_of
from tests.whole import ALMA, NAMND, Whole, by, fresh, saying

pytestmark = pytest.mark.one_server

CORRECTING = {"EntryMarkedErroneous", "CorrectionApproved"}
"""They speak of other entries: `test_importing.py` carries them over."""
CARRIED = tuple(
    fact
    for fact in FACTS
    if fact.lane is not Lane.SYSTEM and fact.EFFECT is None and fact.TYPE not in CORRECTING
)
"""The types a file can hold."""
ROLES = frozenset(Role)
A_DAY = "day 2024-03-01"


def named(fact: type[Fact]) -> str:
    return f"{fact.lane}-{fact.TYPE}"


every_type = pytest.mark.parametrize("fact", FACTS, ids=named)


def test_each_type_has_one_frozen_example_and_nothing_else_has() -> None:
    assert {path_of(fact) for fact in FACTS} == set(FOLDER.glob("*/*.json"))


@every_type
def test_a_frozen_example_is_read_and_says_the_same(fact: type[Fact]) -> None:
    read = read_fact(fact, frozen(fact))
    assert {
        k: v for k, v in read.model_dump(mode="json", by_alias=True).items() if v is not None
    } == frozen(fact)
    assert fact_from_values(fact, values_of(read)) == read


# ---------------------------------------------------------------- schema


def schema_of(fact: type[Fact]) -> Draft202012Validator:
    return Draft202012Validator(commands(fact.lane)[fact.TYPE])


def command(fact: type[Fact], said: Mapping[str, object]) -> dict[str, Any]:
    return {"type": fact.TYPE, "occurred": A_DAY, "fact": said}


def spoilt(value: Json) -> Iterator[object]:
    """Values that no field with such a value takes."""
    yield {"a": "b", "c": [1]} if not isinstance(value, dict) else [1]
    yield 1.5


@every_type
def test_the_schema_takes_the_example_and_refuses_each_field_spoilt_in_turn(
    fact: type[Fact],
) -> None:
    schema, said = schema_of(fact), frozen(fact)
    assert list(schema.iter_errors(command(fact, said))) == []
    for name, value in said.items():
        for bad in spoilt(value):
            changed = command(fact, {**said, name: bad})
            assert not schema.is_valid(changed), (name, bad)
    assert not schema.is_valid(command(fact, {**said, "unknown": 1}))


def said_as_flags(value: Json) -> Json:
    """The value with true for each number; Python takes the one for the other."""
    match value:
        case bool():
            return value
        case int():
            return True
        case list():
            return [said_as_flags(one) for one in value]
        case dict():
            return {key: said_as_flags(one) for key, one in value.items()}
        case _:
            return value


@every_type
def test_a_number_is_not_said_as_yes(fact: type[Fact]) -> None:
    said = frozen(fact)
    for name, value in said.items():
        if json.dumps(flags := said_as_flags(value)) != json.dumps(value):
            changed = {**said, name: flags}
            assert not schema_of(fact).is_valid(command(fact, changed)), name
            with pytest.raises(Refused) as refused:
                read_fact(fact, changed)
            assert refused.value.code == "fact.wrong_form"


# ---------------------------------------------------------------- stored, exported, carried over


def lines(whole: Whole) -> list[bytes]:
    """A file with an event of each type."""
    made: list[bytes] = []
    for lane in (Lane.BISTAND, Lane.HYRA, Lane.KOPPLING, Lane.TILLSYN):
        made += Writer(whole, lane).lines()
    return made


class Writer:
    """Writes the lines of one lane: each type into the first stream that takes it."""

    def __init__(self, whole: Whole, lane: Lane) -> None:
        self.lane, self.process = lane, whole.processes[lane]
        self.looking = By(ALMA, Role.REGISTRATOR, NAMND, fresh(), b"", utc_now())
        self.histories: dict[str, list[Event]] = {}

    def lines(self) -> Iterator[bytes]:
        if self.lane in {Lane.BISTAND, Lane.HYRA}:
            yield self.another_person()
        left = [fact for fact in CARRIED if fact.lane is self.lane]
        left.sort(key=lambda fact: (not fact.OPENS, fact.TYPE != "PersonRegistered"))
        while left:
            for fact in left:
                names = [fact.TYPE] if fact.OPENS else sorted(self.histories)
                line = next((line for name in names if (line := self.taken(name, fact))), None)
                if line:
                    yield line
                    left.remove(fact)
                    break
            else:
                pytest.fail(f"no stream takes {[fact.TYPE for fact in left]}")

    def another_person(self) -> bytes:
        """The line that registers whom the file's person is merged into."""
        fact = next(one for one in CARRIED if named(one) == f"{self.lane}-PersonRegistered")
        line = {"lane": self.lane.value, "stream": str(id_of(f"{self.lane}/into"))}
        line |= {"type": fact.TYPE, "occurred": "sealed", "source": "paraplyet"}
        said = frozen(fact) | {"person": str(id_of("into"))}
        return json.dumps(line | {"claimedRecorded": "2024-03-02", "fact": said}).encode()

    def taken(self, name: str, fact: type[Fact]) -> bytes | None:
        """The line of a type in a stream; None where the stream does not take it."""
        stream, history = id_of(f"{self.lane}/{name}"), self.histories.get(name, [])
        entries = [str(event.ref) for event in history] or [f"{self.lane}/{stream}/1"]
        tries = (
            self._taken(name, fact, stream, entry)
            for entry in (f"bistand/{id_of('bistand_stream')}/1", *entries)
        )
        return next((line for line in tries if line), None)

    def _taken(self, name: str, fact: type[Fact], stream: UUID, entry: str) -> bytes | None:
        history, said = self.histories.get(name, []), self.placed(frozen(fact), entry)
        occurred = "sealed" if fact.TYPE == "PersonRegistered" else A_DAY
        made = Saying(
            fact=read_fact(fact, said),
            occurred=Occurred.parse(occurred),
            stream=stream,
            version=len(history) + 1,
        )
        event = made.event(self.looking, self.process.effect_of(made))
        try:
            self.process.require(history, event, utc_now())
        except Refused:
            return None
        self.histories.setdefault(name, []).append(event)
        line = {"lane": self.lane.value, "stream": str(stream), "fact": said, "type": fact.TYPE}
        known = {"occurred": occurred, "claimedRecorded": "2024-03-02", "source": "paraplyet"}
        return json.dumps(line | known).encode()

    def placed(self, said: dict[str, Json], entry: str) -> dict[str, Json]:
        """The example with the persons that this file has, and this entry where it names one."""
        if "personStream" in said:
            said["personStream"] = str(id_of(f"{self.lane}/PersonRegistered"))
            said["party" if "party" in said else "coParty"] = str(id_of("person"))
        if "intoStream" in said:
            said["intoStream"] = str(id_of(f"{self.lane}/into"))
        text = json.dumps(said).replace(f"{self.lane}/{id_of('stream')}/1", entry)
        found: dict[str, Json] = json.loads(text)
        return found


def acting() -> Acting:
    return Acting(Actor(ALMA, "Alma", ROLES), NAMND, "Provnämnden")


def carry(whole: Whole, file: list[bytes]) -> None:
    importer = Importer(whole.processes, acting())
    importer.record(importer.check(file, utc_now(), lambda *_: None), utc_now, lambda *_: None)


def exported(whole: Whole) -> list[bytes]:
    """All streams of the four lanes, as lines for import, in the order of the lanes and logs."""
    gateway, found = ReadGateway(whole.processes), []
    with whole.superuser() as connection:
        rows = connection.execute(
            "SELECT lane::text, stream FROM ledger.stream_head"
            " WHERE stream <> %s AND lane <> 'system' ORDER BY lane, stream",
            (NIL,),
        ).fetchall()
    for lane, stream in rows:
        read = gateway.stream(acting(), Lane(lane), stream, Purpose.UTLAMNANDE, "stream.export")
        found += [line for line in import_lines(read) if json.loads(line)["stream"] == str(stream)]
    return [line.encode() for line in found]


def test_each_type_is_stored_exported_and_carried_over_to_an_empty_ledger_alike(
    whole: Whole, second_whole: Whole
) -> None:
    for one in (whole, second_whole):
        one.processes.system.record([saying(NämndRegistered(name="Provnämnden"), NAMND, 1)], by())
    file = lines(whole)
    assert {json.loads(line)["type"] for line in file} == {fact.TYPE for fact in CARRIED}
    carry(whole, file)
    once = exported(whole)
    told = {(line["stream"], line["type"]): line["fact"] for line in map(json.loads, once)}
    for line in map(json.loads, file):
        assert told[line["stream"], line["type"]] == line["fact"], line["type"]
    order = sorted(map(json.loads, once), key=lambda one: one["type"] != "PersonRegistered")
    carry(second_whole, [json.dumps(one).encode() for one in order])
    assert exported(second_whole) == once


def test_every_field_of_a_type_is_in_its_example() -> None:
    for fact in FACTS:
        missing = {spec.name for spec in specs_of(fact)} - {*fact.REFERENCES.values()}
        assert len(frozen(fact)) >= len(missing)
