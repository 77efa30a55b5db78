"""The businesses at the teaching terminal in a real browser: keys, cash, paper, and the books."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.api.console.businesses import (
    bill_by_card,
    bill_in_cash,
    cash_remittance,
    transfer,
    withdrawal,
)
from tests.api.console.chromium import screen
from tests.api.console.teller import Teller, lay_new, opened
from tests.api.counter import Counter

FLOAT_FEN = 484_350

Business = Callable[[Teller], None]


@pytest.fixture(scope="module")
def page(chromium: Browser, address: str, counter: Counter) -> Iterator[Page]:
    """One browser's page for this module; every test opens the terminal anew."""
    with screen(chromium, address, "demo-maker") as page:
        lay_new(page, counter, ["debit"])
        yield page


@pytest.fixture
def teller(page: Page) -> Teller:
    """Somebody at a terminal that is signed in."""
    teller = opened(page)
    teller.sign_in()
    return teller


@pytest.mark.parametrize(
    ("business", "word", "amount", "way"),
    [
        (withdrawal, "助农取款", "¥200.00", -1),
        (cash_remittance, "现金汇款", "¥300.00", 1),
        (transfer, "转账汇款", "¥100.00", 0),
        (bill_by_card, "代理缴费", "", 0),
        (bill_in_cash, "代理缴费", "", 1),
    ],
)
def test_a_business_goes_from_key_to_paper_and_the_books_agree(
    teller: Teller, business: Business, word: str, amount: str, way: int
) -> None:
    business(teller)
    teller.at("sign")
    expect(teller.copy("customer")).to_contain_text(word)
    expect(teller.copy("customer")).to_contain_text(amount)
    expect(teller.books).to_have_attribute("data-status", "approved")
    expect(teller.books).to_contain_text("已入账")
    moved = teller.drawer - FLOAT_FEN
    assert (moved > 0) - (moved < 0) == way
    expect(teller.books).to_contain_text(
        f"钱箱账面 {moved / 100:+,.2f}" if moved else "钱箱账面 0.00"
    )
    teller.signed()


def test_a_balance_is_shown_and_printed_for_the_customer_alone(teller: Teller) -> None:
    teller.press("5")
    teller.insert("rural")
    teller.customer_enters()
    teller.at("balance")
    shown = teller.glass.locator(".value").inner_text().replace(" ", "")
    expect(teller.copy("customer")).to_contain_text(shown)
    expect(teller.copy("merchant")).not_to_contain_text(shown)


def test_a_reversal_brings_money_and_banknotes_back(teller: Teller) -> None:
    withdrawal(teller)
    teller.signed()
    teller.press("6 1 ok")
    teller.at("confirm")
    expect(teller.glass).to_contain_text("000001")
    teller.press("ok")
    teller.at("sign")
    expect(teller.glass).to_contain_text("已冲正")
    expect(teller.copy("customer")).to_contain_text("原交易")
    assert teller.drawer == FLOAT_FEN


def test_a_receipt_says_everything_a_villager_may_ask(teller: Teller) -> None:
    teller.withdraw("5 00", "other_bank")
    teller.press("ok")
    customer, merchant = teller.copy("customer"), teller.copy("merchant")
    expect(customer).to_contain_text("客户联")
    expect(merchant).to_contain_text("商户联 · 存根")
    point = teller.page.locator("pos-terminal .bar b").inner_text()
    for copy in (customer, merchant):
        for text in (point, "批次/流水", "参考号", "授权码", "时间", "¥500.00", "00 交易成功",
                     "减免前手续费", "¥2.50", "−¥2.50", "实收手续费", "¥0.00", "减免原因：",
                     "教学演示 · 非真实交易凭证"):  # fmt: skip
            expect(copy).to_contain_text(text)
        assert re.search(r"\d{6}\*{6}\d{4}", copy.inner_text())
    expect(merchant.locator(".line")).to_have_count(1)  # here the customer signs
    expect(customer.locator(".line")).to_have_count(0)
    expect(customer).to_contain_text("余额")
    expect(merchant).not_to_contain_text("余额")
    # The paper shows the bank's own time, as the terminal does.
    minute = teller.page.locator("pos-terminal .bar time").inner_text()
    expect(customer).to_contain_text(f" {minute}:")


def test_a_receipt_prints_on_paper_of_58_millimeters(teller: Teller) -> None:
    teller.withdraw("5 00", "other_bank")
    teller.press("ok")
    teller.at("pay_out")
    pdf = teller.page.pdf(prefer_css_page_size=True)
    boxes = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", pdf)
    assert len(boxes) == 2  # one page a copy
    for width, height in boxes:
        assert abs(float(width) - 58 / 25.4 * 72) < 1
        assert float(height) > float(width)


