"""Shapes of types that exist in several lanes. None has a lane, so none can be recorded by itself.

Each lane has a type of its own of each it needs: `class CaseOpened(shapes.CaseOpened)`.
"""

import re
from collections.abc import Mapping
from typing import Annotated, ClassVar, Final, Self
from uuid import UUID

from pydantic import AfterValidator, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from domain.kernel.codes import (
    DocumentKind,
    Environment,
    EpochReason,
    ErroneousReason,
    FindingAnswer,
    HolderGround,
    LeavingReason,
    MergeReason,
    NumberKind,
    OneOfTheParties,
    Protection,
    RepresentativeKind,
    UnmergeReason,
)
from domain.kernel.fact import (
    CO_PARTY,
    IDENTITY,
    JOINT,
    NAMED,
    NEED,
    NOBODY,
    ORDINARY,
    PARTY,
    THIRD,
    Fact,
    kept,
)
from domain.kernel.values import (
    Count,
    Day,
    Hash,
    LogPosition,
    MediaType,
    Name,
    Reference,
    Text,
    Title,
)
from ledger.codec import EffectKind

_TWELVE_DIGITS: Final = re.compile("[0-9]{12}")
_DAY_SHIFT: Final = 60
"""What is added to the day of birth in a samordningsnummer. An unknown day is 60."""


def _number(number: str) -> str:
    """Check form and control digit. Whether it is the person's is another question."""
    if not _TWELVE_DIGITS.fullmatch(number):
        raise PydanticCustomError("person.number_form", "Numret skrivs med tolv siffror.")
    doubled = "".join(str(int(digit) * (2 - place % 2)) for place, digit in enumerate(number[2:]))
    if sum(map(int, doubled)) % 10:  # Luhn
        raise PydanticCustomError(
            "person.number_check_digit", "Kontrollsiffran stämmer inte: numret är felskrivet."
        )
    return number


def _kind_of(number: str | None) -> NumberKind:
    if number is None:
        return NumberKind.SAKNAS
    day = int(number[6:8])
    return NumberKind.SAMORDNINGSNUMMER if day >= _DAY_SHIFT else NumberKind.PERSONNUMMER


PersonNumber = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(_number)]
"""Personnummer or samordningsnummer, twelve digits. No age is computed from it."""


class CaseOpened(Fact):
    """The case has a stream in this lane from now on. Its first event."""

    OPENS = True
    NAMES: ClassVar[Mapping[int, str]] = {PARTY: "party"}

    party: Annotated[UUID, kept(32, IDENTITY, PARTY)]
    person_stream: Annotated[UUID, kept(33, IDENTITY, PARTY)]


class PartyAdded(Fact):
    """A second person has become party to the case, where a couple has one case."""

    NAMES: ClassVar[Mapping[int, str]] = {CO_PARTY: "co_party"}

    co_party: Annotated[UUID, kept(32, IDENTITY, CO_PARTY)]
    person_stream: Annotated[UUID, kept(33, IDENTITY, CO_PARTY)]


class PartyLeft(Fact):
    """One of a couple is party to the case no longer. What is noted later does not concern them.

    Their own data stay theirs, and so does what was noted jointly before.
    """

    leaver: Annotated[OneOfTheParties, kept(32, IDENTITY, JOINT)]
    reason: Annotated[LeavingReason | None, kept(33, NEED, JOINT)] = None
    reason_text: Annotated[Text | None, kept(34, NEED, JOINT)] = None


def party_of(fact: object) -> tuple[UUID, UUID] | None:
    """The stream of the person that a fact makes party to the case, and the person; None where it
    makes nobody that, or where they can't be read.
    """
    match fact:
        case CaseOpened(party=UUID() as person, person_stream=UUID() as stream):
            return stream, person
        case PartyAdded(co_party=UUID() as person, person_stream=UUID() as stream):
            return stream, person
        case _:
            return None


class PersonRegistered(Fact):
    """A person has been entered in this lane's register of persons. Opens the person's stream.

    Each lane has a register of its own, under its own keys. The day of birth is here and not in
    occurred, which is `sealed`: a day of birth goes far to identify a person.
    """

    OPENS = True
    NAMES: ClassVar[Mapping[int, str]] = {PARTY: "person"}

    person: Annotated[UUID, kept(32, IDENTITY, PARTY)]
    name: Annotated[Text, kept(33, IDENTITY, PARTY)]
    number_kind: Annotated[NumberKind, kept(34, IDENTITY, PARTY)]
    number: Annotated[PersonNumber | None, kept(35, IDENTITY, PARTY)] = None
    born: Annotated[Day | None, kept(36, IDENTITY, PARTY)] = None
    protection: Annotated[Protection | None, kept(37, IDENTITY, PARTY)] = None

    @model_validator(mode="after")
    def _number_is_of_its_kind(self) -> Self:
        if _kind_of(self.number) is not self.number_kind:
            raise PydanticCustomError("person.number_kind", "Numret är inte av det slag som anges.")
        return self


