"""The request in hand, as the watch sees it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from risk.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    """The request in hand, with what is known of card, point and terminal beside the windows.

    ``event`` is how windows will remember it, taken as approved while nobody has refused it.
    ``km_to`` gives the distance from here to another point, None where one has no place;
    ``is_busy`` says of a business date whether it is market or pension day here.
    """

    event: Event
    withdrawal_limit: int
    minute_of_day: int = 0
    minutes_outside_hours: int = 0
    is_busy: Callable[[int], bool] = lambda day: False
    km_to: Callable[[str], float | None] = lambda point: None
    payee_is_own: bool = False
    holder_age: int | None = None
    balance: int | None = None
    card_is_present: bool | None = None
    terminal_kind: str | None = None
    serial_differs: int | None = None
    list_matches: tuple[str, ...] = ()
    reversal_is_manual: bool | None = None
    reversal_delay_min: float | None = None
