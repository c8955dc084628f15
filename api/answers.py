"""What is answered, as JSON: receipts and views. The same over HTTP and on the command line."""

from collections.abc import Mapping
from uuid import UUID

from api.acting import Acting
from api.reading import CaseList, CaseRead
from domain.kernel.values import format_instant
from ledger.application import Stored
from ledger.codec import Json, Lane
from ledger.lists import Listed, ListPage, Shown
from projections import case as case_views
from projections import trail as trails
from projections.clocks import Clocks
from projections.texts import LANES


def receipt(lane: Lane, stored: Stored) -> dict[str, Json]:
    """Return what the sender is told of a recorded fact."""
    assert isinstance(stored.originator_id, UUID)
    return {
        "lane": lane.value,
        "stream": str(stored.originator_id),
        "version": stored.originator_version,
        "ref": f"{lane}/{stored.originator_id}/{stored.originator_version}",
        "type": stored.topic.partition("/")[0],
        "position": f"{stored.receipt.epoch}/{stored.receipt.index}",
        "recorded": stored.receipt.recorded,
        "leaf": stored.receipt.leaf.hex(),
    }


def state_json(read: CaseRead, asked: Clocks, acting: Acting) -> dict[str, Json]:
    """Return a case's state as JSON."""
    view = case_views.case_view(read.events, asked, read.names)
    return {"case": str(read.case), **_about(read, acting), **case_views.to_json(view)}


def trail_json(read: CaseRead, asked: Clocks, acting: Acting) -> dict[str, Json]:
    """Return a case's trail as JSON."""
    view = trails.trail(read.events, asked, read.names)
    return {"case": str(read.case), **_about(read, acting), **trails.to_json(view)}


def stream_json(read: CaseRead, asked: Clocks, acting: Acting) -> dict[str, Json]:
    """Return one stream's state and trail as JSON."""
    ((lane, stream),) = read.streams.items()
    state = case_views.case_view(read.events, asked, read.names)
    rows = trails.trail(read.events, asked, read.names)
    return {
        "lane": lane.value,
        "stream": str(stream.stream),
        "version": stream.version,
        **_about(read, acting),
        **case_views.to_json(state),
        **trails.to_json(rows),
    }


def list_json(lane: Lane, page: ListPage, acting: Acting) -> dict[str, Json]:
    """Return a page of a lane's list as JSON, with the position it is as of."""
    return {
        "lane": lane.value,
        "namnd": {"id": str(acting.namnd), "name": acting.namnd_name},
        **_shown_json(page.shown),
        "rows": [_listed_json(row) for row in page.rows],
    }


def case_list_json(page: CaseList, acting: Acting) -> dict[str, Json]:
    """Return a page of the list of both processes as JSON, with the positions it is as of."""
    return {
        "namnd": {"id": str(acting.namnd), "name": acting.namnd_name},
        "lists": {lane.value: _shown_json(shown) for lane, shown in page.shown.items()},
        "rows": [
            {
                "case": str(row.case),
                "latest": format_instant(row.latest),
                "open": row.open,
                "streams": {
                    lane.value: _listed_json(listed) for lane, listed in row.streams.items()
                },
            }
            for row in page.rows
        ],
    }


def _shown_json(shown: Shown) -> dict[str, Json]:
    at = shown.position
    return {"position": f"{at[0]}/{at[1]}" if at else None, "stopped": shown.stopped}


def _listed_json(listed: Listed) -> dict[str, Json]:
    return {
        "stream": str(listed.stream),
        "kind": listed.kind,
        "open": listed.open,
        "opened": format_instant(listed.opened),
        "latest": format_instant(listed.latest),
        "latestType": listed.latest_type,
        "version": listed.version,
        "begun": listed.begun,
        "ended": listed.ended,
    }


def _about(read: CaseRead, acting: Acting) -> dict[str, Json]:
    """For whom it was read, what is not shown, and how far the logs had come.

    `kant` later than that means so far.
    """
    logs: Mapping[Lane, Json] = {
        lane: f"{one.size[0]}/{one.size[1]}" if one.size else None
        for lane, one in read.streams.items()
    }
    return {
        "namnd": {"id": str(acting.namnd), "name": acting.namnd_name},
        "notShown": [
            {"lane": lane.value, "label": LANES[lane], "why": why}
            for lane, why in read.hidden.items()
        ],
        "logs": {lane.value: position for lane, position in logs.items()},
    }
