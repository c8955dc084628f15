"""What calls of the service are about, so that they are answered, and what the answers were.

Schemathesis makes a call up out of the OpenAPI document; here it is given what there is: streams,
their versions, documents, persons, cursors. What the calls record is added to it.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from random import Random  # noqa: TID251 - seeded by who asks
from typing import Any, Final, TypeAlias
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import requests
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Err, Ok
from schemathesis.generation.case import Case
from schemathesis.schemas import APIOperation, BaseSchema
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.examples import command_example, example
from domain.kernel.fact import Fact, read_fact
from domain.kernel.refused import Refused
from domain.kernel.shapes import PersonRegistered
from ledger.codec import Lane
from projections.registry import REGISTRY
from tests.api.service import Service
from tests.kernel.facts import GUARDS, NOW, Stream
from tests.vectors.examples import FACTS
from tests.whole import NAMND

AnyCase: TypeAlias = Case[Any]
Operation: TypeAlias = APIOperation[Any, Any, Any, Any]
CHECKS: Final = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
NUMBER: Final = "200001012384"
"""Of a person who is registered in both processes."""
MOSTLY: Final = 14 / 15
_ANSWERED: Final = range(200, 300)
_REFERENCE: Final = re.compile(f"({'|'.join(Lane)})/[0-9a-f-]{{36}}/[0-9]+")


class Way(StrEnum):
    """How a call is made up."""

    USED = "used"
    """As somebody who works in the lane asks, about what there is."""
    MADE = "made"
    """As the document says, and often about what there is."""
    AGAINST = "against"
    """As the document says that it must not be."""


@dataclass
class Contract:
    """A service, its document, and what there is to ask of.

    Args:
        service: what is called.
        schema: its document, as Schemathesis reads it.
        session: of the calls.
        case: one with both processes.
        streams: by lane, with the version of each.
        openings: with what type each of them was opened.
        persons: id and stream of who is registered, by lane.
        documents: by lane.
        cursors: where a list or a feed goes on, by operation.
        seen: how many answers there were, by operation, way and status.
        found: what the answers had against the document, by where and what it is called.
    """

    service: Service
    schema: BaseSchema
    session: requests.Session
    case: str
    streams: dict[Lane, dict[str, int]]
    openings: dict[str, str]
    persons: dict[Lane, list[tuple[str, str]]]
    documents: dict[Lane, list[str]]
    cursors: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    seen: Counter[tuple[str, Way, int]] = field(default_factory=Counter)
    found: dict[tuple[str, ...], FailureGroup] = field(default_factory=dict)

    def operations(self, labels: Collection[str] = ()) -> list[Operation]:
        """All that can be called, or those with these labels. One that cannot be read is an
        error."""
        found = [*self.schema.get_all_operations()]
        unread = [one.err() for one in found if isinstance(one, Err)]
        assert not unread
        read = [one.ok() for one in found if isinstance(one, Ok)]
        return [one for one in read if not labels or one.label in labels]

    def call(self, case: AnyCase, way: Way) -> None:
        """Make the call and hold the answer to the document."""
        label = case.operation.label
        answer = case.call(base_url=str(self.service.client.base_url), session=self.session)
        self.seen[label, way, answer.status_code] += 1
        if answer.status_code == 201:
            self._keep(answer.json(), case.body)
        for link in answer.headers.get("link", []):
            address = urlsplit(link.strip("<").partition(">")[0])
            self.cursors[label] += parse_qs(address.query)["efter"]
        try:
            case.validate_response(answer, checks=CHECKS)
        except FailureGroup as found:
            found.add_note(f"call {self.seen.total()}, {way}")
            what = {f"{one.title} ({answer.status_code})" for one in found.exceptions}
            self.found.setdefault((label, *sorted(what)), found)

    def _keep(self, receipt: Mapping[str, Any], body: object) -> None:
        lane, stream = Lane(receipt["lane"]), receipt["stream"]
        self.streams[lane][stream] = receipt["version"]
        if receipt["version"] == 1:
            self.openings[stream] = receipt["type"]
        if "document" in receipt:
            self.documents[lane].append(receipt["document"])
        if receipt["type"] == PersonRegistered.__name__ and receipt["version"] == 1:
            assert isinstance(body, dict)
            self.persons.setdefault(lane, []).append((body["fact"]["person"], stream))

    # ------------------------------------------------------------ what was seen

    def statuses(self) -> Counter[int]:
        """How many answers there were, by status."""
        return _summed((status, many) for (_, _, status), many in self.seen.items())

    def called(self) -> set[str]:
        """The operations that have been called."""
        return {label for label, _, _ in self.seen}

    def unanswered(self) -> set[str]:
        """The operations that have not once been answered as they were asked."""
        answered = {label for label, _, status in self.seen if status in _ANSWERED}
        return self.called() - answered

    def table(self) -> str:
        """How many answers there were, by operation, way and class of status."""
        rows = [f"{'':54}{'all':>7}{'2xx':>7}{'4xx':>7}{'5xx':>7}"]
        for name in (*sorted(self.called()), *Way):
            of = _summed(
                (status // 100, many)
                for (label, way, status), many in self.seen.items()
                if name in {label, way}
            )
            rows.append(f"{name:54}{of.total():7}{of[2]:7}{of[4]:7}{of[5]:7}")
        statuses = [f"{status}: {many}" for status, many in sorted(self.statuses().items())]
        return "\n".join(["", *rows, f"{self.seen.total()} calls; {', '.join(statuses)}"])


def _summed(pairs: Iterable[tuple[int, int]]) -> Counter[int]:
    found: Counter[int] = Counter()
    for key, many in pairs:
        found[key] += many
    return found


# ---------------------------------------------------------------- what a call is about


@dataclass(frozen=True, slots=True)
class Home:
    """Lets a call that is as the document says be about what there is.

    Args:
        contract: knows what there is.
        case: the call.
        chance: seeded. Hypothesis draws nothing here, since what there is to draw from grows.
        way: all of it is changed, or most.
    """

    contract: Contract
    case: AnyCase
    chance: Random
    way: Way

    def bring(self) -> None:
        """Change the call."""
        case, lane = self.case, self._lane()
        parts = case.path_parameters
        for name in sorted(parts):  # `held` before `stream`
            if self._is_sure():
                parts[name] = self._part(name, Lane(parts["held"]) if "held" in parts else lane)
        if "Liggaren-Namnd" in case.headers and self._is_sure():
            case.headers["Liggaren-Namnd"] = str(NAMND)
        if "If-Match" in case.headers and self._is_sure():
            case.headers["If-Match"] = f'"{self._version(lane, parts["stream"])}"'
        if "Liggaren-Handling" in case.headers and self._is_sure():
            (header,) = [one for one in case.operation.headers if one.name == "Liggaren-Handling"]
            case.headers["Liggaren-Handling"] = header.definition["example"]
        self._ask()
        if case.path.endswith("/sok") and self._is_sure():
            case.body = {"number": NUMBER}
        elif "type" in (case.body if isinstance(case.body, dict) else {}):
            case.body = self._command(lane)

    def _ask(self) -> None:
        """Go on where a page ended; and ask less than could be asked."""
        query, cursors = self.case.query, self.contract.cursors[self.case.operation.label]
        if "efter" in query and cursors and self._is_sure():
            query["efter"] = self._one_of(cursors)
        elif self.way is Way.USED:
            query.pop("efter", None)
        for name in sorted(query.keys() - {"efter"}):
            if self.chance.random() < 0.5:
                del query[name]

    def _is_sure(self) -> bool:
        return self.way is Way.USED or self.chance.random() < MOSTLY

    def _one_of(self, several: Iterable[Any]) -> Any:  # noqa: ANN401 - one of them
        return self.chance.choice([*several])

    def _lane(self) -> Lane:
        """Where the call is; where a case lies, when it is of all lanes."""
        return lane_of(self.case.operation.label) or Lane.KOPPLING

    def _version(self, lane: Lane, stream: str) -> int:
        return self.contract.streams[lane].get(stream, 1)

    def _part(self, name: str, lane: Lane) -> str:
        """What a part of an address can be."""
        there: Mapping[str, Iterable[str]] = {
            "case": [self.contract.case],
            "document": self.contract.documents.get(lane, []),
            "held": [*Lane],
            "stream": self.contract.streams[lane],
        }
        return str(self._one_of(there[name]))

    def _command(self, lane: Lane) -> dict[str, Any]:
        """A command of the lane: the published example of its type, or as it was made up."""
        stream: str | None = self.case.path_parameters.get("stream")
        assert isinstance(self.case.body, dict)
        said: dict[str, Any] = self.case.body
        if self.way is Way.USED or self.chance.random() < 0.5:
            said = command_example(self._one_of(self._types(lane, stream)))
        elif self._is_sure():  # a day that is in the calendar
            said["occurred"] = "day 2024-03-01"
        fact = said.get("fact")
        if isinstance(fact, dict) and self._is_sure():
            said = {**said, "fact": self._placed(fact, lane, stream)}
            if "targetLane" in fact:
                said["target"] = self._one_of(self.contract.streams[Lane(fact["targetLane"])])
        return said

    def _types(self, lane: Lane, stream: str | None) -> Sequence[type[Fact]]:
        """What somebody says in a new stream, and in one that is there."""
        if stream is None:
            return [fact for fact in FACTS if fact.lane is lane and fact.OPENS]
        if self.way is Way.USED:
            return _taken_after(lane, self.contract.openings[stream])
        return [fact for fact in FACTS if fact.lane is lane]

    def _placed(self, fact: dict[str, Any], lane: Lane, stream: str | None) -> dict[str, Any]:
        """A fact about the persons, nämnder, streams and entries that there are."""
        placed = {name: self._referring(value, stream) for name, value in fact.items()}
        known = self.contract.persons.get(lane, [])
        for person, of in (
            ("party", "personStream"),
            ("coParty", "personStream"),
            ("into", "intoStream"),
        ):
            if person in fact and known:
                placed[person], placed[of] = self._one_of(known)
        there = {
            "namnd": str(NAMND),
            "person": self._new_id(),
            "bistandStream": self._perhaps_new(Lane.BISTAND),
            "hyraStream": self._perhaps_new(Lane.HYRA),
        }
        return placed | {name: value for name, value in there.items() if name in fact}

    def _new_id(self) -> str:
        return str(UUID(int=self.chance.getrandbits(128), version=4))

    def _perhaps_new(self, lane: Lane) -> str:
        """A stream of a lane, or none that is there: no two cases have one."""
        return (
            str(self._one_of(self.contract.streams[lane]))
            if self.chance.random() < 0.3
            else self._new_id()
        )

    def _referring(self, value: Any, stream: str | None) -> Any:  # noqa: ANN401 - any JSON
        match = _REFERENCE.fullmatch(value) if isinstance(value, str) else None
        if match is None:
            return value
        lane = Lane(match[1])
        there = self.contract.streams[lane]
        found = stream if stream in there else self._one_of(there)
        version = self.chance.randint(1, self._version(lane, found))
        return f"{lane}/{found}/{version}"


@cache
def _taken_after(lane: Lane, opening: str) -> list[type[Fact]]:
    """The types whose example a stream takes as soon as it is opened with another."""
    history = Stream()
    history.add(_example(REGISTRY.require(lane, opening)))
    found = []
    for fact in FACTS:
        if fact.lane is lane:
            with suppress(Refused):
                GUARDS[lane](history.events, history.next(_example(fact)), NOW)
                found.append(fact)
    return found


def _example(fact: type[Fact]) -> Fact:
    return read_fact(fact, example(fact))


def lane_of(label: str) -> Lane | None:
    """The lane of an operation; None where it is of none."""
    return next((lane for lane in Lane if lane in label.split("/")), None)