class PersonDied(Fact):
    """A party has died. Ends neither the decision nor any tenancy.

    Each process has its own: the estate's time for notice runs whether or not the landlord has been
    told anything by those who decide.
    """

    NAMES: ClassVar[Mapping[int, str]] = {NAMED: "estate_contact"}

    deceased: Annotated[OneOfTheParties | None, kept(32, IDENTITY, JOINT)] = None
    estate_contact: Annotated[UUID | None, kept(33, IDENTITY, NAMED)] = None
    name: Annotated[Text | None, kept(34, IDENTITY, NAMED)] = None
    """Of whom to turn to at the estate."""

    @model_validator(mode="after")
    def _name_is_of_somebody(self) -> Self:
        if self.name is not None and self.estate_contact is None:
            raise PydanticCustomError(
                "person.name_without_id", "Ett namn behöver ett id för den som har det."
            )
        return self


class RepresentativeRegistered(Fact):
    """Somebody speaks for a party, or at a party's side (14-15 §§ FL).

    In which capacity is sealed: a god man tells of health.
    """

    NAMES: ClassVar[Mapping[int, str]] = {NAMED: "rep"}
    PERIODS = (("start", "end"),)

    start: Annotated[Day | None, kept(32, ORDINARY, JOINT, clear=True)] = None
    end: Annotated[Day | None, kept(33, ORDINARY, JOINT, clear=True)] = None
    rep: Annotated[UUID, kept(34, IDENTITY, NAMED)]
    name: Annotated[Text | None, kept(35, IDENTITY, NAMED)] = None
    kind: Annotated[RepresentativeKind | None, kept(36, NEED, JOINT)] = None
    kind_text: Annotated[Text | None, kept(37, NEED, JOINT)] = None
    scope: Annotated[Text | None, kept(38, NEED, JOINT)] = None
    of_party: Annotated[OneOfTheParties | None, kept(39, IDENTITY, JOINT)] = None


class RepresentativeEnded(Fact):
    """Somebody speaks for a party no longer."""

    registration: Annotated[Reference | None, kept(32, ORDINARY, JOINT, clear=True)] = None
    reason: Annotated[Text | None, kept(33, NEED, JOINT)] = None


class PersonDetailsChanged(Fact):
    """A person has another name, number or mark of protected identity from now on.

    What is left out is as it was. A number that is gone is of the kind `saknas`. One type for all
    of it: a name that told of protection would tell of a threat.
    """

    name: Annotated[Text | None, kept(32, IDENTITY, PARTY)] = None
    number_kind: Annotated[NumberKind | None, kept(33, IDENTITY, PARTY)] = None
    number: Annotated[PersonNumber | None, kept(34, IDENTITY, PARTY)] = None
    born: Annotated[Day | None, kept(35, IDENTITY, PARTY)] = None
    protection: Annotated[Protection | None, kept(36, IDENTITY, PARTY)] = None

    @model_validator(mode="after")
    def _something_changed(self) -> Self:
        if all(value is None for _, value in self):
            raise PydanticCustomError("person.nothing_changed", "Ange vad som har ändrats.")
        kind = self.number_kind
        if (kind or self.number) and _kind_of(self.number) is not kind:
            raise PydanticCustomError("person.number_kind", "Numret är inte av det slag som anges.")
        return self


class PersonsMerged(Fact):
    """The person of this stream is the one of another, in the same lane: read as one from now on.

    Recorded in the stream that is read as the other. Its parts keep the id they were made under.
    """

    into: Annotated[UUID, kept(32, IDENTITY, PARTY)]
    into_stream: Annotated[UUID, kept(33, IDENTITY, PARTY)]
    reason: Annotated[MergeReason, kept(34, IDENTITY, PARTY)]
    reason_text: Annotated[Text | None, kept(35, IDENTITY, PARTY)] = None


class PersonsUnmerged(Fact):
    """The two are not one person after all: each is read as themself again."""

    merged: Annotated[Reference, kept(32, ORDINARY, NOBODY, clear=True)]
    reason: Annotated[UnmergeReason, kept(33, IDENTITY, PARTY)]
    reason_text: Annotated[Text | None, kept(34, IDENTITY, PARTY)] = None


