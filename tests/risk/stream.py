"""Events as windows remember them: one by default, and streams of them for the laws."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from pos_sim.domain.requests import Business
from risk.events import DAY_US, HOUR_US, MINUTE_US, Event, Flag, day_of

NOON = 1_772_424_000_000_000
"""2026-03-02 12:00 in Shanghai."""


def event(at_us: int = NOON, **changes: Any) -> Event:
    """Return an approved withdrawal of 1,000 yuan with card 7 at point SP1."""
    fields: dict[str, Any] = {
        "event_id": f"t{at_us}",
        "at_us": at_us,
        "day": day_of(at_us),
        "business": "withdrawal",
        "settles_us": at_us,
        "amount": 100_000,
        "limit_share": 5_000,
        "point": "SP1",
        "terminal": "52010001",
        "card": 7,
        "account": 1_007,
        "payer": "7",
    }
    return Event(**(fields | changes))


def reversal(original: Event, at_us: int) -> Event:
    return event(
        at_us,
        event_id="r" + original.event_id,
        business="reversal",
        amount=0,
        limit_share=0,
        flags=Flag.UNDOES,
        undoes=original,
    )


FLAGS = [0, Flag.OWN, Flag.PIN_FAILED | Flag.NON_LOCAL, Flag.OFF_HOURS | Flag.ELDER]


@st.composite
def streams(draw: st.DrawFn) -> list[Event]:
    """Some days at two points: approved, held, refused requests, and reversals of earlier ones."""
    stream: list[Event] = []
    at_us = NOON - 8 * DAY_US
    for number in range(draw(st.integers(1, 25))):
        at_us += draw(st.integers(-2 * MINUTE_US, 20 * HOUR_US))
        open_ones = [one for one in stream if one.moved and one.amount]
        if open_ones and draw(st.integers(0, 4)) == 0:
            original = draw(st.sampled_from(open_ones))
            if all(one.undoes != original for one in stream):
                stream.append(replace(reversal(original, at_us), event_id=f"r{number}"))
                continue
        stream.append(draw(requests(number, at_us)))
    return stream


@st.composite
def requests(draw: st.DrawFn, number: int, at_us: int) -> Event:
    business = draw(st.sampled_from([*Business][:5])).value
    moved = draw(st.booleans())
    held_us = draw(st.sampled_from([0, 0, DAY_US]))
    amount = 0 if business == "balance_inquiry" else draw(st.integers(1, 3)) * 50_000
    return event(
        at_us,
        event_id=f"t{number}",
        business=business,
        moved=moved,
        settles_us=at_us + held_us if moved else None,
        amount=amount,
        card=draw(st.sampled_from([7, 8])),
        point=draw(st.sampled_from(["SP1", "SP2"])),
        payee=draw(st.sampled_from([None, 1_007])),
        bill=draw(st.sampled_from([None, "power/1"])),
        biller="power",
        serial=draw(st.sampled_from([None, "SN1"])),
        reading=draw(st.sampled_from([None, (120.0, 10.0)])),
        flags=draw(st.sampled_from(FLAGS)),
        limit_share=draw(st.sampled_from([5_000, 9_000])),
    )
