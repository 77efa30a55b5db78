"""Facts of the request, its card and its terminal that need no window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pos_sim.domain.calendar import minute_of
from pos_sim.domain.requests import Reversal, ReversalReason
from risk.live.case import Case, Maker
from risk.observe import age_on, card_is_present, delay_min, serial_differs

if TYPE_CHECKING:
    from risk.store.register import Lists


def pension_or_market(case: Case) -> bool:
    return case.place is not None and case.place.profile.is_busy(case.day)


def minutes_outside_hours(case: Case) -> int:
    if case.place is None or case.facts.is_at_atm:
        return 0
    return case.place.profile.minutes_outside(minute_of(case.request.received_at))


def holder_age(case: Case) -> int | None:
    card = case.facts.card
    return age_on(case.facts.business_date, card.birth_date) if card else None


def bill(case: Case) -> str | None:
    that = case.facts.bill
    return f"{that.biller_id}/{that.bill_no}" if that else None


def reversal_is_manual(case: Case) -> bool | None:
    request = case.request
    return request.reason is ReversalReason.OTHER if isinstance(request, Reversal) else None


def reading(case: Case) -> tuple[float, float] | None:
    """Return how far from its point the terminal says it stands, and how sure it is."""
    position = case.request.reported.position
    if position is None or case.place is None:
        return None
    drift = case.place.profile.meters_to(position.latitude, position.longitude)
    return drift, position.accuracy_m


def list_matches(case: Case) -> tuple[str, ...]:
    """Return which kinds of things in the request stand on a block-list in force."""
    return matches(case, case.windows.register.lists)


def matches(case: Case, lists: Lists) -> tuple[str, ...]:
    """Return which kinds of things in the request stand on one of the lists."""
    if not lists:
        return ()
    named = {
        "card": case.card,
        "payee": case.facts.payee.account_no if case.facts.payee else None,
        "operator": case.place.operator_id if case.place else None,
        "terminal": case.terminal,
    }
    return tuple(
        kind
        for kind, value in named.items()
        if value is not None and lists.names(kind, str(value), case.at_us)
    )


def as_text(value: int | None) -> str | None:
    return None if value is None else str(value)


REQUEST_MAKERS: dict[str, Maker] = {
    "business": lambda case: case.business,
    "amount": lambda case: case.amount,
    "payee": lambda case: as_text(case.payee),
    "payer": lambda case: case.payer,
    "bill": bill,
    "pin_failed": lambda case: case.pin_failed,
    "payee_is_own": lambda case: case.payee_is_own,
    "is_own": lambda case: case.is_own,
    "reversal_is_manual": reversal_is_manual,
    "reversal_delay_min": lambda case: delay_min(
        case.at_us, case.original.at_us if case.original else None
    ),
    "card": lambda case: as_text(case.card),
    "holder_age": holder_age,
    "balance": lambda case: case.facts.account.balance if case.facts.account else None,
    "card_is_present": lambda case: card_is_present(case.facts),
    "point": lambda case: case.point,
    "minutes_outside_hours": minutes_outside_hours,
    "minute_of_day": lambda case: minute_of(case.request.received_at),
    "terminal": lambda case: case.terminal,
    "terminal_kind": lambda case: case.facts.terminal.kind.value if case.facts.terminal else None,
    "serial": lambda case: case.request.reported.terminal_serial,
    "serial_differs": lambda case: serial_differs(case.facts),
    "is_busy_day": pension_or_market,
    "list_matches": list_matches,
    "withdrawal_limit": lambda case: case.limit,
}
