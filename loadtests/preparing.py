"""What has to be so before a run begins: keys that nobody used, a clock before the cut-off."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from loadtests.bank import HttpBank
from loadtests.leases import Manifest, batch_of

RUNS = 10_000
LOOKED_AT = 5


class NoKeysLeft(Exception):
    """Every run number that was tried has been used."""


def new_run_no(bank: HttpBank, manifest: Manifest, dice: Random | None = None) -> int:
    """Return a run number whose batches nobody used: a key means one thing for ever."""
    dice = dice or Random()
    terminals = [terminal["terminal_id"] for terminal in manifest.terminals[:LOOKED_AT]]
    for _ in range(100):
        run_no = dice.randrange(RUNS)
        if all(bank.is_unused(terminal, batch_of(run_no, 0)) for terminal in terminals):
            return run_no
    raise NoKeysLeft("reset the world: POST /sim/reset")


def set_clock(bank: HttpBank, seconds_before_cut_off: int) -> None:
    """Move the bank's clock forward until the cut-off is near."""
    shown = bank.get("/sim/clock")
    moment = datetime.fromisoformat(shown["next_cut_off"])
    to = moment - timedelta(seconds=seconds_before_cut_off)
    if datetime.fromisoformat(shown["now"]) < to:
        bank.post("/sim/clock", {"advance_to": to.isoformat()}, bank.keys.admin)
