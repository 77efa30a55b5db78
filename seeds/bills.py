"""Billers and the bills that wait to be paid."""

from __future__ import annotations

from dataclasses import dataclass

from pos_sim.domain.accounts import Kind
from pos_sim.domain.banks import BANKS
from pos_sim.domain.bills import Bill, seal_of_bill
from pos_sim.domain.money import Fen
from seeds.dice import Dice
from seeds.names import person_name
from seeds.people import PERSON_NUMBERS
from seeds.records import BillerRow, BillRow
from seeds.scribe import Scribe


@dataclass(frozen=True, slots=True)
class BillerSeed:
    """One biller; its bills ask for ``low`` to ``high`` fen, a multiple of ``step``."""

    biller_id: str
    bank_id: str
    name: str
    name_en: str
    category: str
    low: int
    high: int
    step: int = 1


ANY_BILL = BillerSeed("any", "gyb", "综合缴费（任意单号）", "Any bill at all", "any", low=0, high=0)
"""The biller that takes any bill number and any amount, so that load never runs dry."""

BILLERS: tuple[BillerSeed, ...] = (
    BillerSeed("electricity", "abc", "黔山供电（示例）", "Electricity (example)",
               "electricity", 2_000, 26_000),
    BillerSeed("water", "gyb", "清水河供水（示例）", "Water (example)", "water", 800, 9_000),
    BillerSeed("gas", "gzb", "云岭燃气（示例）", "Gas (example)", "gas", 2_000, 24_000),
    BillerSeed("medical", "grcu", "城乡居民基本医疗保险", "Rural medical insurance",
               "medical_insurance", 40_000, 40_000, 40_000),
    BillerSeed("pension", "grcu", "城乡居民养老保险", "Rural pension insurance",
               "pension_insurance", 20_000, 300_000, 20_000),
    BillerSeed("phone", "ccb", "黔音移动电话（示例）", "Mobile phone (example)",
               "mobile_phone", 3_000, 20_000, 1_000),
    BillerSeed("tv", "psbc", "广播电视收视费（示例）", "Broadcasting and TV (example)",
               "broadcasting", 2_600, 31_200, 2_600),
    BillerSeed("school", "abc", "营养餐及住宿费（示例）", "School meals and lodging (example)",
               "school", 10_000, 90_000, 5_000),
)  # fmt: skip


def add_billers(scribe: Scribe) -> None:
    """Write every biller with its account."""
    for biller in (*BILLERS, ANY_BILL):
        account_id = scribe.open_account(Kind.BILLER, BANKS[biller.bank_id], biller.name)
        scribe.batch.billers.append(
            BillerRow(
                biller.biller_id,
                biller.name,
                biller.name_en,
                biller.category,
                account_id,
                biller is ANY_BILL,
            )
        )


def add_bills(scribe: Scribe, biller: BillerSeed, bills: int) -> None:
    """Write the unpaid bills of one biller, each with its seal."""
    dice = Dice(scribe.seed, "bills", biller.biller_id)
    place = BILLERS.index(biller) + 1
    for serial in range(1, bills + 1):
        steps = (biller.high - biller.low) // biller.step
        amount = Fen(biller.low + biller.step * dice.between(0, steps))
        payer = person_name(dice.below(PERSON_NUMBERS), 1950 + dice.below(50))
        bill = Bill(biller.biller_id, f"2026{place:02d}{serial:06d}", amount, payer, None)
        scribe.batch.bills.append(
            BillRow(
                bill.biller_id,
                bill.bill_no,
                bill.amount,
                bill.payer_name,
                bill.paid_by,
                seal_of_bill(bill, scribe.secrets.key),
            )
        )