def person_named(fact: object) -> tuple[UUID, UUID] | None:
    """The stream of the person that a fact says somebody is, and the person; None as `party_of`."""
    match fact:
        case PersonsMerged(into=UUID() as person, into_stream=UUID() as stream):
            return stream, person
        case _:
            return party_of(fact)


class CorrectionApproved(Fact):
    """A second officer has approved a correction or a mark of error; from now on it counts."""

    approved: Annotated[Reference, kept(32, ORDINARY, NOBODY, clear=True)]


class EntryMarkedErroneous(Fact):
    """An officer says that an entry should not count. It does count until another approves."""

    entry: Annotated[Reference, kept(32, ORDINARY, NOBODY, clear=True)]
    reason: Annotated[ErroneousReason, kept(33, ORDINARY, NOBODY, clear=True)]
    reason_text: Annotated[Text | None, kept(34, THIRD, JOINT)] = None


class HolderChanged(Fact):
    """Another nämnd holds the stream from now on. Who held it before stands in the envelopes."""

    EFFECT = EffectKind.HOLDER_TO

    to_namnd: Annotated[UUID, kept(32, ORDINARY, NOBODY, clear=True)]
    ground: Annotated[HolderGround, kept(33, ORDINARY, NOBODY, clear=True)]
    ground_text: Annotated[Text | None, kept(34, THIRD, JOINT)] = None


class DocumentFiled(Fact):
    """A paper has been filed in the stream. Its bytes lie beside, sealed: `docs/envelope.md` 11.

    Recorded by the program when the bytes are in. Everything that tells of the paper is sealed,
    also how long it is: a letter from a template is known by its length.
    """

    EFFECT = EffectKind.DOCUMENT_FILED

    document_id: Annotated[UUID, kept(32, ORDINARY, NOBODY, clear=True)]
    chunks_digest: Annotated[Hash, kept(33, ORDINARY, NOBODY, clear=True)]
    kind: Annotated[DocumentKind, kept(34, NEED, JOINT)]
    kind_text: Annotated[Text | None, kept(35, NEED, JOINT)] = None
    heading: Annotated[Title, kept(36, NEED, JOINT)]
    media_type: Annotated[MediaType, kept(37, NEED, JOINT)]
    length: Annotated[Count, kept(38, NEED, JOINT)]
    salt: Annotated[Hash, kept(39, NEED, JOINT)]
    commitment: Annotated[Hash, kept(40, NEED, JOINT)]


class EpochOpened(Fact):
    """The log was founded, or opened anew after events were lost or its clock had run ahead."""

    HELD = False
    OPENS = True

    reason: Annotated[EpochReason, kept(32, ORDINARY, NOBODY, clear=True)]
    environment: Annotated[Environment, kept(33, ORDINARY, NOBODY, clear=True)]
    text: Annotated[Text | None, kept(34, THIRD, JOINT)] = None
    follows: Annotated[LogPosition | None, kept(35, ORDINARY, NOBODY, clear=True)] = None
    """Where the log ended before: the last event that is left."""
    witnessed: Annotated[LogPosition | None, kept(36, ORDINARY, NOBODY, clear=True)] = None
    """The last position that was witnessed; where it lies beyond `follows`, events are lost."""


class HeadsRecorded(Fact):
    """How far every stream of the log had come. `docs/envelope.md` section 7."""

    HELD = False

    epoch: Annotated[Count, kept(32, ORDINARY, NOBODY, clear=True)]
    size: Annotated[Count, kept(33, ORDINARY, NOBODY, clear=True)]
    streams: Annotated[Count, kept(34, ORDINARY, NOBODY, clear=True)]
    root: Annotated[Hash, kept(35, ORDINARY, NOBODY, clear=True)]


class FindingAssessed(Fact):
    """An officer has answered a finding, which is the system's observation and no verdict.

    Rule and finding are sealed: a rule's number tells of addiction, children or violence, and clear
    answers side by side would be a register of findings.
    """

    finding_id: Annotated[UUID, kept(32, NEED, JOINT)]
    rule_id: Annotated[Name | None, kept(33, NEED, JOINT)] = None
    event_refs: Annotated[tuple[Reference, ...] | None, kept(34, NEED, JOINT)] = None
    finding_answer: Annotated[FindingAnswer | None, kept(35, NEED, JOINT)] = None
    text: Annotated[Text | None, kept(36, NEED, JOINT)] = None
    measures: Annotated[Text | None, kept(37, NEED, JOINT)] = None
