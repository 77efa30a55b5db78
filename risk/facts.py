"""The typed fact registry: everything a rule may ask, with unit, names and what no value means.

Facts travel as a plain dict: a look-up costs what a slot costs, and a missing one is a KeyError,
so it becomes an error outcome and never a pass. ``None`` is a value: the *named exit* that the
registry gives.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

from risk.vocabulary import ScopeKind

RiskFacts: TypeAlias = Mapping[str, Any]


class Kind(StrEnum):
    """Type and unit of a fact in one word."""

    COUNT = "count"
    FEN = "fen"
    BP = "bp"  # basis points: 10,000 are the whole
    FLAG = "flag"
    KM = "km"
    KMH = "km_h"
    METERS = "m"
    MINUTES = "min"
    DAYS = "days"
    YEARS = "years"
    TEXT = "text"
    TEXTS = "texts"
    FENS = "fens"  # a tuple of amounts
    MOVES = "moves"  # a tuple of (microseconds, fen)


TYPES: dict[Kind, tuple[type, ...]] = {
    Kind.COUNT: (int,),
    Kind.FEN: (int,),
    Kind.BP: (int,),
    Kind.FLAG: (bool,),
    Kind.KM: (int, float),
    Kind.KMH: (int, float),
    Kind.METERS: (int, float),
    Kind.MINUTES: (int, float),
    Kind.DAYS: (int,),
    Kind.YEARS: (int,),
    Kind.TEXT: (str,),
    Kind.TEXTS: (tuple,),
    Kind.FENS: (tuple,),
    Kind.MOVES: (tuple,),
}


class Source(StrEnum):
    """Where a fact comes from."""

    REQUEST = "request"
    CARD = "card"
    POINT = "point"
    TERMINAL = "terminal"
    WINDOW = "window"
    LIST = "list"
    CALENDAR = "calendar"
    POLICY = "policy"


class Exit(StrEnum):
    """Why a rule could not be asked: neither a hit nor a miss, and no error."""

    NOT_REPORTED = "not_reported"  # the terminal did not say 终端未上报
    NOT_APPLICABLE = "not_applicable"  # there is no such thing in this request 不适用
    NO_HISTORY = "no_history"  # too little of it yet 历史不足


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact; ``null`` is what None means, and None where the fact always has a value.

    ``metrics`` are the windowed metrics that it is made from.
    """

    name: str
    kind: Kind
    source: Source
    label: str
    label_en: str
    null: Exit | None = None
    metrics: tuple[str, ...] = ()


def _of(source: Source, *rows: tuple[Any, ...]) -> Iterable[Fact]:
    return (Fact(name, kind, source, *rest) for name, kind, *rest in rows)


def _windowed(*rows: tuple[Any, ...]) -> Iterable[Fact]:
    """Return facts of the same name as the metric that they are made from."""
    for name, kind, label, label_en, *rest in rows:
        null = rest[0] if rest else None
        metrics = rest[1] if len(rest) > 1 else (name,)
        yield Fact(name, kind, Source.WINDOW, label, label_en, null, metrics)


NA, NR, NO = Exit.NOT_APPLICABLE, Exit.NOT_REPORTED, Exit.NO_HISTORY
K = Kind

