"""As whom the command line acts: the officer of a token, or in development one who is named."""

from collections.abc import Iterator
from contextlib import contextmanager
from os import environ
from uuid import UUID

from api.acting import Acting
from api.clock import utc_now
from api.house import House
from api.identity import unidentified
from api.policy import Action
from api.problems import Problem
from api.questions import canonical_uuid
from ledger.codec import Lane
from scripts.opening import opened
from scripts.settings import Settings, SettingsError


@contextmanager
def as_officer(
    as_: str | None,
    namnd: str | None,
    needed: frozenset[str] | set[str] = frozenset(),
    *,
    right: tuple[Lane, Action] | None = None,
    to_replay: bool = False,
) -> Iterator[tuple[House, Acting]]:
    """Open the ledger as the officer that `--as` or LIGGAREN_TOKEN names.

    Whoever has in no nämnd the right that is needed is told so, and not asked for which they act.

    Args:
        as_: the officer's short name or id, in development.
        namnd: the nämnd's id, or the beginning of its name.
        needed: roles of the database beside those of an ordinary command.
        right: what the officer must be allowed.
        to_replay: open also a ledger in which a destruction is to be replayed.

    Raises:
        SettingsError: it is not said who acts, or for which nämnd.
        Problem: nobody knows the officer, or they lack the right.
    """
    with opened(Settings.read(), needed, to_replay=to_replay) as house:
        now = utc_now()
        given = environ.get("LIGGAREN_TOKEN")
        officer = house.verifier.officer(
            given if given and as_ is None else dev_token(house, as_), now
        )
        try:
            acting = _acting(house, officer, namnd)
        except Problem as problem:
            if right and problem.code == "namnd.choose":
                _require_somewhere(house, officer, problem, *right)
            raise
        if right:
            acting.require(*right)
        yield house, acting


def dev_token(house: House, name: str | None) -> str:
    """A token of the development issuer for the officer of this short name or id.

    Raises:
        SettingsError: there is no such officer.
        Problem: in production there are no such tokens.
    """
    if house.dev is None:
        raise unidentified("I produktion tas handläggaren från LIGGAREN_TOKEN.")
    known = ", ".join(officer.handle for officer in house.dev.officers())
    if name is None:
        raise SettingsError(
            "Det framgår inte vem som handlar.",
            f"Ange --as NAMN, eller LIGGAREN_TOKEN. Finns: {known}.",
        )
    officer = house.dev.find(name) or canonical_uuid(name)
    if officer is None:
        raise SettingsError("Den handläggaren finns inte här.", f"Finns: {known}.")
    return house.dev.token(officer, utc_now())


def _acting(house: House, officer: UUID, namnd: str | None) -> Acting:
    chosen = canonical_uuid(namnd) if namnd else None
    if namnd is None or chosen:
        return house.reads.acting(officer, chosen, utc_now())
    offered = namnder_of(house, officer)
    wanted = [id_ for id_, name in offered if name.casefold().startswith(namnd.casefold())]
    if len(wanted) != 1:
        names = ", ".join(name for _, name in offered)
        raise SettingsError(
            "Du har roller i flera nämnder som heter så."
            if wanted
            else "Du har ingen roll i någon nämnd som heter så.",
            f"Nämnder som du kan handla för: {names}.",
        )
    return house.reads.acting(officer, UUID(wanted[0]), utc_now())


def _require_somewhere(
    house: House, officer: UUID, choose: Problem, lane: Lane, action: Action
) -> None:
    everywhere = [house.reads.acting(officer, UUID(id_), utc_now()) for id_, _ in choose.fields]
    if not any(acting.may(lane, action) for acting in everywhere):
        everywhere[0].require(lane, action)


def namnder_of(house: House, officer: UUID) -> tuple[tuple[str, str], ...]:
    """The ids and names of the nämnder an officer can act for."""
    try:
        acting = house.reads.acting(officer, None, utc_now())
    except Problem as problem:
        if problem.code != "namnd.choose":
            raise
        return problem.fields
    return ((str(acting.namnd), acting.namnd_name),)