def test_a_receipt_printed_again_says_so(teller: Teller) -> None:
    withdrawal(teller)
    first = teller.copy("customer").inner_text()
    teller.signed()
    teller.press("8")
    expect(teller.copy("customer")).to_contain_text("重打印")
    assert teller.copy("customer").inner_text().replace(" · 重打印", "") == first


def test_a_pin_is_dots_on_the_screen_and_nowhere_else(teller: Teller) -> None:
    page = teller.page
    page.click("text=教员看密码")
    pin = page.locator(".plastic[data-tag=debit] .pin-shown").inner_text().split()[-1]
    page.click("text=教员看密码")
    sent: list[str] = []
    page.on("request", lambda one: sent.append(one.url))
    teller.withdraw("1 00")
    html = page.content()
    assert pin not in html
    teller.press("ok")
    teller.pay()
    assert pin not in page.content()
    assert not [address for address in sent if pin in address]
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert pin not in kept


def test_too_little_and_too_much_cash_is_noticed(teller: Teller) -> None:
    teller.withdraw("1 00")
    teller.press("ok")
    teller.at("pay_out")
    note = teller.page.locator(".stacks .note[data-worth='5000']")
    note.click()
    teller.press("ok")
    expect(teller.note).to_contain_text("少付了")
    note.click()
    note.click()
    teller.press("ok")
    expect(teller.note).to_contain_text("多付了")
    teller.page.locator(".on-counter .note").first.click()
    teller.press("ok")
    teller.at("sign")
    assert teller.drawer == FLOAT_FEN - 10_000


def test_what_the_drawer_cannot_pay_is_taken_back(page: Page, counter: Counter) -> None:
    lay_new(page, counter, ["debit", "rural", "social"])
    teller = opened(page)
    teller.sign_in()
    for card in ("debit", "rural"):
        teller.withdraw("2 0 00", card)
        teller.press("ok")
        teller.pay()
        teller.signed()
    left = teller.drawer
    teller.withdraw("2 0 00", "social")
    teller.press("ok")
    teller.at("pay_out")
    teller.press("ok")
    expect(teller.note).to_contain_text("钱箱里的钱不够付")
    teller.press("cancel")
    teller.at("reversed")
    expect(teller.books).to_have_attribute("data-status", "reversed")
    expect(teller.books).to_contain_text("钱箱账面 0.00")
    assert teller.drawer == left


@pytest.mark.parametrize(("off_by", "verdict"), [(0, "账款相符"), (-1_000, "账款不符")])
def test_the_till_is_counted_at_the_end_of_the_day(
    teller: Teller, off_by: int, verdict: str
) -> None:
    withdrawal(teller)
    teller.signed()
    cash_remittance(teller)
    teller.signed()
    counted = teller.drawer + off_by
    teller.press(f"7 {' '.join(f'{counted // 100}.{counted % 100:02d}')} ok")
    teller.at("till_result")
    expect(teller.glass).to_contain_text(verdict)
    teller.press("ok")
    teller.at("off")
    # The next day begins with a full drawer.
    teller.sign_in()
    assert teller.drawer == FLOAT_FEN


def test_a_payee_may_be_typed_and_named_by_mouth(teller: Teller) -> None:
    teller.press("3")
    teller.insert("debit")
    teller.at("payee")
    family = teller.page.locator(".slip[data-tag=family]")
    account, name = family.locator("span").inner_text(), family.locator("b").inner_text()
    teller.press(" ".join(account))
    teller.press("ok")
    teller.at("payee_check")
    expect(teller.glass.locator(".value")).to_contain_text("*")
    teller.press("ok")
    expect(teller.note).to_contain_text("全名")
    teller.page.fill(".name input", name)
    teller.page.keyboard.press("Enter")
    teller.press("ok")
    teller.at("amount")


def test_a_name_with_tags_in_it_is_a_name(teller: Teller) -> None:
    teller.press("3")
    teller.insert("debit")
    teller.press(" ".join(teller.page.locator(".slip[data-tag=family] span").inner_text()))
    teller.press("ok")
    expect(teller.glass.locator(".value")).to_contain_text("*")
    teller.page.fill(".name input", "<img src=x onerror=alert(1)>")
    teller.page.keyboard.press("Enter")
    teller.press("ok 1 0 ok")
    teller.customer_enters()
    teller.at("confirm")
    expect(teller.glass).to_contain_text("<img src=x")
    assert teller.page.locator("main img").count() == 0
