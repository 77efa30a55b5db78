"""The rows of a policy document, one reader each; bounds and vocabularies are checked here."""

from __future__ import annotations

from itertools import pairwise

from pos_sim.domain.banks import BANKS
from pos_sim.domain.cards import Product
from pos_sim.domain.documents import Row
from pos_sim.domain.limits import Granularity, Limit, LimitKind
from pos_sim.domain.money import LARGEST, BasisPoints, Fen
from pos_sim.domain.tariff import (
    Bearer,
    Certainty,
    Channel,
    Operation,
    Origin,
    Price,
    Region,
    Tier,
    Waiver,
)

ALL_OF_IT = 10_000
"""Basis points of the whole."""

MOST_TRANSACTIONS = 1_000_000
LAST_PRIORITY = 1_000


def origin_of(row: Row) -> Origin:
    """Read where a row comes from; a note is optional, and so is the English of each text."""
    source = row.text("source")
    note = row.text("note", default="")
    return Origin(
        source=source,
        source_en=row.text("source_en", default="") or source,
        certainty=row.word("certainty", Certainty),
        note=note,
        note_en=row.text("note_en", default="") or note,
    )


def limit_row(row: Row) -> tuple[LimitKind, Limit, Origin]:
    """Read one limit; an absent maximum is no cap."""
    kind = row.word("kind", LimitKind)
    limit = Limit(
        amount_max=_maybe_fen(row, "amount_max_fen"),
        count_max=row.maybe_whole("count_max", 0, MOST_TRANSACTIONS),
    )
    origin = origin_of(row)
    row.no_more()
    return kind, limit, origin


def granularity_row(row: Row) -> tuple[Channel, Granularity, Origin]:
    """Read the smallest amount and the step of one channel."""
    channel = row.word("channel", Channel)
    granularity = Granularity(
        minimum=Fen(row.whole("minimum_fen", 1, LARGEST)),
        step=Fen(row.whole("step_fen", 1, LARGEST)),
    )
    origin = origin_of(row)
    row.no_more()
    return channel, granularity, origin


def price_row(row: Row) -> Price:
    """Read one price; absent channels, regions or cross_bank mean all of them."""
    price = Price(
        operations=_operations(row),
        channels=row.some_words("channels", Channel) or frozenset(Channel),
        cross_bank=_either(row),
        regions=row.some_words("regions", Region) or frozenset(Region),
        tiers=tuple(_tier(tier) for tier in row.rows("tiers")),
        origin=origin_of(row),
    )
    ends = [tier.up_to for tier in price.tiers]
    if ends[-1] is not None:
        raise row.error("tiers", "the last tier must have no up_to_fen")
    if any(earlier is None for earlier in ends[:-1]):
        raise row.error("tiers", "only the last tier may have no up_to_fen")
    if any((later or LARGEST) <= (earlier or 0) for earlier, later in pairwise(ends)):
        raise row.error("tiers", "each tier must reach further than the one before")
    row.no_more()
    return price


def waiver_row(row: Row) -> Waiver:
    """Read one waiver; an absent condition asks nothing."""
    waiver = Waiver(
        waiver_id=row.text("id"),
        title=row.text("title"),
        title_en=row.text("title_en"),
        granted_by=(granted_by := row.text("granted_by")),
        granted_by_en=row.text("granted_by_en", default="") or granted_by,
        operations=_operations(row),
        channels=row.some_words("channels", Channel) or frozenset(Channel),
        cross_bank=_either(row),
        regions=row.some_words("regions", Region) or frozenset(Region),
        card_banks=_banks(row, "card_banks"),
        acquirer_banks=_banks(row, "acquirer_banks"),
        card_products=row.some_words("card_products", Product),
        first_subsidy_withdrawal_only=row.flag("first_subsidy_withdrawal_only", default=False),
        since=row.day("since"),
        since_certainty=row.word("since_certainty", Certainty),
        until=row.maybe_day("until"),
        share=BasisPoints(row.whole("share_bp", 1, ALL_OF_IT)),
        bearer=row.word("bearer", Bearer),
        priority=row.whole("priority", 1, LAST_PRIORITY),
        origin=origin_of(row),
    )
    if waiver.until is not None and waiver.until < waiver.since:
        raise row.error("until", f"{waiver.until} is before the start, {waiver.since}")
    row.no_more()
    return waiver


def _tier(row: Row) -> Tier:
    tier = Tier(
        up_to=_maybe_fen(row, "up_to_fen"),
        fixed=Fen(row.whole("fixed_fen", 0, LARGEST, default=0)),
        rate=BasisPoints(row.whole("rate_bp", 0, ALL_OF_IT, default=0)),
        minimum=Fen(row.whole("min_fen", 0, LARGEST, default=0)),
        maximum=_maybe_fen(row, "max_fen"),
    )
    if tier.maximum is not None and tier.maximum < tier.minimum:
        raise row.error("max_fen", f"{tier.maximum} is below min_fen, {tier.minimum}")
    row.no_more()
    return tier


def _operations(row: Row) -> frozenset[Operation]:
    operations = row.some_words("operations", Operation)
    if operations is None:
        raise row.error("operations", "missing")
    return operations


def _either(row: Row) -> frozenset[bool]:
    """Read ``cross_bank``: true only across banks, false only within one, absent both."""
    return frozenset({row.flag("cross_bank")} if row.has("cross_bank") else {False, True})


def _banks(row: Row, key: str) -> frozenset[str] | None:
    if not row.has(key):
        return None
    banks = frozenset(row.texts(key))
    if strangers := banks - BANKS.keys():
        raise row.error(key, f"{min(strangers)!r} is no bank of the network")
    return banks


def _maybe_fen(row: Row, key: str) -> Fen | None:
    amount = row.maybe_whole(key, 0, LARGEST)
    return None if amount is None else Fen(amount)
