"""费用试算: the fee of an answer is the fee that the policy quotes for the same question."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from loadtests.checks import Answer, Broken
from loadtests.pos import key_text
from loadtests.visits import Visit

COMPARED = ("charged_fen", "before_waiver_fen", "waived_fen")


def question_of(visit: Visit, answer: Answer) -> dict[str, Any]:
    """Return the fee quote that asks for the fee of an approved answer."""
    villager, place = visit.villager, visit.place
    question = {
        "business": visit.business,
        "terminal_kind": visit.terminal.kind,
        "card_bank_id": villager.bank_id if villager else None,
        "card_product": villager.product if villager else None,
        "acquirer_bank_id": place.bank_id,
        "region": region_of(villager.county, place.county) if villager else "local",
        "as_of": answer["business_date"],
    }
    if answer["amount_fen"]:
        question["amount_fen"] = answer["amount_fen"]
    if visit.payee is not None:
        question["payee_bank_id"] = visit.payee["bank_id"]
    return question


def region_of(card_county: str, point_county: str) -> str:
    """Return how far a point is from the county of a card; both are codes of six digits.

    >>> region_of("520102", "520115"), region_of("520102", "510104")
    ('local', 'out_of_province')
    """
    if card_county[:4] == point_county[:4]:
        return "local"
    return "out_of_city" if card_county[:2] == point_county[:2] else "out_of_province"


def quoted_wrongly(answer: Answer, quotes: list[Mapping[str, Any]]) -> Broken | None:
    """Compare an answer's fee with the quotes that it may have; one of them must be it.

    There are two where the first subsidy withdrawal of the month is free: only the bank knows
    whether this was it.
    """
    fee = answer["fee"]
    if any(all(quote[name] == fee[name] for name in COMPARED) for quote in quotes):
        return None
    shown = {name: [quote[name] for quote in quotes] for name in COMPARED}
    had = {name: fee[name] for name in COMPARED}
    return Broken("a fee is what the policy says", key_text(answer), f"{had}, quoted {shown}")
