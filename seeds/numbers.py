"""Card numbers and PINs of the demo world: they follow from the seed and are never stored."""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b

from pos_sim.domain.banks import Bank
from pos_sim.domain.cards import ISSUER_PREFIX, Pan, Pin, luhn_digit

SERIALS = 1_000_000_000
"""Nine digits of a card number tell the cards of a bank apart."""

EASY_PINS = frozenset({digit * 6 for digit in "0123456789"} | {"123456", "654321"})
"""PINs that nobody gets, so that whoever tries them has certainly keyed in a wrong one."""


def pan_of(seed: int, bank: Bank, card_id: int) -> Pan:
    """Return the number of a card: 9900, the bank's two digits, nine of its own, a check digit.

    >>> from pos_sim.domain.banks import BANKS
    >>> pan_of(7, BANKS["gyb"], 1).whole[:6], len(pan_of(7, BANKS["gyb"], 1).whole)
    ('990001', 16)
    """
    factor, offset = _permutation(seed)
    serial = (factor * card_id + offset) % SERIALS
    digits = f"{ISSUER_PREFIX}{bank.number:02d}{serial:09d}"
    return Pan(f"{digits}{luhn_digit(digits)}")


def pin_of(seed: int, card_id: int) -> Pin:
    """Return the PIN of a card: six digits, none of the easy ones.

    >>> pin_of(7, 1) == pin_of(7, 1), len(pin_of(7, 1).digits)
    (True, 6)
    """
    for attempt in range(len(EASY_PINS) + 1):
        text = f"{seed}|{card_id}|{attempt}".encode()
        digest = blake2b(text, digest_size=8, person=b"pin of seed").digest()
        digits = f"{int.from_bytes(digest) % 1_000_000:06d}"
        if digits not in EASY_PINS:
            break
    return Pin(digits)


@lru_cache(maxsize=8)
def _permutation(seed: int) -> tuple[int, int]:
    """Return factor and offset that send the ids 0, 1, 2 … to serials, each to one of its own."""
    digest = blake2b(str(seed).encode(), digest_size=16, person=b"card serials").digest()
    # A factor that shares no divisor with a power of ten makes the map one to one.
    factor = int.from_bytes(digest[:8]) % (SERIALS // 10) * 10 + 7
    return factor, int.from_bytes(digest[8:]) % SERIALS
