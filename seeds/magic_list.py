"""The magic cards of this world: which number makes which answer."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from pos_sim.domain.banks import BANKS
from pos_sim.domain.magic import MAGIC_CARDS
from pos_sim.store.tables import cards
from pos_sim.store.world import WorldFacts
from seeds.numbers import pan_of, pin_of

MAGIC = {magic.name: magic for magic in MAGIC_CARDS}


def magic_items(connection: Connection, facts: WorldFacts) -> list[dict[str, Any]]:
    """Return every magic card with its number, its PIN and the answer it always gets."""
    query = (
        select(cards.c.card_id, cards.c.magic_name)
        .where(cards.c.magic_name.in_(MAGIC))
        .order_by(cards.c.card_id)
    )
    return [magic_item(facts.seed, *row) for row in connection.execute(query)]


def magic_item(seed: int, card_id: int, name: str) -> dict[str, Any]:
    """Return one magic card as the list shows it."""
    magic = MAGIC[name]
    return {
        "card_no": pan_of(seed, BANKS[magic.bank_id], card_id).whole,
        "pin": pin_of(seed, card_id).digits,
        "effect": magic.name,
        "response_code": magic.response_code,
        "text": magic.text,
        "text_en": magic.text_en,
    }
