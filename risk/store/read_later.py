"""What is read only when a rule gets that far: weeks, months and half years of one subject."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import NamedTuple

from sqlalchemy import Connection

from pos_sim.domain.calendar import minute_of
from pos_sim.store.rows import from_us
from pos_sim.store.sql import Statement
from risk.events import OFF_HOURS_AMOUNT_FEN, OFF_HOURS_SLACK_MIN
from risk.live.rows import start_us_of
from risk.places import PointProfile
from risk.store.newest import UNDONE_US

OWN = Statement(
    "select t.decided_us, t.transaction_id, t.response_code = '00', t.amount_fen,"
    f" {UNDONE_US} from transactions t where t.service_point_id = :point and t.decided_us > :since"
    " and t.business in ('withdrawal', 'transfer', 'cash_remittance')"
    " and (t.card_id {in:cards bigint} or t.payee_account_id {in:accounts bigint})"
)
LARGE = Statement(
    "select t.decided_us from transactions t join terminals m on m.terminal_id = t.terminal_id"
    " where t.service_point_id = :point and t.decided_us >= :since and t.amount_fen >= :least"
    " and t.business <> 'reversal' and m.kind <> 'atm'"
)
WEEK = Statement(
    "select coalesce(sum(case when t.business = 'reversal' then 0 else 1 end), 0),"
    " coalesce(sum(case when (select o.transaction_id from transactions o"
    " where o.transaction_id = t.original_id and o.ended_by = t.transaction_id) is null"
    " then 0 else 1 end), 0) from transactions t where t.service_point_id = :point"
    " and t.decided_us >= :since and t.response_code = '00' and t.business <> 'balance_inquiry'"
)
PAID = Statement(
    "select t.transaction_id, t.amount_fen, coalesce(t.available_us, t.decided_us),"
    f" {UNDONE_US} from transactions t where t.card_id = :card and t.payee_account_id = :payee"
    " and t.decided_us >= :since and t.response_code = '00'"
    f" and not (t.status = 'reversed' and {UNDONE_US} is null)"
)


class Own(NamedTuple):
    """A dealing of the point's own people."""

    at_us: int
    event_id: str
    moved: bool
    amount: int
    undone_us: int | None

    def sum_since(self, first_day: int) -> int:
        """Return what it adds to the sum of business dates from one on; undoing takes away."""
        if not self.moved:
            return 0
        start = start_us_of(first_day)
        gone = self.undone_us is not None and self.undone_us >= start
        return self.amount * ((self.at_us >= start) - gone)


class Week(NamedTuple):
    """Successes and reversals at one point."""

    moves: int
    reversals: int


class PaidBefore(NamedTuple):
    """An earlier payment of one card to one payee."""

    event_id: str
    amount: int
    settles_us: int
    undone_us: int | None


def own_dealings(connection: Connection, profile: PointProfile, since_us: int) -> list[Own]:
    """Return the dealings of a point's own people there."""
    found = OWN.rows(
        connection,
        point=profile.point,
        since=since_us,
        cards=profile.own_cards,
        accounts=profile.own_accounts,
    )
    return [Own(row[0], row[1], bool(row[2]), row[3] or 0, row[4]) for row in found]


def off_hours(connection: Connection, profile: PointProfile, since_us: int) -> int:
    """Return how many large requests came to a point outside its hours."""
    found = LARGE.rows(connection, point=profile.point, since=since_us, least=OFF_HOURS_AMOUNT_FEN)
    minutes = (minute_of(from_us(row[0])) for row in found)
    return sum(profile.minutes_outside(minute) > OFF_HOURS_SLACK_MIN for minute in minutes)


def week_of(connection: Connection, point: str, since_us: int) -> Week:
    """Return how often money moved at a point, and how often it was taken back."""
    (row,) = WEEK.rows(connection, point=point, since=since_us)
    return Week(int(row[0]), int(row[1]))


def paid_before(connection: Connection, card: int, payee: int, first_day: int) -> list[PaidBefore]:
    """Return what a card paid to an account from a business date on."""
    since = start_us_of(first_day)
    found = PAID.rows(connection, card=card, payee=payee, since=since)
    return [PaidBefore._make(row) for row in found]


def standing(paid: Iterable[PaidBefore], undone: Container[str], at_us: int) -> int:
    """Return the sum that is settled and was not taken back."""
    return sum(
        one.amount
        for one in paid
        if one.settles_us <= at_us and one.undone_us is None and one.event_id not in undone
    )
