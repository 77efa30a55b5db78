"""What windows must deliver: each metric with key, measure, filter, window and storage. Data only.

The measures are few so that a group of requests is read in few statements (decision 0009).
``METRICS`` is in the order in which a store would read them: by storage, then by key.
"""

from __future__ import annotations

from typing import Any

from pos_sim.domain.requests import Business
from risk.events import BIG_SHARE, DAY_US, HOUR_US, MINUTE_US, TINY_FEN, Flag
from risk.measures import Measure, Metric, Span, Storage, Where, Window

B, S = Business, Storage
CASH_OUT = frozenset({B.WITHDRAWAL})
PAYS_OUT = frozenset({B.WITHDRAWAL, B.TRANSFER, B.BILL_PAYMENT})
PAYS_IN = frozenset({B.TRANSFER, B.CASH_REMITTANCE})
MOVES_MONEY = PAYS_OUT | PAYS_IN
DEALINGS = frozenset({B.WITHDRAWAL, B.TRANSFER, B.CASH_REMITTANCE})
BILLS = frozenset({B.BILL_PAYMENT})
INQUIRIES = frozenset({B.BALANCE_INQUIRY})
WITH_CARD = PAYS_OUT | INQUIRIES

CASH = Where(businesses=CASH_OUT)
CASH_MOVED = Where(businesses=CASH_OUT, moved=True)
NON_LOCAL = Where(businesses=CASH_OUT, flags=Flag.NON_LOCAL)
BIG_CASH = Where(businesses=CASH_OUT, share_min=BIG_SHARE)
CARD_USED = Where(businesses=WITH_CARD)
CARD_MOVED = Where(businesses=WITH_CARD, moved=True)
PAID_OUT = Where(businesses=PAYS_OUT, moved=True)
PAID_IN = Where(businesses=PAYS_IN, settled=True)
SENT = Where(businesses=PAYS_IN)
SENT_BY_ELDERS = Where(businesses=PAYS_IN, flags=Flag.ELDER)
SENT_BACK = Where(businesses=PAYS_IN, moved=True, flags=Flag.FROM_OWN)
ANY_MOVED = Where(businesses=MOVES_MONEY, moved=True)
TINY = Where(businesses=MOVES_MONEY, moved=True, amount_max=TINY_FEN)
OWN = Where(businesses=DEALINGS, flags=Flag.OWN)
OWN_MOVED = Where(businesses=DEALINGS, moved=True, flags=Flag.OWN)
PAYMENTS = Where(businesses=BILLS)
ASKED = Where(businesses=INQUIRIES)

M30 = Window(Span.ROLLING, 30 * MINUTE_US)
H2 = Window(Span.ROLLING, 2 * HOUR_US)
H24 = Window(Span.ROLLING, DAY_US)
D7 = Window(Span.ROLLING, 7 * DAY_US)
D30 = Window(Span.ROLLING, 30 * DAY_US)
TODAY = Window(Span.DAYS, 1)
DAYS_7, DAYS_10 = Window(Span.DAYS, 7), Window(Span.DAYS, 10)
DAYS_30, DAYS_180 = Window(Span.DAYS, 30), Window(Span.DAYS, 180)
BEFORE_30, BEFORE_400 = Window(Span.DAYS_BEFORE, 30), Window(Span.DAYS_BEFORE, 400)
MONTH = Window(Span.MONTH)


def _metrics(scope: str, storage: Storage, *rows: tuple[Any, ...]) -> tuple[Metric, ...]:
    """Build metrics of one key and storage: name, measure, window, filter, and what else."""
    return tuple(
        Metric(
            name=name,
            scope=scope,
            measure=Measure(measure),
            window=window,
            storage=storage,
            where=where,
            **(rest[0] if rest else {}),
        )
        for name, measure, window, where, *rest in rows
    )


POINT, CARD, PAYER, DAY = ({"member": name} for name in ("point", "card", "payer", "day"))
NOT_NOW = {"with_current": False}

