"""What the bank knows of a request at the counter, and which check objects first."""

from __future__ import annotations

from pos_sim.domain.authorize import Facts, first_refusal
from pos_sim.domain.book import Book
from pos_sim.domain.cards import luhn_digit
from pos_sim.domain.gather import facts_of
from pos_sim.domain.requests import CardRequest, Request
from tests.world import World
from tests.worlds import (
    RULES,
    SECRETS,
    SMALL,
    book_of,
)


def facts(request: Request, world: World = SMALL, book: Book | None = None) -> Facts:
    """Return what the bank knows about a request at the counter of ``world``."""
    pan_hash = SECRETS.pan_hash(request.pan) if isinstance(request, CardRequest) else None
    return facts_of(request, pan_hash, book or book_of(world), RULES)


def answer(request: Request, world: World = SMALL) -> tuple[str, str] | None:
    """Return check and code of the first refusal, None when everything is all right."""
    refusal = first_refusal(facts(request, world))
    return (refusal.check, refusal.code) if refusal else None


def checked(digits: str) -> str:
    return f"{digits}{luhn_digit(digits)}"


def mistyped(digits: str) -> str:
    return f"{digits[:-1]}{(int(digits[-1]) + 1) % 10}"
