"""Waivers: who is spared what, since when, and which of several counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from pos_sim.domain.banks import BANKS
from pos_sim.domain.cards import Product
from pos_sim.domain.fees import Bearer, Channel, Fee, FeeQuestion, Operation, Region
from pos_sim.domain.money import ZERO, Fen
from tests.domain.questions import (
    AT_PSBC_WITH_ABC,
    GYB_DEBIT,
    POLICIES,
    TODAY,
    WITHDRAWAL,
    fee,
)

BEFORE_W3 = date(2022, 10, 31)
FIRST_DAY = POLICIES.policies[0].effective_from


def waiver_of(question: FeeQuestion, day: date = TODAY) -> str | None:
    return fee(question, day).waiver_id


def test_another_banks_card_at_a_point_of_the_bank_of_guiyang() -> None:
    answer = fee(WITHDRAWAL)
    assert answer == Fee(Fen(250), Fen(250), ZERO, "W3-own-points", Bearer.ACQUIRER)
    waiver = POLICIES.on(TODAY).waiver("W3-own-points")
    assert waiver.since.isoformat() == "2022-11-01"
    assert (waiver.origin.source, waiver.origin.source_en) == ("讲稿 33:03", "transcript 33:03")


RURAL = replace(GYB_DEBIT, card_product=Product.RURAL_REVITALIZATION)
SOCIAL = replace(AT_PSBC_WITH_ABC, card_product=Product.SOCIAL_SECURITY)
AT_ATM = replace(GYB_DEBIT, channel=Channel.ATM)
GRCU_AWAY = replace(
    AT_ATM, card_bank_id="grcu", acquirer_bank_id="out", region=Region.OUT_OF_PROVINCE
)


@pytest.mark.parametrize(
    ("question", "last_day_without", "waiver_id"),
    [
        (GYB_DEBIT, date(2022, 10, 31), "W3-own-cards"),
        (WITHDRAWAL, date(2022, 10, 31), "W3-own-points"),
        (AT_ATM, date(2021, 9, 30), "W2"),
        (
            replace(AT_PSBC_WITH_ABC, first_subsidy_withdrawal=True),
            date(2014, 9, 9),
            "first-subsidy-withdrawal",
        ),
    ],
)
def test_a_waiver_starts_on_its_day(
    question: FeeQuestion, last_day_without: date, waiver_id: str
) -> None:
    without = fee(question, last_day_without)
    assert (without.waiver_id, without.charged) == (None, without.before_waiver)
    first_day = date.fromordinal(last_day_without.toordinal() + 1)
    for day in (first_day, TODAY):
        waived = fee(question, day)
        assert (waived.waiver_id, waived.charged) == (waiver_id, 0)


@pytest.mark.parametrize(
    ("question", "waiver_id"),
    [
        # W1: the card of the bank of Guiyang for the countryside
        (RURAL, "W1-cross-bank"),
        (replace(RURAL, channel=Channel.ATM), "W1-cross-bank"),
        (replace(RURAL, acquirer_bank_id="gyb", region=Region.OUT_OF_CITY), "W1-cross-region"),
        (replace(RURAL, acquirer_bank_id="gyb"), None),  # costs nothing anyway
        (replace(RURAL, operation=Operation.CARD_ISSUE), "W1-charges"),
        (replace(RURAL, operation=Operation.ANNUAL_FEE), "W1-charges"),
        (replace(RURAL, operation=Operation.ACCOUNT_MANAGEMENT), "W1-charges"),
        (replace(RURAL, operation=Operation.CARD_REPLACEMENT), None),
        (replace(RURAL, operation=Operation.SMS_NOTICE), None),
        (replace(RURAL, card_bank_id="gzb"), None),
        # W2 and W3: at ATMs the cards only, at points the cards and the points
        (AT_ATM, "W2"),
        (replace(AT_ATM, region=Region.ABROAD), None),
        (replace(AT_ATM, card_bank_id="abc", acquirer_bank_id="gyb"), None),
        (replace(AT_ATM, card_product=Product.CREDIT), None),
        (GYB_DEBIT, "W3-own-cards"),
        (replace(GYB_DEBIT, channel=Channel.MOBILE), "W3-own-cards"),
        (replace(GYB_DEBIT, channel=Channel.COUNTER), None),
        (replace(GYB_DEBIT, acquirer_bank_id="gyb", region=Region.OUT_OF_CITY), None),
        (WITHDRAWAL, "W3-own-points"),
        (replace(WITHDRAWAL, card_bank_id="out"), "W3-own-points"),
        (AT_PSBC_WITH_ABC, None),
        (replace(AT_PSBC_WITH_ABC, card_bank_id="out"), None),
        # W4: own cards at ATMs away from home
        (GRCU_AWAY, "W4"),
        (replace(GRCU_AWAY, region=Region.ABROAD), "W4"),
        (replace(GRCU_AWAY, region=Region.OUT_OF_CITY), None),
        (replace(GRCU_AWAY, channel=Channel.POS), None),
        (replace(GRCU_AWAY, card_bank_id="psbc"), None),
        # W5: the social security card of every bank of the province
        (SOCIAL, "W5-2"),
        (replace(SOCIAL, region=Region.OUT_OF_PROVINCE), "W5-2"),
        (replace(SOCIAL, channel=Channel.ATM), "W5-2"),
        (replace(SOCIAL, operation=Operation.TRANSFER, payee_bank_id="ccb"), "W5-2"),
        (replace(SOCIAL, acquirer_bank_id="abc", region=Region.OUT_OF_CITY), None),
        (replace(SOCIAL, operation=Operation.CARD_ISSUE), "W5-1"),
        (replace(SOCIAL, operation=Operation.CARD_REPLACEMENT), "W5-1"),
        (replace(SOCIAL, operation=Operation.ANNUAL_FEE), "W5-3"),
        (replace(SOCIAL, operation=Operation.ACCOUNT_MANAGEMENT), "W5-3"),
        (replace(SOCIAL, operation=Operation.SMS_NOTICE), "W5-4"),
        (replace(SOCIAL, card_bank_id="out"), None),
    ],
)
def test_who_is_spared_what(question: FeeQuestion, waiver_id: str | None) -> None:
    assert waiver_of(question) == waiver_id


@pytest.mark.parametrize(
    ("question", "day", "waiver_id"),
    [
        (RURAL, TODAY, "W1-cross-bank"),  # W1 and W3
        (replace(SOCIAL, acquirer_bank_id="gyb"), TODAY, "W5-2"),  # W5 and W3, both sides
        (replace(SOCIAL, card_bank_id="gyb"), TODAY, "W5-2"),
        (replace(GYB_DEBIT, first_subsidy_withdrawal=True), TODAY, "W3-own-cards"),
        (replace(GYB_DEBIT, first_subsidy_withdrawal=True), BEFORE_W3, "first-subsidy-withdrawal"),
    ],
)
def test_of_several_waivers_the_first_by_priority_counts_once(
    question: FeeQuestion, day: date, waiver_id: str
) -> None:
    assert fee(question, day) == Fee(
        Fen(250), Fen(250), ZERO, waiver_id, POLICIES.on(day).waiver(waiver_id).bearer
    )


@pytest.mark.parametrize("bank_id", sorted(BANKS.keys() - {"out"}))
def test_every_bank_of_the_province_spares_the_social_security_card(bank_id: str) -> None:
    elsewhere = "ccb" if bank_id != "ccb" else "abc"
    question = replace(SOCIAL, card_bank_id=bank_id, acquirer_bank_id=elsewhere)
    assert (waiver_of(question), fee(question).bearer) == ("W5-2", Bearer.ISSUER)


def test_the_first_subsidy_withdrawal_is_free_at_points_only() -> None:
    question = replace(AT_PSBC_WITH_ABC, first_subsidy_withdrawal=True)
    assert fee(question).charged == 0
    assert fee(replace(question, channel=Channel.ATM)).charged > 0


def test_an_assumed_start_is_the_first_policy_version() -> None:
    assumed = [
        waiver.since
        for waiver in POLICIES.on(TODAY).waivers
        if waiver.since_certainty == "assumed" and waiver.waiver_id.startswith("W")
    ]
    assert assumed
    assert set(assumed) == {FIRST_DAY}
