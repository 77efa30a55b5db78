"""What an operation costs: first its price, then the waiver, then who bears it."""

from __future__ import annotations

from datetime import date

from pos_sim.domain.cards import Product
from pos_sim.domain.hot import hot_dataclass
from pos_sim.domain.money import ZERO, Fen
from pos_sim.domain.policy import Policy
from pos_sim.domain.tariff import CHARGES, Bearer, Channel, Operation, Region, Waiver

__all__ = [
    "CHARGES",
    "Bearer",
    "Channel",
    "Fee",
    "FeeQuestion",
    "Operation",
    "Region",
    "crosses_banks",
    "fee_for",
    "region_of",
]


@hot_dataclass(frozen=True, slots=True, kw_only=True)
class FeeQuestion:
    """Everything a fee depends on but policy and day.

    Without a card (cash) bank and product are None; ``payee_bank_id`` None: the acquirer's.
    ``amount`` is in fen and ignored where the price is fixed.
    """

    operation: Operation
    channel: Channel
    card_bank_id: str | None
    card_product: Product | None
    acquirer_bank_id: str
    region: Region
    amount: Fen
    payee_bank_id: str | None = None
    first_subsidy_withdrawal: bool = False


@hot_dataclass(frozen=True, slots=True)
class Fee:
    """A fee with its story: before any waiver, waived by which one, charged, borne by whom."""

    before_waiver: Fen
    waived: Fen
    charged: Fen
    waiver_id: str | None
    bearer: Bearer | None


HAS_PAYEE = frozenset({Operation.TRANSFER, Operation.CASH_REMITTANCE})
FREE = Fee(ZERO, ZERO, ZERO, None, None)


def fee_for(policy: Policy, question: FeeQuestion, day: date) -> Fee:
    """Return the fee on ``day``: the first waiver by priority counts, and it counts once.

    Where the price is zero there is nothing to waive, so no waiver is named.
    """
    key = (question.operation, question.channel, crosses_banks(question), question.region)
    before = policy.price_at(key).of(question.amount)
    if before == 0:
        return FREE
    for waiver in policy.waivers_at(key):
        if waiver.is_in_force(day) and _covers(waiver, question):
            waived = waiver.part_of(before)
            return Fee(before, waived, Fen(before - waived), waiver.waiver_id, waiver.bearer)
    return Fee(before, ZERO, before, None, None)


def crosses_banks(question: FeeQuestion) -> bool:
    """Say whether the operation leaves the bank (跨行): card, terminal or payee of another one."""
    if question.operation in CHARGES:
        return False  # an issuer charges its own card, wherever it is asked
    home = question.acquirer_bank_id
    if question.card_bank_id is not None and question.card_bank_id != home:
        return True
    is_to_payee = question.operation in HAS_PAYEE and question.payee_bank_id is not None
    return is_to_payee and question.payee_bank_id != home


def _covers(waiver: Waiver, question: FeeQuestion) -> bool:
    """Say whether the conditions beyond the index of the policy hold."""
    return (
        (waiver.card_banks is None or question.card_bank_id in waiver.card_banks)
        and (waiver.card_products is None or question.card_product in waiver.card_products)
        and (waiver.acquirer_banks is None or question.acquirer_bank_id in waiver.acquirer_banks)
        and (question.first_subsidy_withdrawal or not waiver.first_subsidy_withdrawal_only)
    )


def region_of(card_county: str, point_county: str) -> Region:
    """Return how far the point is from the card; both are county codes of 6 digits.

    The first four digits name the city (市州), the first two the province, 00 a place abroad.

    >>> region_of("520102", "520115"), region_of("520102", "520302")
    (<Region.LOCAL: 'local'>, <Region.OUT_OF_CITY: 'out_of_city'>)
    """
    if point_county[:4] == card_county[:4]:
        return Region.LOCAL
    if "00" in (point_county[:2], card_county[:2]):
        return Region.ABROAD
    return Region.OUT_OF_CITY if point_county[:2] == card_county[:2] else Region.OUT_OF_PROVINCE
