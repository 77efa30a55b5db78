"""What is plain before anybody looks: most requests need no clause to be asked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pos_sim.domain.calendar import DEMO_START
from pos_sim.domain.money import yuan
from pos_sim.domain.requests import Position, Reported, Request
from pos_sim.store.database import Database
from risk.live.makers import MAKERS
from risk.vocabulary import Lane, Tier
from tests.counter import inquiry, transfer, withdrawal
from tests.risk.watched import HOUR, MINUTE, OWN_CARD, THIRD, Watched, watched
from tests.worlds import WRONG_PIN

TODAY = DEMO_START.date().toordinal()
OWN_SERIAL, ANOTHER = Reported(terminal_serial="SN-1"), Reported(terminal_serial="another")


def at(latitude: float) -> Reported:
    """Return what a terminal reports that stands north of its point, which is at 26.6 degrees."""
    return Reported(position=Position(latitude, longitude=106.7, accuracy_m=15))


def asked_about_the_newest(bank: Watched) -> set[str]:
    """Return the rules that have something to ask about the newest kind of requests."""
    plain = list(bank.monitor.foresight.kinds.values())[-1]
    release = bank.monitor.memory.register.release(TODAY)
    left = (release.left_to_ask(lane, Tier.B, plain) for lane in (Lane.INLINE, Lane.POST))
    return {one.rule.rule.rule_id for asked in left for one in asked.questions}


@pytest.mark.parametrize(
    ("request_", "asked"),
    [
        (withdrawal(), set()),
        (inquiry(), set()),
        (withdrawal(amount=yuan(490)), set()),
        (withdrawal(amount=yuan(500)), set()),
        (withdrawal(amount=yuan(500), at=DEMO_START + 12 * HOUR), {"R10"}),
        (withdrawal(card=OWN_CARD), {"R03"}),
        (replace(withdrawal(), reported=OWN_SERIAL), set()),
        (replace(withdrawal(), reported=ANOTHER), {"R12"}),
        (replace(withdrawal(), reported=at(26.6017)), set()),  # 190 m
        (replace(withdrawal(), reported=at(26.6027)), {"R11"}),  # 300 m
        (transfer(), {"R15"}),
        (inquiry(pin=WRONG_PIN), {"R13"}),
    ],
)
def test_only_what_is_not_plain_is_asked(
    still_database: Database, request_: Request, asked: set[str]
) -> None:
    with watched(still_database) as bank:
        bank.ask(request_)
        assert asked_about_the_newest(bank) == asked


def test_a_card_that_comes_again_is_asked_about_when_it_was_elsewhere(
    still_database: Database,
) -> None:
    with watched(still_database) as bank:
        bank.ask(withdrawal(1), withdrawal(2, at=DEMO_START + MINUTE))
        assert asked_about_the_newest(bank) == set()
        bank.ask(withdrawal(3, terminal=THIRD, at=DEMO_START + 2 * MINUTE))
        assert asked_about_the_newest(bank) >= {"R07", "R09"}


def test_how_high_the_numbers_of_another_maker_are_is_not_plain(still_database: Database) -> None:
    makers = {**MAKERS, "card_points_24h": lambda case: 3}
    with watched(still_database, makers=makers) as bank:
        bank.ask(withdrawal())
        assert asked_about_the_newest(bank) == {"R09"}
        assert bank.hits("R09")[0].observed == 3
