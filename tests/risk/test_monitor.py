"""The watch through the real engine, on both databases."""

from __future__ import annotations

from sqlalchemy import insert

from pos_sim.domain.calendar import DEMO_START
from pos_sim.domain.money import yuan
from pos_sim.store.database import Database
from pos_sim.store.rows import to_us
from risk.store.rule_tables import risk_list_entries, risk_lists
from tests.counter import withdrawal
from tests.risk.watched import DAY, FOURTH, MINUTE, THIRD, Watched, watched
from tests.worlds import OTHER_POS, POS, SMALL


def test_four_days_near_the_limit_alert_on_the_fourth(still_database: Database) -> None:
    with watched(still_database) as bank:
        for day in range(4):
            bank.ask(withdrawal(day + 1, amount=yuan(1_900), at=DEMO_START + day * DAY))
            assert len(bank.alerts("R01")) == (day == 3)
        (hit,) = bank.hits("R01")
        assert (hit.observed, hit.threshold, hit.outcome) == (4, 4, "hit")
        assert hit.alert_id == bank.alerts("R01")[0].alert_id


CREW = ("gyb_debit", "gyb_rural", "grcu_social", "grcu_debit", "abc_debit", "out_debit")


def test_six_cards_in_half_an_hour_are_too_many_for_one_point(still_database: Database) -> None:
    with watched(still_database) as bank:
        for number, card in enumerate(CREW):
            at = DEMO_START + number * MINUTE
            bank.ask(withdrawal(number + 1, card=card, amount=yuan(1_700), at=at))
            assert len(bank.alerts("R06")) == (number == 5)
        assert bank.alerts("R06")[0].severity == "high"


def test_three_points_in_a_day_are_too_many_for_one_card(still_database: Database) -> None:
    with watched(still_database) as bank:
        for number, terminal in enumerate((POS, OTHER_POS, THIRD, FOURTH)):
            at = DEMO_START + number * MINUTE
            bank.ask(withdrawal(number + 1, terminal=terminal, at=at))
        hits = bank.hits("R09")
        assert [hit.observed for hit in hits] == [3, 4]
        (alert,) = bank.alerts("R09")
        assert (alert.hit_count, alert.observed) == (2, 4)


def test_a_card_on_a_list_is_declined_with_a_neutral_code(still_database: Database) -> None:
    with watched(still_database) as bank:
        block(bank, "card", str(SMALL.card("gyb_debit").card.card_id))
        (refused,) = bank.ask(withdrawal())
        assert refused.response_code == "59"
        assert refused.refusal is not None
        assert refused.refusal.check == "risk"
        (later,) = bank.ask(withdrawal(2, at=DEMO_START + DAY))
        assert later.response_code == "00"  # the entry has expired


def block(bank: Watched, kind: str, value: str) -> None:
    """Put a value on a block list for the first day."""
    row = {"name": "blocked", "kind": kind, "effect": "block", "title": "止付名单"}
    bank.connection.execute(insert(risk_lists).values(row))
    bank.connection.execute(
        insert(risk_list_entries).values(
            entry_id="E1",
            name="blocked",
            value=value,
            from_us=to_us(DEMO_START),
            until_us=to_us(DEMO_START + DAY),
            source="test",
            maker="a",
        )
    )
    bank.monitor.forget()
