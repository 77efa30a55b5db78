"""A process of its own that moves the clock of a world, or trades in it while another does.

Run as ``python -m tests.risk.walker URL walk MOMENT`` or ``… URL trade``. It says that it is ready,
begins when it hears a line, and ends with one line of JSON: what the clock brought about, or what
was answered. Whoever trades goes on until its input is closed.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from random import Random
from typing import Any

from sqlalchemy import Connection, text

from pos_sim.domain.money import yuan
from pos_sim.domain.requests import Request
from pos_sim.engine.sandbox import Sandbox, SandboxClock
from pos_sim.store.database import Database
from pos_sim.store.world import read_world
from risk import approvals, cases
from risk.approval_effects import EFFECTS
from risk.approvals import Choice
from risk.case_mistakes import IllegalMove
from risk.monitor import RiskMonitor
from risk.walk import advance
from risk.workflow import Actor
from tests.counter import inquiry, transfer, withdrawal
from tests.worlds import FACTS, RULES, SECRET, WRONG_PIN

CARDS = ("gyb_debit", "gyb_rural", "grcu_social", "grcu_debit", "abc_debit", "out_debit")
A_GROUP = 6
PATIENCE_S = 300


@dataclass(frozen=True)
class Walker:
    """What a process does: ``walk`` to a moment, or ``trade`` until the others are there."""

    task: str
    to: datetime | None = None

    def command(self, url: str) -> list[str]:
        to = [] if self.to is None else [self.to.isoformat()]
        return [sys.executable, "-m", "tests.risk.walker", url, self.task, *to]


def together(database: Database, *walkers: Walker) -> list[dict[str, Any]]:
    """Let processes begin at the same moment; return what each of them says at its end."""
    url = database.url.render_as_string(hide_password=False)
    with ExitStack() as stack:
        started = [
            stack.enter_context(
                subprocess.Popen(
                    one.command(url), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
                )
            )
            for one in walkers
        ]
        for process in started:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in started:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        walking = [p for p, one in zip(started, walkers, strict=True) if one.task == "walk"]
        said = {process.pid: process.communicate(timeout=PATIENCE_S)[0] for process in walking}
        said |= {p.pid: p.communicate(timeout=PATIENCE_S)[0] for p in started if p not in walking}
    assert [process.returncode for process in started] == [0] * len(walkers)
    return [json.loads(said[process.pid]) for process in started]


def sandbox_at(url: str) -> Sandbox:
    """Open the small world as a server would, with the watch in it."""
    database = Database(url)
    facts = database.read_now(read_world) or FACTS
    clock, monitor = SandboxClock(facts.clock_offset), RiskMonitor(RULES.policies)
    return Sandbox.of(database, facts, RULES.policies, secret=SECRET, clock=clock, monitor=monitor)


def walk(sandbox: Sandbox, to: datetime) -> dict[str, Any]:
    fired = advance(sandbox, to)
    found = [(one.kind, one.subject_id) for one in fired]
    return {"fired": found, "shows": sandbox.clock.now().isoformat()}


def trade(sandbox: Sandbox) -> dict[str, Any]:
    """Let groups be decided at many points at once, one after the other, until nobody listens."""
    listener = threading.Thread(target=sys.stdin.read, daemon=True)
    listener.start()
    terminals = sandbox.database.read_now(terminals_of)
    dice, codes, staff, groups = Random(7), Counter[str](), Counter[str](), 0
    while listener.is_alive():
        now = current(sandbox)
        requests = [asked(dice, terminals, groups * A_GROUP + n, now) for n in range(A_GROUP)]
        groups += 1
        for decision in sandbox.engine.perform_now(requests):
            assert decision.transaction is not None
            codes[decision.transaction.response_code] += 1
        if groups % 3 == 0:
            staff[look_into(sandbox, dice, now)] += 1
    return {"groups": groups, "codes": codes, "staff": staff}


def look_into(sandbox: Sandbox, dice: Random, at: datetime) -> str:
    """Let somebody take a verification that the clock opened, or end it; return what was done."""
    found = sandbox.database.read_now(lambda c: c.execute(WAITING).all())
    if not found:
        return "nothing"
    case_id, state = dice.choice(found)
    action, data = ("take", None) if state == "open" else ("conclude", {"verdict": "false_alarm"})
    act = partial(
        cases.act, case_id=case_id, action=action, actor=Actor("anna"), at=at, note="", data=data
    )
    try:
        approval_id = sandbox.database.run_now(act).approval_id
    except IllegalMove:
        return "too late"
    if approval_id is None:
        return action
    decide = partial(
        approvals.decide, approval_id=approval_id, choice=Choice.APPROVE, by="bert", at=at,
        note="", effects=EFFECTS,
    )  # fmt: skip
    sandbox.database.run_now(decide)
    return f"{action} by two"


WAITING = text("select case_id, state from cases where kind = 'verification' and closed_us is null")


def current(sandbox: Sandbox) -> datetime:
    """Return what the clock shows that all processes share."""
    facts = sandbox.database.read_now(read_world)
    assert facts is not None
    return SandboxClock(facts.clock_offset).now()


def asked(dice: Random, terminals: list[str], number: int, at: datetime) -> Request:
    """Return something that happens at a counter; some of it makes rules speak."""
    terminal, card = dice.choice(terminals), dice.choice(CARDS)
    chance = dice.random()
    if chance < 0.1:
        return inquiry(number, terminal=terminal, card=card, at=at, pin=WRONG_PIN)
    if chance < 0.4:
        return transfer(number, terminal=terminal, card=card, amount=yuan(1), at=at)
    return withdrawal(number, terminal=terminal, card=card, amount=yuan(10), at=at)


def terminals_of(connection: Connection) -> list[str]:
    found = text("select terminal_id from terminals where terminal_id like '6%' order by 1")
    return list(connection.execute(found).scalars())


def main(url: str, task: str, *to: str) -> None:
    sandbox = sandbox_at(url)
    print("ready", flush=True)
    sys.stdin.readline()
    done = trade(sandbox) if task == "trade" else walk(sandbox, datetime.fromisoformat(to[0]))
    print(json.dumps(done), flush=True)
    sandbox.database.close_now()


if __name__ == "__main__":
    main(*sys.argv[1:])
