"""Every fact about a request, and who makes it; and what is plain before anybody asks."""

from __future__ import annotations

from typing import Any

from risk.live.card_facts import CARD_MAKERS, NO_TRAVEL
from risk.live.case import Case, Maker
from risk.live.payee_facts import NOT_PLACED, PAYEE_MAKERS
from risk.live.point_facts import NOT_OWN, POINT_MAKERS
from risk.live.request_facts import REQUEST_MAKERS

MAKERS: dict[str, Maker] = {**REQUEST_MAKERS, **CARD_MAKERS, **POINT_MAKERS, **PAYEE_MAKERS}

NOTHING_TOLD: dict[str, Any] = NOT_PLACED | {
    "serial": None,
    "serial_differs": None,
    "serial_terminals_24h": None,
}


def foresee(case: Case) -> None:
    """Put down at once what needs no look: most requests report nothing and concern no insider.

    These are the same values as the makers give, without thirteen calls.
    """
    known, register = case.known, case.windows.register
    known["business"], known["amount"] = case.business, case.amount
    known["is_own"], known["pin_failed"] = case.is_own, case.pin_failed
    reported = case.request.reported
    if reported.position is None and reported.terminal_serial is None:
        known.update(NOTHING_TOLD)
    if not register.lists:
        known["list_matches"] = ()
    if register.asks_own_people_only and not case.is_own:
        known.update(NOT_OWN)
    if not case.seen:
        known.update(NO_TRAVEL)