REQUEST_FACTS = _of(
    Source.REQUEST,
    ("business", K.TEXT, "业务种类", "business", NA),
    ("amount", K.FEN, "本笔金额", "amount"),
    ("payee", K.TEXT, "收款账户", "payee account", NA),
    ("payer", K.TEXT, "付款人", "payer", NA),
    ("bill", K.TEXT, "账单", "bill", NA),
    ("pin_failed", K.FLAG, "密码错误", "wrong PIN"),
    ("payee_is_own", K.FLAG, "收款账户属服务点关系人", "payee is one of the point's own"),
    ("is_own", K.FLAG, "涉及服务点关系人", "involves the point's own people"),
    ("reversal_is_manual", K.FLAG, "人工发起冲正", "reversal started by hand", NA),
    ("reversal_delay_min", K.MINUTES, "距原交易时间", "time since the original", NA),
)
CARD_FACTS = _of(
    Source.CARD,
    ("card", K.TEXT, "银行卡", "card", NA),
    ("holder_age", K.YEARS, "持卡人年龄", "holder's age", NA),
    ("balance", K.FEN, "交易前余额", "balance before", NA),
    ("card_is_present", K.FLAG, "有卡交易", "card present", NA),
)
POINT_FACTS = _of(
    Source.POINT,
    ("point", K.TEXT, "服务点", "service point", NA),
    ("minutes_outside_hours", K.MINUTES, "营业时间外时长", "time outside opening hours"),
    ("minute_of_day", K.MINUTES, "当日时刻", "minute of the day"),
    ("point_days_since_success", K.DAYS, "距最近成功交易天数", "days since last success", NO),
    ("point_days_since_opening", K.DAYS, "开业天数", "days since opening", NA),
    ("point_was_used", K.FLAG, "开业后有过交易", "was ever used"),
)
TERMINAL_FACTS = _of(
    Source.TERMINAL,
    ("terminal", K.TEXT, "终端", "terminal", NA),
    ("terminal_kind", K.TEXT, "终端种类", "kind of terminal", NA),
    ("serial", K.TEXT, "终端序列号", "serial number", NR),
    ("serial_differs", K.COUNT, "序列号与登记不符", "serial differs from the binding", NR),
    ("drift_m", K.METERS, "距登记位置", "distance from the registered place", NR),
    ("drift_accuracy_m", K.METERS, "定位精度", "accuracy of the reading", NR),
)
OTHER_FACTS = (
    *_of(Source.CALENDAR, ("is_busy_day", K.FLAG, "赶集日或养老金发放日", "market or pension day")),
    *_of(Source.LIST, ("list_matches", K.TEXTS, "命中名单", "lists matched")),
    *_of(Source.POLICY, ("withdrawal_limit", K.FEN, "每卡每日取款限额", "daily limit per card")),
)
CARD_WINDOWS = _windowed(
    ("card_requests_24h", K.COUNT, "该卡24小时业务笔数", "card's requests in 24 h", NA),
    ("card_points_24h", K.COUNT, "该卡24小时服务点数", "card's points in 24 h", NA),
    ("card_points_7d", K.COUNT, "该卡7日服务点数", "card's points in 7 d", NA),
    ("card_day_sums_7d", K.FENS, "该卡近7日每日取款额", "card's daily sums of 7 d", NA),
    ("card_withdrawals_today", K.COUNT, "该卡今日取款笔数", "card's withdrawals today", NA),
    ("card_withdrawn_today", K.FEN, "该卡今日取款金额", "card's withdrawn sum today", NA),
    ("card_withdrawal_points_today", K.COUNT, "该卡今日取款服务点数", "points today", NA),
    ("card_pin_failures_today", K.COUNT, "该卡今日密码错误次数", "wrong PINs today", NA),
    ("card_outflows_24h", K.MOVES, "该卡24小时转出", "card's outflows of 24 h", NA),
    ("card_reversals_24h", K.COUNT, "该卡24小时冲正笔数", "card's reversals in 24 h", NA),
    ("card_credits_24h", K.MOVES, "该卡账户24小时转入", "credits of 24 h", NA),
    ("card_payee_paid_180d", K.FEN, "180日内向该收款人付款", "paid to this payee in 180 d", NA),
    ("limit_declines_24h", K.MOVES, "该卡在本点超限被拒", "limit declines here", NA),
    ("travel_km", K.KM, "距上一笔交易地点", "distance from the last one", NO, ("card_last_moved",)),
    ("travel_min", K.MINUTES, "距上一笔交易时间", "time since it", NO, ("card_last_moved",)),
)
PAYEE_WINDOWS = _windowed(
    ("payee_payers_24h", K.COUNT, "该收款人24小时付款人数", "payers in 24 h", NA),
    ("payee_points_24h", K.COUNT, "该收款人24小时涉及服务点数", "points in 24 h", NA),
    ("payee_received_24h", K.FEN, "该收款人24小时收款金额", "received in 24 h", NA),
    ("payee_elder_payers_7d", K.COUNT, "该收款人7日老年付款人数", "elder payers in 7 d", NA),
    ("pair_outs_7d", K.MOVES, "该账户在本点支出", "paid out here in 7 d", NA),
    ("pair_backs_7d", K.MOVES, "该账户在本点回流", "came back here in 7 d", NA),
    ("bill_payments_24h", K.COUNT, "该账单24小时缴费次数", "payments of this bill", NA),
    ("payer_biller_equal_24h", K.COUNT, "同一付款人等额缴费次数", "equal payments", NA),
)
POINT_WINDOWS = _windowed(
    ("point_own_count_7d", K.COUNT, "本点7日关系人交易笔数", "own dealings in 7 d"),
    ("point_own_sum_30d", K.FEN, "本点30日关系人交易金额", "own dealings, sum of 30 d"),
    ("point_big_cards_30m", K.COUNT, "本点30分钟大额取款卡数", "cards near the limit, 30 min"),
    ("point_cards_2h", K.COUNT, "本点2小时取款卡数", "cards in 2 h"),
    ("point_withdrawals_today", K.COUNT, "本点今日取款笔数", "withdrawals today"),
    ("point_withdrawn_today", K.FEN, "本点今日取款金额", "withdrawn today"),
    ("point_non_local_today", K.COUNT, "本点今日异地卡取款笔数", "non-local today"),
    ("point_withdrawals_30d", K.COUNT, "本点前30日取款笔数", "withdrawals of 30 d before"),
    ("point_non_local_30d", K.COUNT, "本点前30日异地卡取款笔数", "non-local of 30 d before"),
    ("point_pin_failed_cards_30m", K.COUNT, "本点30分钟密码错误卡数", "wrong-PIN cards, 30 min"),
    ("point_inquired_cards_30m", K.COUNT, "本点30分钟查询卡数", "cards inquired, 30 min"),
    ("point_drained_cards_30m", K.COUNT, "其中随后大额取款卡数", "of them drained"),
    ("point_off_hours_7d", K.COUNT, "本点7日非营业时段笔数", "off-hours in 7 d"),
    ("point_reversals_7d", K.COUNT, "本点7日冲正笔数", "reversals in 7 d"),
    ("point_moves_7d", K.COUNT, "本点7日成功笔数", "successes in 7 d"),
    ("point_moves_today", K.COUNT, "本点今日成功笔数", "successes today"),
    ("point_moved_today", K.FEN, "本点今日成功金额", "sum today"),
    ("point_p95_count", K.COUNT, "本点同类日笔数P95", "own P95 of counts", NO, ("point_days",)),
    ("point_p95_sum", K.FEN, "本点同类日金额P95", "own P95 of sums", NO, ("point_days",)),
    ("point_baseline_days", K.COUNT, "同类活跃日数", "active days alike", None, ("point_days",)),
    ("point_jump_days_10d", K.COUNT, "近10日突增天数", "days of jumps in 10"),
    ("point_jumped_today", K.FLAG, "今日已突增", "jumped today", None, ("point_jump_days_10d",)),
    ("point_idle_days", K.DAYS, "此前闲置天数", "idle days before", NO, ("point_last_cash",)),
)
TERMINAL_WINDOWS = _windowed(
    ("serial_terminals_24h", K.COUNT, "该序列号24小时出现的终端数", "terminals of the serial", NR),
    ("drift_before_m", K.METERS, "上次定位偏移", "the reading before", NR, ("terminal_reading",)),
    (
        "drift_before_accuracy_m",
        K.METERS,
        "上次定位精度",
        "accuracy of it",
        NR,
        ("terminal_reading",),
    ),
)
PATROL_WINDOWS = _windowed(
    (
        "point_txns_30d",
        K.COUNT,
        "本点30日成功笔数",
        "successes of 30 d",
        None,
        ("point_cards_30d",),
    ),
    ("point_top1_30d", K.COUNT, "首位客户笔数", "of the first card", None, ("point_cards_30d",)),
    ("point_top5_30d", K.COUNT, "前五客户笔数", "of the first five", None, ("point_cards_30d",)),
    ("point_txns_month", K.COUNT, "本点当月笔数", "of the month", None, ("point_cards_month",)),
    ("point_top5_month", K.COUNT, "当月前五客户", "first five", None, ("point_cards_month",)),
    ("point_tiny_month", K.COUNT, "本点当月小额笔数", "tiny ones of the month"),
    ("top5_share_month", K.BP, "当月前五客户占比", "share", NO, ("point_cards_month",)),
    ("grade_excess", K.BP, "超过补贴档次的幅度", "beyond the grade", NA, ("point_cards_month",)),
    ("grade_days_left", K.DAYS, "跨档日距月末天数", "days left", NA, ("point_month_days",)),
)

