"""Each business at the teaching terminal, from its first key to the paper."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.api.console.teller import Teller


def withdrawal(teller: Teller) -> None:
    teller.withdraw("2 00")
    teller.press("ok")
    teller.pay()


def cash_remittance(teller: Teller) -> None:
    teller.press("2")
    payee(teller)
    teller.at("payer")
    teller.insert("elder")
    teller.press("3 00 ok")
    take_cash(teller)
    teller.press("ok")


def transfer(teller: Teller) -> None:
    teller.press("3")
    teller.insert("social")
    payee(teller)
    teller.press("1 00 ok")
    teller.customer_enters()
    teller.at("confirm")
    teller.quoted()
    teller.press("ok")


def bill_by_card(teller: Teller) -> None:
    bill(teller)
    teller.press("1")
    teller.insert("debit")
    teller.customer_enters()
    teller.at("confirm")
    teller.press("ok")


def bill_in_cash(teller: Teller) -> None:
    bill(teller)
    teller.press("2")
    take_cash(teller)
    teller.press("ok")


def payee(teller: Teller) -> None:
    teller.at("payee")
    teller.hand("family")
    teller.press("ok")
    expect(teller.glass.locator(".value")).to_contain_text("*")
    teller.press("ok")


def bill(teller: Teller) -> None:
    teller.press("4")
    teller.hand("any")
    expect(teller.glass).to_contain_text("待缴")
    teller.press("ok")


def take_cash(teller: Teller) -> None:
    teller.at("cash_in")
    teller.quoted()
    teller.press("ok")
    teller.at("confirm")
