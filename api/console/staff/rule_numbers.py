"""Numbers of a rule as people type them: yuan for amounts, percent for shares, else as stored."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from api.problems import invalid_field
from risk.facts import TYPES, Kind

PER_UNIT = {Kind.FEN: 100, Kind.BP: 100}
"""So many of the stored ones make one of what people type: fen a yuan, basis points a percent."""

TYPED = {Kind.FEN: "yuan", Kind.BP: "percent"}
LARGEST = 10**15


def typed(value: float, unit: Kind | None) -> str:
    """Return a number as people type it.

    >>> typed(580_050, Kind.FEN), typed(9_500, Kind.BP), typed(4, Kind.COUNT), typed(1.5, Kind.KM)
    ('5800.5', '95', '4', '1.5')
    """
    each = PER_UNIT.get(unit, 1) if unit else 1
    return str(value) if each == 1 else format((Decimal(value) / each).normalize(), "f")


def read_typed(text: str, unit: Kind, name: str) -> int:
    """Return a number that was typed, as it is stored; 422 beside its field where it is none.

    >>> read_typed("5,800.5", Kind.FEN, "x"), read_typed("95", Kind.BP, "x")
    (580050, 9500)
    """
    number = decimal_of(text, name) * PER_UNIT.get(unit, 1)
    if number != number.to_integral_value():
        raise no_number(name)
    return int(number)


def read_any(text: str, unit: Kind, name: str) -> int | float:
    """Return a number that was typed; of what is measured, such as kilometers, a part may be.

    >>> read_any("1.5", Kind.KM, "x"), read_any("2.0", Kind.KM, "x"), read_any("3", Kind.COUNT, "x")
    (1.5, 2, 3)
    """
    number = decimal_of(text, name)
    if float in TYPES[unit] and number != number.to_integral_value():
        return float(number)
    return read_typed(text, unit, name)


def decimal_of(text: str, name: str) -> Decimal:
    try:
        number = Decimal(text.strip().replace(",", ""))
    except InvalidOperation:
        raise no_number(name) from None
    if not (number.is_finite() and abs(number) < LARGEST):
        raise no_number(name)
    return number


def no_number(name: str) -> Exception:
    return invalid_field(f"params.{name}", "请填数字 · A number, please")
