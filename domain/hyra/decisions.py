"""What the tenancy process refuses: only what cannot be a fact."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from domain.hyra.events import (
    BeforeLeaseFact,
    CaseFact,
    CaseOpened,
    FlatFact,
    FlatRegistered,
    ForfeitureNoticeIssued,
    HeadLeaseFact,
    HeadLeaseSigned,
    LeaseFact,
    LeaseSigned,
    NoticeOfFact,
    PartyAdded,
    PartyLeft,
    PersonDetailsChanged,
    PersonRegistered,
    PersonsMerged,
    PersonsUnmerged,
    TemplateFact,
    TemplateRegistered,
    TerminationNoticeIssued,
)
from domain.kernel import guards, persons
from domain.kernel.event import Event
from domain.kernel.fact import Fact
from domain.kernel.refused import Refused

_OPENERS: Final[tuple[tuple[type[Fact], tuple[type[Fact], ...]], ...]] = (
    (CaseFact, (CaseOpened,)),
    (PartyAdded, (CaseOpened,)),
    (PartyLeft, (CaseOpened,)),
    (PersonDetailsChanged, (PersonRegistered,)),
    (PersonsMerged, (PersonRegistered,)),
    (PersonsUnmerged, (PersonRegistered,)),
    (FlatFact, (FlatRegistered,)),
    (HeadLeaseFact, (HeadLeaseSigned,)),
    (TemplateFact, (TemplateRegistered,)),
)
"""By which first event the stream of a kind of fact is known."""
_REMEDY: Final = (
    "Registrera den i ärendets, personens, lägenhetens, huvudhyresavtalets eller mallens egen"
    " ström."
)


def require_recordable(history: Sequence[Event], event: Event, now: datetime) -> None:
    """Refuse what cannot be a fact in this stream.

    Args:
        history: the stream's events, in log order.
        event: the one to be recorded.
        now: the caller's clock.

    Raises:
        Refused: as `guards.require_recordable`; or the stream is one of another kind, or what is to
            be opened, signed, issued or registered is so already, or there is no such lease or
            notice in the case.
    """
    guards.require_recordable(history, event, now)
    guards.require_kind_of_stream(history, event, _OPENERS, _REMEDY)
    guards.require_references_within(event)
    persons.require_of_person(history, event)
    match event.fact:
        case CaseOpened() | PersonRegistered() | FlatRegistered() | HeadLeaseSigned():
            guards.require_first(history, event)
        case TemplateRegistered():
            _require_new_version(history, event, event.fact)
        case LeaseSigned():
            _require_new_lease(history, event, event.fact)
        case TerminationNoticeIssued() | ForfeitureNoticeIssued():
            _require_lease(history, event.fact)
            _require_new_notice(history, event, event.fact)
        case NoticeOfFact():
            _require_lease(history, event.fact)
            _require_notice(history, event.fact)
        case LeaseFact():
            _require_lease(history, event.fact)
        case _:
            pass


def _require_lease(history: Sequence[Event], fact: LeaseFact) -> None:
    """Refuse a lease that is not in the case, unless the fact may come before the lease."""
    if not isinstance(fact, BeforeLeaseFact):
        guards.require_known(
            {signed.lease_id for signed in guards.facts_in(history, LeaseSigned)},
            fact.lease_id,
            Refused(
                "lease.not_here",
                "Hyresavtalet finns inte i ärendet.",
                remedy="Registrera avtalet först. Kan det inte göras: ange varför det saknas.",
            ),
        )


def _require_notice(history: Sequence[Event], fact: NoticeOfFact) -> None:
    guards.require_known(
        {notice.notice_id for notice in _notices(history)},
        fact.notice_id,
        Refused(
            "notice.not_here",
            "Uppsägningen finns inte i ärendet.",
            remedy="Registrera uppsägningen först. Kan det inte göras: ange varför den saknas.",
        ),
    )


def _require_new_lease(history: Sequence[Event], event: Event, fact: LeaseSigned) -> None:
    signed = guards.facts_in(history, LeaseSigned)
    if not event.common.corrects and any(one.lease_id == fact.lease_id for one in signed):
        raise Refused(
            "lease.already_signed",
            "Hyresavtalet är redan registrerat.",
            remedy="Ge ett nytt avtal ett eget id. Var något fel, registrera en rättelse.",
        )


def _require_new_notice(
    history: Sequence[Event],
    event: Event,
    fact: TerminationNoticeIssued | ForfeitureNoticeIssued,
) -> None:
    known = {notice.notice_id for notice in _notices(history)}
    if not event.common.corrects and fact.notice_id and fact.notice_id in known:
        raise Refused(
            "notice.already_issued",
            "Uppsägningen är redan registrerad.",
            remedy="Ge en ny uppsägning ett eget id. Var något fel, registrera en rättelse.",
        )


def _require_new_version(history: Sequence[Event], event: Event, fact: TemplateRegistered) -> None:
    known = {one.version for one in guards.facts_in(history, TemplateRegistered)}
    if not event.common.corrects and fact.version in known:
        raise Refused(
            "template.already_registered",
            "Den versionen av mallen är redan registrerad.",
            remedy="Ge den nya versionen ett eget nummer. Var något fel, registrera en rättelse.",
        )


def _notices(
    history: Sequence[Event],
) -> list[TerminationNoticeIssued | ForfeitureNoticeIssued]:
    return [
        *guards.facts_in(history, TerminationNoticeIssued),
        *guards.facts_in(history, ForfeitureNoticeIssued),
    ]
