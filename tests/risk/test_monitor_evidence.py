"""What the watch leaves behind: errors, suppressed hits, one alert a subject, versions in force."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError

from pos_sim.domain.calendar import DEMO_START
from pos_sim.domain.money import yuan
from pos_sim.store import tables
from pos_sim.store.database import Database
from pos_sim.store.rows import to_us
from risk.live.case import Case
from risk.live.makers import MAKERS
from risk.rule_rows import read_canonical
from risk.rulebook import shipped
from risk.store.register import touch
from risk.store.rule_tables import risk_breaks, risk_rule_versions, risk_suppressions
from risk.store.tables import risk_alerts
from tests.counter import inquiry, withdrawal
from tests.risk.watched import DAY, FAR, MINUTE, Watched, watched
from tests.worlds import SMALL, WRONG_PIN

CARD = str(SMALL.card("gyb_debit").card.card_id)


def breaking(name: str) -> dict[str, Callable[[Case], Any]]:
    def broken(case: Case) -> Any:
        raise ZeroDivisionError("a planted mistake")

    return {**MAKERS, name: broken}


def test_a_rule_that_fails_says_so_and_lets_the_money_pass(still_database: Database) -> None:
    with watched(still_database, makers=breaking("card_points_24h")) as bank:
        (decided,) = bank.ask(withdrawal())
        assert decided.response_code == "00"
        (hit,) = bank.hits("R09")
        assert (hit.outcome, hit.decision) == ("error", "allow")
        assert "a planted mistake" in hit.explanation
        (alert,) = bank.alerts("R09")
        assert (alert.scope_kind, alert.scope_value) == ("monitor", "R09")


def test_a_rule_that_must_not_fail_declines(still_database: Database) -> None:
    with watched(still_database, makers=breaking("travel_km")) as bank:
        first, second = bank.ask(withdrawal(1), withdrawal(2, at=DEMO_START + MINUTE))
        assert (first.response_code, second.response_code) == ("00", "59")
        assert bank.hits("R07")[0].outcome == "error"


def test_a_missing_fact_is_an_error_and_no_pass(still_database: Database) -> None:
    without = {name: maker for name, maker in MAKERS.items() if name != "card_points_24h"}
    with watched(still_database, makers=without) as bank:
        bank.ask(withdrawal())
        assert "card_points_24h" in bank.hits("R09")[0].explanation_en


def suppressed(bank: Watched, rule_id: str, scope: str, value: str) -> None:
    bank.connection.execute(
        insert(risk_suppressions).values(
            suppression_id="S1",
            rule_id=rule_id,
            scope_kind=scope,
            scope_value=value,
            from_us=to_us(DEMO_START - MINUTE),
            until_us=to_us(DEMO_START + DAY - MINUTE),
            reason="the holder works in both towns",
            maker="a maker",
        )
    )
    touch(bank.connection)


def test_a_suppressed_hit_stays_as_evidence_and_stops_nothing(still_database: Database) -> None:
    with watched(still_database) as bank:
        suppressed(bank, "R07", "card", CARD)
        bank.ask(withdrawal(1))
        (passed,) = bank.ask(withdrawal(2, terminal=FAR, at=DEMO_START + 20 * MINUTE))
        assert passed.response_code == "00"
        (hit,) = bank.hits("R07")
        assert (hit.outcome, hit.decision, hit.alert_id) == ("suppressed", "allow", None)
        assert bank.alerts("R07") == []


def test_a_suppression_ends(still_database: Database) -> None:
    with watched(still_database) as bank:
        suppressed(bank, "R07", "card", CARD)
        bank.ask(withdrawal(1, at=DEMO_START + DAY))
        (refused,) = bank.ask(withdrawal(2, terminal=FAR, at=DEMO_START + DAY + 9 * MINUTE))
        assert refused.response_code == "59"


def wrong_pins(bank: Watched, first: int, count: int) -> None:
    bank.ask(*(inquiry(n, pin=WRONG_PIN) for n in range(first, first + count)))


def test_one_subject_has_one_open_alert(still_database: Database) -> None:
    with watched(still_database) as bank:
        wrong_pins(bank, 1, 6)
        (alert,) = bank.alerts("R13")
        assert (alert.hit_count, alert.observed, alert.state) == (4, 6, "new")
        assert {hit.alert_id for hit in bank.hits("R13")} == {alert.alert_id}
        again = {**alert._mapping, "alert_id": "another", "ordinal": 2}
        with pytest.raises(IntegrityError), bank.connection.begin_nested():
            bank.connection.execute(insert(risk_alerts).values(again))


def test_after_an_alert_is_closed_the_next_hit_opens_another(still_database: Database) -> None:
    with watched(still_database) as bank:
        wrong_pins(bank, 1, 3)
        bank.connection.execute(
            update(risk_alerts).values(
                state="closed", closed_us=to_us(DEMO_START), verdict="false_alarm"
            )
        )
        wrong_pins(bank, 4, 1)
        closed, opened = bank.alerts("R13")
        assert (closed.state, closed.hit_count) == ("closed", 1)
        assert (opened.state, opened.ordinal) == ("new", 2)
        assert opened.alert_id == closed.alert_id[:-1] + "2"


def test_a_lane_that_only_alerts_cools_down_first(still_database: Database) -> None:
    """R01 alerts after the money has moved: within a day its closed alert takes up the hit."""
    with watched(still_database) as bank:
        bank.ask(*(withdrawal(n, amount=yuan(1_900), at=DEMO_START + n * DAY) for n in range(4)))
        bank.connection.execute(
            update(risk_alerts).values(
                state="closed", closed_us=to_us(DEMO_START + 3 * DAY), verdict="confirmed"
            )
        )
        bank.ask(withdrawal(9, amount=yuan(100), at=DEMO_START + 3 * DAY + MINUTE))
        (alert,) = bank.alerts("R01")
        assert (alert.state, alert.hit_count) == ("closed", 2)


def new_version(rule_id: str, old: str, new: str) -> str:
    """Return the canonical text of version 2 of a shipped rule, with one change."""
    (one,) = (version for version in shipped().versions if version.rule_id == rule_id)
    text = one.canonical.replace('"version":1', '"version":2').replace(old, new)
    return text.replace("2020-01-01", "2026-03-03")


def in_force(bank: Watched, canonical: str) -> None:
    version = read_canonical(canonical, "a test")
    bank.connection.execute(
        insert(risk_rule_versions).values(
            rule_id=version.rule_id,
            version=version.version,
            canonical=canonical,
            checksum=version.checksum,
            mode=version.mode.value,
            status="live",
            effective_from=version.effective_from,
            maker="a maker",
            checker="a checker",
            note="",
        )
    )
    touch(bank.connection)


def test_a_new_version_holds_from_its_first_day(still_database: Database) -> None:
    with watched(still_database) as bank:
        in_force(bank, new_version("R13", '"from":3', '"from":1'))
        wrong_pins(bank, 1, 1)
        assert bank.hits("R13") == []
        bank.ask(inquiry(5, pin=WRONG_PIN, at=DEMO_START + DAY))
        (hit,) = bank.hits("R13")
        assert (hit.version, hit.threshold) == (2, 1)


def test_a_shadow_leaves_evidence_and_does_nothing(still_database: Database) -> None:
    with watched(still_database) as bank:
        in_force(bank, new_version("R07", '"mode":"enforce"', '"mode":"shadow"'))
        at = DEMO_START + DAY
        first, second = bank.ask(withdrawal(1, at=at), withdrawal(2, terminal=FAR, at=at + MINUTE))
        assert (first.response_code, second.response_code) == ("00", "00")
        (hit,) = bank.hits("R07")
        assert (hit.outcome, hit.decision) == ("shadow", "allow")
        assert bank.alerts("R07") == []


def test_a_version_that_broke_only_alerts(still_database: Database) -> None:
    with watched(still_database) as bank:
        bank.connection.execute(
            insert(risk_breaks).values(rule_id="R07", version=1, tripped_us=to_us(DEMO_START))
        )
        touch(bank.connection)
        _, second = bank.ask(withdrawal(1), withdrawal(2, terminal=FAR, at=DEMO_START + MINUTE))
        assert second.response_code == "00"
        (alert,) = bank.alerts("R07")
        assert alert.severity == "critical"


def test_the_register_is_asked_once_a_second(still_database: Database) -> None:
    now = [0.0]
    with watched(still_database, check_every_s=1.0, now=lambda: now[0]) as bank:
        bank.ask(withdrawal(1))
        points = tables.service_points
        bank.connection.execute(update(points).values(tier="D"))
        touch(bank.connection)
        night = DEMO_START + 16 * 60 * MINUTE
        (early,) = bank.ask(withdrawal(2, amount=yuan(500), at=night))
        now[0] = 1.0
        (late,) = bank.ask(withdrawal(3, amount=yuan(500), at=night + MINUTE))
        assert (early.response_code, late.response_code) == ("00", "59")


def test_a_request_of_nobody_is_watched_too(still_database: Database) -> None:
    """Unknown terminal, unknown card: nothing to say, and nothing breaks."""
    with watched(still_database) as bank:
        bank.ask(withdrawal(terminal="52999999"), inquiry(2, terminal="52010003", card="ccb_debit"))
        assert bank.hits() == []
        assert bank.days() == []
