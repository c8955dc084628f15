"""How a matter of supervision, a meeting or a guideline stands on a day, by what is recorded.

Words for the row "Läge". Not a legal assessment: a day that has passed without an answer is told as
just that.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final, TypeAlias

from domain.kernel.fact import Fact
from domain.kernel.noted import Noted
from domain.kernel.values import EventRef
from domain.system.events import (
    DelegationOrderAdopted,
    GuidelineAdopted,
    MeetingHeld,
    ProtocolAdjusted,
    ProtocolAnnounced,
    ProtocolTakenDown,
)
from domain.tillsyn.lex_sarah import (
    LexSarahAssessed,
    LexSarahInvestigated,
    LexSarahReported,
    LexSarahReportedToIVO,
)
from domain.tillsyn.matters import (
    ExtensionGranted,
    FeeCaseDecided,
    FeeCaseOpened,
    IVODecisionMade,
    IVOInjunctionReceived,
    IVOMatterOpened,
    IVOReplySent,
    IVORequestReceived,
    JODecisionMade,
    JOMatterOpened,
    NämndTookNote,
    RemissReceived,
    ReplySent,
)
from domain.tillsyn.requests import (
    AuthorityDecisionDemanded,
    DocumentRequested,
    DocumentsReleased,
    RefusalAppealed,
    ReleasedInPart,
    ReleaseRefused,
)
from projections.words import occurred

Step: TypeAlias = Noted[Any]

_BY_LATEST: Final[dict[type[Fact], str]] = {
    JOMatterOpened: "öppnat",
    IVOMatterOpened: "öppnat",
    JODecisionMade: "beslutat {when}",
    IVODecisionMade: "beslutat {when}",
    FeeCaseOpened: "mål om särskild avgift sedan {when}",
    FeeCaseDecided: "mål om särskild avgift avgjort {when}",
    NämndTookNote: "anmält i nämnden {when}",
    LexSarahReported: "rapporterat {when}, väntar på bedömning",
    LexSarahAssessed: "bedömt {when}",
    LexSarahInvestigated: "utrett {when}",
    LexSarahReportedToIVO: "anmält till IVO {when}",
    DocumentRequested: "väntar på besked sedan {when}",
    DocumentsReleased: "utlämnat {when}",
    ReleasedInPart: "delvis utlämnat {when}",
    ReleaseRefused: "nekat {when}",
    AuthorityDecisionDemanded: "myndighetens beslut begärt {when}",
    RefusalAppealed: "överklagat {when}",
    MeetingHeld: "hållet {when}",
    ProtocolAdjusted: "protokollet justerat {when}",
    ProtocolAnnounced: "protokollet anslaget {when}",
    ProtocolTakenDown: "anslaget nedtaget {when}",
}
"""What the latest of these says of the whole. Other steps leave it as it was."""


def standing(steps: Sequence[Step], day: date) -> str | None:
    """How a matter or a meeting stands on a day; None where there is nothing to say.

    Args:
        steps: in order of reading, none later than the day.
        day: the day asked about.
    """
    latest = next((step for step in reversed(steps) if type(step.fact) in _BY_LATEST), None)
    if latest is None:
        return None
    if isinstance(latest.fact, JOMatterOpened | IVOMatterOpened):
        return _answering(steps, day) or _BY_LATEST[type(latest.fact)]
    return _BY_LATEST[type(latest.fact)].format(when=occurred(latest.occurred))


def in_force(acts: Sequence[Step], day: date) -> str | None:
    """Which version of an order or a guideline applies on a day: that with the latest start not
    after it. None where the stream holds none.

    Args:
        acts: in order of reading.
        day: the day asked about.
    """
    versions = [
        act.fact for act in acts if isinstance(act.fact, DelegationOrderAdopted | GuidelineAdopted)
    ]
    if not versions:
        return None
    begun = [
        (start, number, version)
        for number, version in enumerate(versions)
        if isinstance(start := version.effective_from, date) and start <= day
    ]
    if not begun:
        starts = [v.effective_from for v in versions if isinstance(v.effective_from, date)]
        return f"gäller från och med {min(starts)}" if starts else "när den gäller är okänt"
    _, _, version = max(begun, key=lambda one: one[:2])
    end: object = version.effective_to
    ended = isinstance(end, date) and end < day
    name = version.version_name or "en version utan beteckning"
    return f"{name} gällde till och med {end}" if ended else f"{name} gäller"


def _answering(steps: Sequence[Step], day: date) -> str | None:
    """Whether the supervisor waits for an answer, or it has been sent. None: nothing was asked."""
    waiting: dict[EventRef, object] = {}
    answered: Step | None = None
    for step in steps:
        match step.fact:
            case RemissReceived() | IVORequestReceived() | IVOInjunctionReceived() as asked:
                waiting[step.ref] = asked.due
            case ExtensionGranted() as granted:
                for request in _meant(granted.request, waiting):
                    waiting[request] = granted.due
            case ReplySent() | IVOReplySent() as reply:
                answered = step
                for request in _meant(reply.request, waiting):
                    del waiting[request]
            case _:
                pass
    if not waiting:
        return f"besvarat {occurred(answered.occurred)}" if answered else None
    days = [due for due in waiting.values() if isinstance(due, date)]
    if not days:
        return "svar väntas, till vilken dag är okänt"
    first = min(days)
    if first < day:
        return f"svar skulle lämnas senast {first}, inget svar är registrerat"
    return f"svar ska lämnas senast {first}"


def _meant(request: object, waiting: dict[EventRef, object]) -> list[EventRef]:
    """The requests a step is about: the one it names, or, where it names none, all that wait."""
    if request is None:
        return list(waiting)
    return [ref for ref in waiting if ref == request]
