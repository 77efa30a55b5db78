"""What is asked about fees by default: 500 yuan, a card of another bank, the policy of today."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from pos_sim.domain.cards import Product
from pos_sim.domain.fees import Channel, Fee, FeeQuestion, Operation, Region, fee_for
from pos_sim.domain.money import yuan
from pos_sim.policies import shipped

POLICIES = shipped()
TODAY = date(2026, 3, 2)

WITHDRAWAL = FeeQuestion(
    operation=Operation.WITHDRAWAL,
    channel=Channel.POS,
    card_bank_id="abc",
    card_product=Product.DEBIT,
    acquirer_bank_id="gyb",
    region=Region.LOCAL,
    amount=yuan(500),
)
AT_PSBC_WITH_ABC = replace(WITHDRAWAL, acquirer_bank_id="psbc")
GYB_DEBIT = replace(WITHDRAWAL, card_bank_id="gyb", acquirer_bank_id="psbc")


def fee(question: FeeQuestion, day: date = TODAY) -> Fee:
    return fee_for(POLICIES.on(day), question, day)
