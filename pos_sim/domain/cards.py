"""Cards: products, status, numbers that cannot print themselves whole, PIN verification."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from hashlib import blake2b

from pos_sim.domain.accounts import AccountId
from pos_sim.domain.banks import BANK_OF_NUMBER, Bank
from pos_sim.domain.hot import hot_dataclass
from pos_sim.domain.magic import Effect

ISSUER_PREFIX = "9900"
"""An invented range: no real card number begins with 9."""

PIN_TRIES = 3


class Product(StrEnum):
    """Card products."""

    DEBIT = "debit"  # 借记卡
    RURAL_REVITALIZATION = "rural_revitalization"  # 乡村振兴卡
    SOCIAL_SECURITY = "social_security"  # 社保卡
    CREDIT = "credit"  # 信用卡


class CardStatus(StrEnum):
    """What the issuer says about a card."""

    ACTIVE = "active"  # 正常
    LOST = "lost"  # 挂失
    STOLEN = "stolen"  # 被窃
    EXPIRED = "expired"  # 过期
    RESTRICTED = "restricted"  # 受限


class Pan:
    """A primary account number; only ``whole`` gives it away.

    >>> print(Pan("9900010000000017"))
    990001******0017
    """

    __slots__ = ("whole",)

    def __init__(self, whole: str) -> None:
        self.whole = whole

    def __str__(self) -> str:
        return f"{self.whole[:6]}{'*' * (len(self.whole) - 10)}{self.whole[-4:]}"

    def __repr__(self) -> str:
        return f"Pan({self})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Pan) and other.whole == self.whole

    def __hash__(self) -> int:
        return hash(self.whole)


@dataclass(frozen=True, slots=True, repr=False)
class Pin:
    """A PIN as it was keyed in; it never prints itself."""

    digits: str

    def __repr__(self) -> str:
        return "Pin(******)"


@hot_dataclass(frozen=True, slots=True)
class Card:
    """One card as the group holds it locked."""

    card_id: int
    masked: str
    product: Product
    bank_id: str
    account_id: AccountId
    county: str
    birth_date: date
    status: CardStatus
    pin_verification: str
    pin_failures: int
    pin_failed_on: date | None
    gets_subsidies: bool
    first_withdrawal_month: int
    effect: Effect | None

    def pin_failures_on(self, day: date) -> int:
        """Return how many wrong PINs count on business date ``day``."""
        return self.pin_failures if self.pin_failed_on == day else 0


def after_first_withdrawal(card: Card, month: int) -> Card:
    """Return the card that has drawn in ``month`` (`month_of`)."""
    return Card(  # the hot path, as in `Account.grown_by`
        card.card_id,
        card.masked,
        card.product,
        card.bank_id,
        card.account_id,
        card.county,
        card.birth_date,
        card.status,
        card.pin_verification,
        card.pin_failures,
        card.pin_failed_on,
        card.gets_subsidies,
        month,
        card.effect,
    )


def after_wrong_pin(card: Card, day: date) -> Card:
    """Return the card with one more wrong PIN on business date ``day``."""
    return replace(card, pin_failures=card.pin_failures_on(day) + 1, pin_failed_on=day)


def after_right_pin(card: Card) -> Card:
    """Return the card with its count of wrong PINs cleared."""
    return card if card.pin_failures == 0 else replace(card, pin_failures=0, pin_failed_on=None)


def luhn_digit(digits: str) -> int:
    """Return the check digit that completes ``digits``.

    >>> luhn_digit("7992739871")
    3
    """
    text = digits.encode()
    doubled, plain = text[::-2].translate(DOUBLED), text[-2::-2]
    return (len(text) * ord("0") - sum(doubled) - sum(plain)) % 10


DOUBLED = bytes.maketrans(b"0123456789", b"0246813579")
"""Each digit doubled, with the digits of the double added up."""


def passes_luhn(digits: str) -> bool:
    """Say whether the last digit is the check digit of the others."""
    return luhn_digit(digits[:-1]) == int(digits[-1])


def bank_of(pan: Pan) -> Bank | None:
    """Return the issuer that the number names, or None outside the network.

    >>> bank_of(Pan("9900010000000017")).bank_id
    'gyb'
    """
    if not pan.whole.startswith(ISSUER_PREFIX):
        return None
    return BANK_OF_NUMBER.get(int(pan.whole[4:6]))


@dataclass(frozen=True, slots=True, repr=False)
class CardSecrets:
    """The keys that turn numbers and PINs into what may be stored, as an HSM would.

    A keyed hash and no slow one: the protection is the key, as in a bank's HSM.
    """

    key: bytes

    def pan_hash(self, pan: Pan) -> str:
        """Return the keyed hash under which a card is found (32 hex digits)."""
        return blake2b(pan.whole.encode(), digest_size=16, key=self.key, person=b"pan").hexdigest()

    def pin_verification(self, pan: Pan, pin: Pin) -> str:
        """Return the PIN verification value of this card and PIN (16 hex digits)."""
        text = f"{pan.whole}|{pin.digits}".encode()
        return blake2b(text, digest_size=8, key=self.key, person=b"pin").hexdigest()

    def pin_is_right(self, pan: Pan, pin: Pin, expected: str) -> bool:
        """Compare in constant time."""
        return hmac.compare_digest(self.pin_verification(pan, pin), expected)


def pin_of_block(block: str, pan: Pan) -> Pin | None:
    """Return the PIN in a clear ISO 9564 format 0 block (16 hex digits), None if malformed.

    >>> pin_of_block("061253DFFEDCBA98", Pan("123456789012345678")).digits
    '123456'
    """
    account_part = "0000" + pan.whole[-13:-1].rjust(12, "0")
    clear = f"{int(block, 16) ^ int(account_part, 16):016X}"
    length = int(clear[1], 16)
    digits, filler = clear[2 : 2 + length], clear[2 + length :]
    well_formed = (
        clear[0] == "0" and 4 <= length <= 12 and digits.isdigit() and not filler.strip("F")
    )
    return Pin(digits) if well_formed else None


def pin_block_of(pin: Pin, pan: Pan) -> str:
    """Return the clear ISO 9564 format 0 block of a PIN.

    >>> pin_block_of(Pin("123456"), Pan("1234567890123456"))
    '0612713176FEDCBA'
    """
    pin_part = f"0{len(pin.digits):X}{pin.digits}".ljust(16, "F")
    account_part = "0000" + pan.whole[-13:-1].rjust(12, "0")
    return f"{int(pin_part, 16) ^ int(account_part, 16):016X}"
