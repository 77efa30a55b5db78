"""What the terminal shows when the bank says no, or says nothing: to villagers, in their words."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from pos_sim.domain.refusals import REFUSALS
from tests.api.console.chromium import screen
from tests.api.console.teller import Teller, lay_new, opened
from tests.api.counter import Counter


@pytest.fixture(scope="module")
def page(chromium: Browser, address: str, counter: Counter) -> Iterator[Page]:
    """One browser's page for this module, whose clock can run ahead."""
    with screen(chromium, address, "demo-maker") as page:
        lay_new(page, counter, ["debit", "neighbor"])
        page.clock.install()
        yield page


@pytest.fixture
def teller(page: Page) -> Teller:
    """Somebody at a terminal that is signed in."""
    page.evaluate("sessionStorage.clear()")
    teller = opened(page)
    teller.sign_in()
    return teller


def with_card(tag: str) -> Callable[[Teller], None]:
    return lambda teller: teller.withdraw("1 00", tag)


def asking_for(keys: str) -> Callable[[Teller], None]:
    return lambda teller: teller.withdraw(keys, "neighbor")


def to_a_misread_number(teller: Teller) -> None:
    teller.press("3")
    teller.insert("debit")
    teller.hand("typo")
    teller.press("ok")
    expect(teller.glass.locator(".value")).to_contain_text("*")
    teller.press("ok 1 00 ok")
    teller.customer_enters()
    teller.at("confirm")


def reversing_nothing(teller: Teller) -> None:
    teller.press("6 9 9 ok")
    teller.at("confirm")


SITUATIONS = (
    (with_card("credit"), "credit_card", "57", "menu"),
    (with_card("short"), "balance", "51", "amount"),
    (with_card("wrong_pin"), "pin_wrong", "55", "pin"),
    (with_card("lost"), "card_lost", "41", "menu"),
    (with_card("stolen"), "card_stolen", "43", "menu"),
    (with_card("expired"), "card_expired", "54", "menu"),
    (with_card("restricted"), "card_restricted", "62", "menu"),
    (with_card("issuer_down"), "issuer_down", "91", "menu"),
    (asking_for("1 5"), "amount_granularity", "13", "amount"),
    (asking_for("3 0 00"), "amount_limit", "61", "amount"),
    (to_a_misread_number, "payee_name", "A3", "menu"),
    (reversing_nothing, "original_unknown", "25", "menu"),
)
"""What is done, the check that says no, its code, and where OK leads: what can be put right is
asked again."""


def test_every_refusal_is_a_sentence_that_says_what_to_do(teller: Teller) -> None:
    for situation, check, code, after in SITUATIONS:
        before = teller.drawer
        situation(teller)
        teller.press("ok")
        teller.at("refused")
        expect(teller.glass).to_contain_text(REFUSALS[check].text)
        expect(teller.glass).to_contain_text(f"应答码 {code}")
        expect(teller.books).to_have_attribute("data-status", "declined")
        teller.press("ok")
        teller.at(after)
        if after != "menu":
            teller.press("cancel")
        teller.at("menu")
        assert teller.drawer == before


def test_a_limit_tells_how_much_was_used_and_when_it_starts_anew(teller: Teller) -> None:
    teller.withdraw("3 0 00", "neighbor")
    teller.press("ok")
    teller.at("refused")
    for text in ("每日限额2,000.00元", "已办", "重新计算", "23:00"):
        expect(teller.glass).to_contain_text(text)
    teller.press("ok 5 00 ok")  # the card stays where it is
    teller.customer_enters()
    teller.at("confirm")


def test_a_frozen_point_serves_nobody(page: Page) -> None:
    teller = opened(page)
    frozen = page.locator("#terminal option[data-frozen]").first.get_attribute("value")
    page.select_option("#terminal", frozen)
    page.wait_for_selector(f"body[data-desk='{frozen}']", state="attached")
    teller.sign_in()
    teller.withdraw("1 00", "neighbor")
    teller.press("ok")
    teller.at("refused")
    expect(teller.glass).to_contain_text(REFUSALS["point_frozen"].text)


def test_a_lost_answer_is_reversed_until_the_bank_confirms(teller: Teller) -> None:
    teller.withdraw("1 00")
    teller.cut("answer_lost")
    teller.press("ok")
    teller.await_in_haste("resending")
    expect(teller.glass).to_contain_text("用同一流水号重发")
    expect(teller.glass).to_contain_text("先不要付钱")
    # The truth: the money has moved, and the terminal does not know.
    expect(teller.books).to_contain_text("没有收到应答，正在重发")
    expect(teller.books).to_have_attribute("data-status", "approved")
    teller.await_in_haste("reversing")
    expect(teller.glass).to_contain_text("直到银行确认为止")
    teller.press("cancel ok 1")  # nothing stops a reversal
    assert teller.state == "reversing"
    teller.cut("up")
    teller.await_in_haste("reversed")
    expect(teller.glass).to_contain_text("银行已把钱退回卡里")
    expect(teller.books).to_have_attribute("data-status", "reversed")
    expect(teller.copy("customer")).to_contain_text("冲正")
    assert teller.drawer == 484_350


def test_what_never_left_is_buried(teller: Teller) -> None:
    teller.withdraw("1 00")
    teller.cut("down")
    teller.press("ok")
    teller.await_in_haste("reversing")
    expect(teller.books).to_have_attribute("data-status", "unseen")
    teller.cut("up")
    teller.await_in_haste("reversed")
    expect(teller.glass).to_contain_text("银行没有收到过那一笔")
    expect(teller.books).to_have_attribute("data-status", "tombstoned")


def test_a_line_that_comes_back_in_time_needs_no_reversal(teller: Teller) -> None:
    teller.withdraw("1 00")
    teller.cut("answer_lost")
    teller.press("ok")
    teller.await_in_haste("resending")
    teller.cut("up")
    teller.await_in_haste("pay_out")
    expect(teller.books).to_have_attribute("data-status", "approved")


def test_a_terminal_that_lost_its_power_reverses_when_it_signs_in(teller: Teller) -> None:
    teller.withdraw("1 00")
    teller.cut("answer_lost")
    teller.press("ok")
    teller.await_in_haste("reversing")
    again = opened(teller.page)
    again.press("ok")
    again.await_in_haste("reversed")
    expect(again.books).to_have_attribute("data-status", "reversed")


def test_a_balance_that_got_lost_is_simply_asked_again(teller: Teller) -> None:
    teller.press("5")
    teller.insert("debit")
    teller.at("pin")
    teller.cut("down")
    teller.customer_enters()
    teller.await_in_haste("trouble")
    expect(teller.glass).to_contain_text("线路不通，没有查到")
    teller.press("ok")
    teller.at("menu")
