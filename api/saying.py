"""One command: a fact somebody wants recorded, as JSON says it.

    {"type": "ApplicationReceived", "occurred": "day 2011-06-14", "fact": {"channel": "post"}}

The rest is optional and common to all types: `actedBy`, `delegation`, `claimedRecorded`, `source`,
`documentIds`, `corrects`, `correctionReason`, `note`; for a spärr or a gallring `target` and
`targetSubject`. Who enters it is never in the body.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from api.problems import from_refused
from api.questions import YEARS
from domain.kernel.codes import CorrectionReason
from domain.kernel.explaining import Wrong, wrong_in
from domain.kernel.fact import Fact, read_fact, specs_of
from domain.kernel.occurred import Occurred
from domain.kernel.process import Saying
from domain.kernel.refused import Refused
from domain.kernel.shapes import DocumentFiled, EpochOpened, HeadsRecorded
from domain.kernel.values import DayOrInstant, EventRef, Id, Reference, Slug, Text, real_id
from domain.tillsyn.events import GallringDecided, GallringExecuted, GallringsspärrSet
from ledger.codec import Json, Lane
from projections.registry import REGISTRY

_NO_SUCH_MOMENT: Final = "Tidpunkten finns inte i kalendern."
BY_THE_LEDGER_ITSELF: Final = (EpochOpened, HeadsRecorded, GallringExecuted, DocumentFiled)
"""Types that record what the program itself has done; nobody can say them."""


def _sayable(moment: date | datetime) -> date | datetime:
    """Refuse a moment no calendar of ours could show: it would make the whole case unreadable."""
    if moment.year not in YEARS:
        raise PydanticCustomError("date.impossible", _NO_SUCH_MOMENT)
    return moment


def _of_a_stream(reference: EventRef) -> EventRef:
    real_id(reference.stream)
    return reference


class Said(BaseModel):
    """A command's body, but for its fact."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=to_camel,
        validate_by_alias=True,
        validate_by_name=False,
        hide_input_in_errors=True,
    )

    type: str
    occurred: str
    fact: dict[str, Any]
    acted_by: Id | None = None
    delegation: Text | None = None
    claimed_recorded: Annotated[DayOrInstant, AfterValidator(_sayable)] | None = None
    source: Slug | None = None
    document_ids: Annotated[tuple[Id, ...], Field(max_length=100)] = ()
    corrects: Annotated[Reference, AfterValidator(_of_a_stream)] | None = None
    correction_reason: CorrectionReason | None = None
    note: Text | None = None
    target: Id | None = None
    target_subject: Id | None = None


@dataclass(frozen=True, slots=True)
class Command:
    """A command that has been understood.

    Args:
        said: the body.
        fact: what happened.
        occurred: when.
    """

    said: Said
    fact: Fact
    occurred: Occurred

    def saying(self, stream: UUID, version: int) -> Saying:
        """As the lane's process takes it, in a stream and for a version of it."""
        said = self.said
        return Saying(
            fact=self.fact,
            occurred=self.occurred,
            stream=stream,
            version=version,
            acted_by=said.acted_by,
            delegation=said.delegation,
            claimed_recorded=said.claimed_recorded,
            source=said.source,
            document_ids=said.document_ids,
            corrects=said.corrects,
            correction_reason=said.correction_reason,
            note=said.note,
            target=said.target,
            target_subject=said.target_subject,
        )


def understand(
    lane: Lane, body: Mapping[str, Json], filed: Mapping[str, Json] | None = None
) -> Command:
    """Return the command that a body is.

    Args:
        lane: the lane it was sent to.
        body: as `api.bodies.parse` returns it.
        filed: what the program itself knows of a document that is filed; None for all else.

    Raises:
        Problem: 422; it cannot be one. Names of our own fields are told, values never.
    """
    try:
        return _understood(lane, body, filed)
    except OverflowError:
        pass
    raise from_refused(_refusal([Wrong("", "date.impossible", _NO_SUCH_MOMENT)]))


