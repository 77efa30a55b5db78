"""From a decision's own facts to the event: who, where, how much, and what is true of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from pos_sim.domain.authorize import Facts, first_refusal
from pos_sim.domain.calendar import DEMO_START
from pos_sim.domain.gather import facts_of
from pos_sim.domain.money import yuan
from pos_sim.domain.requests import CardRequest, Position, Reported, Request
from risk.events import Flag
from risk.now import Now
from risk.observe import Beside, microseconds, observe, remembered
from risk.places import PointProfile
from tests.counter import card_bill, cash_bill, inquiry, remittance, transfer, withdrawal
from tests.memory_bank import MemoryBank
from tests.risk.stream import reversal as undoing
from tests.worlds import ATM, BILL_NO, POINT, POS, POWER, RULES, SECRETS, SMALL, WRONG_PIN, book_of

HERE = PointProfile(
    point=POINT, latitude=26.5, longitude=106.7, opens_minute=480, closes_minute=1_140
)
NIGHT = DEMO_START.replace(hour=20)


def known(request: Request) -> Facts:
    pan_hash = SECRETS.pan_hash(request.pan) if isinstance(request, CardRequest) else None
    return facts_of(request, pan_hash, book_of(), RULES)


def seen(request: Request, **beside: object) -> Now:
    facts = known(request)
    return observe(facts, first_refusal(facts), Beside(point=HERE, **beside))  # type: ignore[arg-type]


def flags(now: Now) -> set[str]:
    """Return what is true of a request, but for its holder's age: this one is over sixty."""
    names = [name for name in vars(Flag) if name.isupper()]
    return {name for name in names if now.event.flags & getattr(Flag, name)} - {"ELDER"}


def test_an_ordinary_withdrawal() -> None:
    now = seen(withdrawal(amount=yuan(500)))
    event = now.event
    card = SMALL.card("gyb_debit").card
    assert (event.card, event.account, event.point) == (card.card_id, card.account_id, POINT)
    assert (event.amount, event.limit_share, now.withdrawal_limit) == (50_000, 2_500, 200_000)
    assert (event.moved, event.settles_us) == (True, event.at_us)
    assert event.payer == str(card.card_id)
    assert flags(now) == set()


def test_the_age_of_the_holder() -> None:
    now = seen(withdrawal())
    assert (now.holder_age or 0) >= 60
    assert now.event.flags == Flag.ELDER
    assert seen(remittance()).holder_age is None


def test_the_limit_of_an_atm_is_another_one() -> None:
    assert seen(withdrawal(terminal=ATM, amount=yuan(500))).withdrawal_limit == yuan(20_000)


def test_a_refused_request_moves_nothing() -> None:
    now = seen(withdrawal(amount=yuan(2_010)))
    assert (now.event.moved, now.event.settles_us) == (False, None)
    assert flags(now) == {"LIMIT_DECLINED"}


def test_a_wrong_pin() -> None:
    assert flags(seen(withdrawal(pin=WRONG_PIN))) == {"PIN_FAILED"}


@pytest.mark.parametrize(
    ("request_", "payer"),
    [
        (remittance(payer_name="张三"), "张三"),
        (transfer(), str(SMALL.card("gyb_debit").card.card_id)),
    ],
)
def test_who_pays_whom(request_: Request, payer: str) -> None:
    event = seen(request_).event
    assert (event.payer, event.payee) == (payer, SMALL.account_of("abc_debit").account_id)


@pytest.mark.parametrize("request_", [card_bill(), cash_bill()])
def test_a_bill_is_known_by_biller_and_number(request_: Request) -> None:
    event = seen(request_).event
    assert (event.biller, event.bill) == (POWER, f"{POWER}/{BILL_NO}")
    assert event.payer


def test_the_own_people_of_a_point() -> None:
    card, payee = SMALL.card("gyb_debit").card.card_id, SMALL.account_of("abc_debit").account_id
    own_card = replace(HERE, own_cards=frozenset({card}))
    own_payee = replace(HERE, own_accounts=frozenset({payee}))
    for place, expected in (
        (HERE, set()),
        (own_card, {"OWN", "FROM_OWN"}),
        (own_payee, {"OWN"}),
    ):
        facts = known(transfer())
        now = observe(facts, None, Beside(point=place))
        assert flags(now) == expected
        assert now.payee_is_own is (place is own_payee)
    assert flags(seen(remittance())) == {"FROM_OWN"}


@pytest.mark.parametrize(
    ("at", "amount", "is_off"),
    [
        (NIGHT, yuan(500), True),
        (NIGHT, yuan(490), False),
        (DEMO_START.replace(hour=19, minute=30), yuan(500), False),
        (DEMO_START.replace(hour=19, minute=31), yuan(500), True),
        (DEMO_START, yuan(500), False),
    ],
)
def test_off_hours(at: object, amount: object, is_off: bool) -> None:
    now = seen(withdrawal(at=at, amount=amount))  # type: ignore[arg-type]
    assert flags(now) == ({"OFF_HOURS"} if is_off else set())


def test_an_atm_has_no_closing_time() -> None:
    assert flags(seen(withdrawal(terminal=ATM, at=NIGHT, amount=yuan(500)))) == set()


@pytest.mark.parametrize(
    ("amount", "asked", "drained"),
    [(yuan(1_600), True, True), (yuan(1_600), False, False), (yuan(1_590), True, False)],
)
def test_drained_after_an_inquiry(amount: object, asked: bool, drained: bool) -> None:
    now = seen(withdrawal(amount=amount), was_inquired=asked)  # type: ignore[arg-type]
    assert flags(now) == ({"DRAINED"} if drained else set())


def test_what_the_terminal_reports() -> None:
    said = Reported(position=Position(26.51, 106.7, 12.0), terminal_serial="SN-STRANGE")
    now = seen(replace(inquiry(), reported=said))
    assert now.event.reading is not None
    assert (round(now.event.reading[0]), now.event.reading[1]) == (1_112, 12.0)
    assert (now.event.serial, now.serial_differs) == ("SN-STRANGE", 1)
    silent = seen(inquiry())
    assert (silent.event.reading, silent.event.serial, silent.serial_differs) == (None, None, None)


@pytest.mark.parametrize(
    ("mode", "present"), [(None, True), ("chip", True), ("manual", False), ("qr", False)]
)
def test_card_present(mode: str | None, present: bool) -> None:
    now = seen(replace(inquiry(), reported=Reported(entry_mode=mode)))
    assert now.card_is_present is present
    assert seen(remittance()).card_is_present is None


def test_remembered_as_it_was_decided() -> None:
    bank = MemoryBank()
    request = withdrawal(amount=yuan(500))
    transaction = bank.ask(request)
    event = seen(request).event
    kept = remembered(event, transaction, jumped=True)
    assert (kept.moved, kept.settles_us) == (True, event.at_us)
    assert kept.flags == event.flags | Flag.JUMPED
    late = replace(transaction, available_at=DEMO_START + timedelta(hours=24))
    held = remembered(event, late, jumped=False)
    assert held.settles_us == microseconds(DEMO_START + timedelta(hours=24))


def test_a_reversal_carries_what_it_takes_back() -> None:
    original = seen(withdrawal(amount=yuan(500))).event
    undone = undoing(original, original.at_us + 1).undone
    assert undone is not None
    assert (undone.amount, undone.card, undone.at_us) == (
        -50_000,
        original.card,
        original.at_us + 1,
    )
    assert original.terminal == POS
