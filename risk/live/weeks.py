"""A week, a month, half a year: read when a rule gets that far, the group's own part added."""

from __future__ import annotations

from risk.events import DAY_US, HOUR_US, OFF_HOURS_AMOUNT_FEN
from risk.events import OFF_HOURS_SLACK_MIN as SLACK
from risk.live.case import Case
from risk.live.request_facts import minutes_outside_hours
from risk.live.rows import DEALINGS, MOVES_MONEY, start_us_of
from risk.store import read_later
from risk.store.read_later import Own, Week


def own_dealings(case: Case) -> list[Own]:
    """Return a month of dealings of the point's own people."""
    if case.place is None:
        return []
    windows, since = case.windows, start_us_of(case.day - 30)
    found = read_later.own_dealings(windows.connection, case.place.profile, since)
    undone = windows.undone
    found = [one._replace(undone_us=undone.get(one.event_id, one.undone_us)) for one in found]
    return found + [
        Own(one.at_us, one.event_id, one.moved, one.amount, undone.get(one.event_id))
        for one in case.earlier
        if one.point == case.point and one.is_own and one.business in DEALINGS
    ]


def off_hours(case: Case) -> int:
    """Return how often large amounts were dealt with here outside the opening hours."""
    if case.place is None:
        return 0
    connection, profile = case.windows.connection, case.place.profile
    before = read_later.off_hours(connection, profile, a_week_ago(case))
    return before + sum(map(is_off_hours, here(case)))


def is_off_hours(case: Case) -> bool:
    return case.amount >= OFF_HOURS_AMOUNT_FEN and minutes_outside_hours(case) > SLACK


def week(case: Case) -> Week:
    """Return how often money moved here and how often it was taken back."""
    if case.point is None:
        return Week(0, 0)
    before = read_later.week_of(case.windows.connection, case.point, a_week_ago(case))
    of_group = here(case)
    return Week(
        before.moves + sum(one.business in MOVES_MONEY and one.moved for one in of_group),
        before.reversals + sum(one.undoes for one in of_group),
    )


def here(case: Case) -> list[Case]:
    """Return what the group itself did at this point in the week before."""
    since_us = a_week_ago(case)
    return [one for one in case.earlier if one.point == case.point and one.at_us >= since_us]


def a_week_ago(case: Case) -> int:
    """Return the first full hour of the week: hour buckets count from their beginning."""
    return ((case.at_us - 7 * DAY_US) // HOUR_US + 1) * HOUR_US


def paid_before(case: Case) -> int:
    """Return what the card paid to the payee in 180 days, as far as it has arrived."""
    assert case.card is not None
    assert case.payee is not None
    windows = case.windows
    before = read_later.paid_before(windows.connection, case.card, case.payee, case.day - 179)
    before += windows.paid_by_pair.get((case.card, case.payee), ())
    return read_later.standing(before, windows.undone, case.at_us)