def _understood(lane: Lane, body: Mapping[str, Json], filed: Mapping[str, Json] | None) -> Command:
    try:
        said = Said.model_validate(
            body if filed is None else {**body, "type": DocumentFiled.__name__}
        )
    except ValidationError as error:
        wrong = wrong_in(error, _ENVELOPE)
    else:
        return _command(lane, said, filed)
    raise from_refused(_refusal(wrong), _ENVELOPE)  # outside the handler, whose error names values


def _command(lane: Lane, said: Said, filed: Mapping[str, Json] | None) -> Command:
    known: frozenset[str] = frozenset()
    try:
        if filed is None:
            fact_type, fact = type_of(lane, said.type), said.fact
        else:
            fact_type, fact = REGISTRY.require(lane, said.type), {**said.fact, **filed}
            _require_first_filing(said, filed)
        known = frozenset(to_camel(spec.name) for spec in specs_of(fact_type))
        command = Command(said, read_fact(fact_type, fact), Occurred.parse(said.occurred))
        known = _ENVELOPE
        _require_target_meant(command)
    except Refused as refused:
        refusal = refused
    else:
        return command
    raise from_refused(refusal, known)


def _require_target_meant(command: Command) -> None:
    """Refuse to say of a fact what it concerns, where the fact has no use for it."""
    match command.fact:
        case GallringDecided():
            unused = {}
        case GallringsspärrSet():
            unused = {"targetSubject": command.said.target_subject}
        case _:
            unused = {
                "target": command.said.target,
                "targetSubject": command.said.target_subject,
            }
    fields = tuple(name for name, value in unused.items() if value is not None)
    if fields:
        reason = "Fältet används inte av händelsetypen."
        raise Refused(
            "fact.unknown_field",
            f"{command.said.type} kan inte registreras så: {reason}",
            remedy="Ta bort fältet. Det hör till gallringsbeslut och gallringsspärrar.",
            fields=tuple((name, reason) for name in fields),
        )


def _require_first_filing(said: Said, filed: Mapping[str, Json]) -> None:
    """Refuse to say what the program knows by itself, and to file one document again."""
    if said.fact.keys() & filed.keys():
        raise Refused(
            "fact.unknown_field",
            "DocumentFiled kan inte registreras så: liggaren fyller själv i ett av fälten.",
            remedy="Ange kind, title och vid behov kindText. Resten följer av innehållet.",
        )
    if said.corrects:
        raise Refused(
            "document.no_correction",
            "En inlagd handling rättas inte med en ny.",
            remedy="Markera den som felregistrerad och lägg in den rätta.",
        )


def type_of(lane: Lane, name: str) -> type[Fact]:
    """Return the type somebody wants to record.

    Raises:
        Refused: the lane has no such type, or only the ledger itself records it.
    """
    elsewhere = [other for other in Lane if other is not lane and REGISTRY.get(other, name, 1)]
    if elsewhere and not REGISTRY.get(lane, name, 1):
        raise Refused(
            "fact.other_lane",
            "Händelsetypen hör till en annan process.",
            remedy="Skicka den dit den hör. De två processerna blandas aldrig.",
        )
    fact_type = REGISTRY.require(lane, name)
    if issubclass(fact_type, BY_THE_LEDGER_ITSELF):
        raise Refused(
            "fact.not_by_hand",
            "Händelsetypen registreras av liggaren själv.",
            remedy="Logg och gallring sköts med kommandona liggare epoch och liggare gallra, och en"
            " handling läggs in med sitt innehåll.",
        )
    return fact_type


_ENVELOPE: Final = frozenset(to_camel(name) for name in Said.model_fields)


def _refusal(wrong: list[Wrong]) -> Refused:
    return Refused(
        wrong[0].code,
        f"Kommandot går inte att förstå: {wrong[0].sentence}",
        remedy="Ett kommando har type, occurred och fact. Fälten: liggare typ, docs/falt.md.",
        fields=tuple((one.field, one.sentence) for one in wrong),
    )
