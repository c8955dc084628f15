"""What the nämnd reports of all its cases: counts alone, in a stream of the reports' own."""

from typing import Annotated

from domain.bistand.events.bases import ReportFact
from domain.bistand.events.codes import ReportTo
from domain.kernel.fact import NOBODY, ORDINARY, kept
from domain.kernel.values import Count, Day, Text


class QuarterlyReportSent(ReportFact):
    """Decisions not carried out have been reported (34 kap. 1 § st. 3 SoL). One for each recipient.

    `start` and `end` are the quarter's first and last day.
    """

    OPENS = True
    PERIODS = (("start", "end"),)

    start: Annotated[Day | None, kept(32, ORDINARY, NOBODY, clear=True)] = None
    end: Annotated[Day | None, kept(33, ORDINARY, NOBODY, clear=True)] = None
    report_to: Annotated[ReportTo | None, kept(34, ORDINARY, NOBODY, clear=True)] = None
    rows: Annotated[Count | None, kept(35, ORDINARY, NOBODY, clear=True)] = None
    report_to_text: Annotated[Text | None, kept(36, ORDINARY, NOBODY)] = None


class CouncilStatisticsSent(ReportFact):
    """Statistics have been given to kommunfullmäktige (34 kap. 3 § SoL)."""

    OPENS = True
    PERIODS = (("start", "end"),)

    start: Annotated[Day | None, kept(32, ORDINARY, NOBODY, clear=True)] = None
    end: Annotated[Day | None, kept(33, ORDINARY, NOBODY, clear=True)] = None
    rows: Annotated[Count | None, kept(34, ORDINARY, NOBODY, clear=True)] = None
