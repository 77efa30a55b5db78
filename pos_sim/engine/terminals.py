"""布放终端 Binding machines to points, under the row lock of the point."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from pos_sim.domain.accounts import Kind
from pos_sim.domain.banks import BANKS
from pos_sim.domain.mistakes import AlreadyThere, Mistaken
from pos_sim.domain.money import Fen
from pos_sim.domain.opening import Step, require_step
from pos_sim.domain.service_points import TerminalKind
from pos_sim.store import new_points as store
from pos_sim.store.new_accounts import open_account
from pos_sim.store.new_points import LockedPoint, lock_point


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTerminal:
    """A machine to bind: one from the store room by its number, or a new one."""

    terminal_id: str | None
    kind: TerminalKind | None
    serial: str | None
    cassettes: Fen


def bind_terminal(connection: Connection, point_id: str, wish: NewTerminal, today: date) -> str:
    """Bind a machine to a point; an ATM gets cassettes of its own. Return its number."""
    point = lock_point(connection, point_id)
    require_step(point.status, Step.TERMINAL)
    terminal_id = wish.terminal_id or new_terminal_id(connection, point)
    found = store.TERMINAL.rows(connection, terminal_id=terminal_id)
    if found:
        kind = kind_in_store_room(found[0], wish)
    else:
        kind = register_terminal(connection, terminal_id, wish)
    till_id = point.till_account_id
    if kind is TerminalKind.ATM:
        till_id = open_account(
            connection,
            Kind.TILL,
            BANKS[point.bank_id],
            f"自助取款机{terminal_id}钞箱",
            wish.cassettes,
            entry_id=f"opening-{point_id}-{terminal_id}",
            day=today,
        ).account_id
    elif wish.cassettes:
        raise Mistaken("cassettes_fen", "仅自助取款机有钞箱 · Only an ATM has cassettes")
    bound = store.BIND.run(connection, point=point_id, till=till_id, terminal_id=terminal_id)
    assert bound == 1
    return terminal_id


def new_terminal_id(connection: Connection, point: LockedPoint) -> str:
    made = store.next_terminal_id(connection, point.county[:4])
    if made is None:
        raise Mistaken("terminal_id", "本地区终端号已用完，请指定 · Numbers have run out: give one")
    return made


def kind_in_store_room(found: Any, wish: NewTerminal) -> TerminalKind:
    """Return the kind of a known machine, which must stand unbound and be as described."""
    _, kind, serial, bound_to = found
    if bound_to is not None:
        raise AlreadyThere
    if wish.serial not in (None, serial):
        raise Mistaken("serial", "与登记的序列号不符 · The register has another serial number")
    if wish.kind not in (None, kind):
        raise Mistaken("kind", "与登记的终端类型不符 · The register has another kind")
    return TerminalKind(kind)


def register_terminal(connection: Connection, terminal_id: str, wish: NewTerminal) -> TerminalKind:
    """Enter a machine that nobody knew."""
    if wish.kind is None or wish.serial is None:
        field = "kind" if wish.kind is None else "serial"
        raise Mistaken(field, "新终端须登记类型与序列号 · A new terminal needs kind and serial")
    if store.SERIAL_TAKEN.rows(connection, serial=wish.serial, terminal_id=terminal_id):
        raise AlreadyThere
    store.INSERT_TERMINAL.run(connection, [(terminal_id, wish.kind.value, wish.serial, None, None)])
    return wish.kind