CARD_EXACT = _metrics(
    "card",
    S.EXACT,
    ("card_requests_24h", "count", H24, CARD_USED),
    ("card_points_24h", "distinct", H24, CARD_USED, POINT),
    ("card_withdrawals_today", "count", TODAY, CASH),
    ("card_withdrawn_today", "sum", TODAY, CASH_MOVED),
    ("card_withdrawal_points_today", "distinct", TODAY, CASH, POINT),
    ("card_pin_failures_today", "count", TODAY, Where(flags=Flag.PIN_FAILED)),
    ("card_outflows_24h", "moves", H24, PAID_OUT),
    ("card_reversals_24h", "count", H24, Where(flags=Flag.UNDOES)),
    ("card_last_moved", "last", H24, CARD_MOVED, POINT | NOT_NOW),
)
CARD_POINT_EXACT = _metrics(
    "card+point",
    S.EXACT,
    ("limit_declines_24h", "moves", H24, Where(flags=Flag.LIMIT_DECLINED), NOT_NOW),
    ("inquiries_30m", "count", M30, ASKED, NOT_NOW),
)
PAYEE_EXACT = _metrics(
    "payee",
    S.EXACT,
    (
        "card_credits_24h",
        "moves",
        H24,
        PAID_IN,
        {"asked": "account"},
    ),
    ("payee_payers_24h", "distinct", H24, SENT, PAYER),
    ("payee_points_24h", "distinct", H24, SENT, POINT),
    ("payee_received_24h", "sum", H24, Where(businesses=PAYS_IN, moved=True)),
)
PAIR_EXACT = (
    *_metrics(
        "account+point",
        S.EXACT,
        (
            "pair_outs_7d",
            "moves",
            D7,
            CASH_MOVED,
            {"asked": "payee+point"},
        ),
    ),
    *_metrics(
        "payee+point",
        S.EXACT,
        ("pair_backs_7d", "moves", D7, SENT_BACK),
    ),
)
BILL_EXACT = (
    *_metrics("bill", S.EXACT, ("bill_payments_24h", "count", H24, PAYMENTS)),
    *_metrics(
        "payer+biller+amount",
        S.EXACT,
        ("payer_biller_equal_24h", "count", H24, PAYMENTS),
    ),
)
POINT_EXACT = _metrics(
    "point",
    S.EXACT,
    ("point_big_cards_30m", "distinct", M30, BIG_CASH, CARD),
    ("point_cards_2h", "distinct", H2, CASH, CARD),
    ("point_pin_failed_cards_30m", "distinct", M30, Where(flags=Flag.PIN_FAILED), CARD),
    ("point_inquired_cards_30m", "distinct", M30, ASKED, CARD),
    ("point_drained_cards_30m", "distinct", M30, Where(flags=Flag.DRAINED), CARD),
)
POINT_HOURLY = _metrics(
    "point",
    S.HOURLY,
    ("point_own_count_7d", "count", D7, OWN),
    ("point_off_hours_7d", "count", D7, Where(flags=Flag.OFF_HOURS)),
    ("point_reversals_7d", "count", D7, Where(flags=Flag.UNDOES)),
    ("point_moves_7d", "count", D7, ANY_MOVED),
)
CARD_DAILY = _metrics(
    "card",
    S.DAILY,
    ("card_day_sums_7d", "day_sums", DAYS_7, CASH_MOVED),
)
POINT_DAILY = _metrics(
    "point",
    S.DAILY,
    ("point_withdrawals_today", "count", TODAY, CASH),
    ("point_withdrawn_today", "sum", TODAY, CASH_MOVED),
    ("point_non_local_today", "count", TODAY, NON_LOCAL),
    ("point_withdrawals_30d", "count", BEFORE_30, CASH),
    ("point_non_local_30d", "count", BEFORE_30, NON_LOCAL),
    ("point_moves_today", "count", TODAY, ANY_MOVED),
    ("point_moved_today", "sum", TODAY, ANY_MOVED),
    ("point_days", "days", BEFORE_400, ANY_MOVED),
    ("point_last_cash", "last", BEFORE_400, CASH_MOVED, DAY | NOT_NOW),
    ("point_jump_days_10d", "distinct", DAYS_10, Where(flags=Flag.JUMPED), DAY),
    ("point_own_sum_30d", "sum", DAYS_30, OWN_MOVED),
    (
        "point_tiny_month",
        "count",
        MONTH,
        TINY,
    ),
    ("point_month_days", "days", MONTH, ANY_MOVED),
)
MEMBER_DAYS = (
    *_metrics(
        "card",
        S.MEMBER_DAY,
        ("card_points_7d", "distinct", DAYS_7, CARD_USED, POINT),
    ),
    *_metrics(
        "card+payee",
        S.MEMBER_DAY,
        ("card_payee_paid_180d", "sum", DAYS_180, PAID_IN, NOT_NOW),
    ),
    *_metrics(
        "payee",
        S.MEMBER_DAY,
        (
            "payee_elder_payers_7d",
            "distinct",
            DAYS_7,
            SENT_BY_ELDERS,
            PAYER,
        ),
    ),
    *_metrics(
        "point",
        S.MEMBER_DAY,
        ("point_cards_30d", "tally", DAYS_30, ANY_MOVED, PAYER),
        ("point_cards_month", "tally", MONTH, ANY_MOVED, PAYER),
    ),
)
LATEST = (
    *_metrics(
        "serial", S.LAST, ("serial_terminals_24h", "distinct", H24, Where(), {"member": "terminal"})
    ),
    *_metrics(
        "terminal",
        S.LAST,
        ("terminal_reading", "last", D30, Where(reports=True), {"member": "reading"} | NOT_NOW),
    ),
)

METRICS: dict[str, Metric] = {
    metric.name: metric
    for group in (
        CARD_EXACT,
        CARD_POINT_EXACT,
        PAYEE_EXACT,
        PAIR_EXACT,
        BILL_EXACT,
        POINT_EXACT,
        POINT_HOURLY,
        CARD_DAILY,
        POINT_DAILY,
        MEMBER_DAYS,
        LATEST,
    )
    for metric in group
}
"""By name; a fact of source ``window`` names the metrics that it is made from."""


def longest_days(metrics: frozenset[str]) -> int:
    """Return how many days of history these metrics need: less makes a back-test meaningless.

    >>> longest_days(frozenset({"card_points_24h", "card_points_7d"}))
    7
    """
    return max((_days_of(METRICS[name].window) for name in metrics), default=0)


def _days_of(window: Window) -> int:
    if window.span is Span.ROLLING:
        return -(-window.size // DAY_US)
    return 31 if window.span is Span.MONTH else window.size