FACTS: dict[str, Fact] = {
    fact.name: fact
    for group in (
        REQUEST_FACTS,
        CARD_FACTS,
        POINT_FACTS,
        TERMINAL_FACTS,
        OTHER_FACTS,
        CARD_WINDOWS,
        PAYEE_WINDOWS,
        POINT_WINDOWS,
        TERMINAL_WINDOWS,
        PATROL_WINDOWS,
    )
    for fact in group
}
"""The registry; a rule that names anything else is refused."""

EXITS: dict[str, Exit] = {name: fact.null for name, fact in FACTS.items() if fact.null}

SCOPE_FACTS: dict[ScopeKind, str] = {kind: kind.value for kind in ScopeKind}
"""The fact that names whom a hit is about."""


def wrong_facts(facts: RiskFacts) -> list[str]:
    """Return what is wrong with prepared facts, in words; for tests and for the degraded path.

    >>> wrong_facts({"amount": None, "pin_failed": 1, "wish": 3})
    ['amount: may not be null', 'pin_failed: int is no flag', 'wish: unknown']
    """
    return [f"{name}: {wrong}" for name, value in facts.items() if (wrong := _wrong(name, value))]


def _wrong(name: str, value: object) -> str | None:
    fact = FACTS.get(name)
    if fact is None:
        return "unknown"
    if value is None:
        return None if fact.null else "may not be null"
    is_right = isinstance(value, TYPES[fact.kind]) and (
        fact.kind is Kind.FLAG or not isinstance(value, bool)
    )
    return None if is_right else f"{type(value).__name__} is no {fact.kind.value}"
