"""Every fact about a request, and who makes it."""

from __future__ import annotations

from risk.live.card_facts import CARD_MAKERS
from risk.live.case import Maker
from risk.live.payee_facts import PAYEE_MAKERS
from risk.live.point_facts import POINT_MAKERS
from risk.live.request_facts import REQUEST_MAKERS

MAKERS: dict[str, Maker] = {**REQUEST_MAKERS, **CARD_MAKERS, **POINT_MAKERS, **PAYEE_MAKERS}
