"""A terminal as it should be: it never does twice what it does not know, and never gives up.

Refused because the bank is busy, or no connection: the same key again. No answer in time: the
request is reversed, again and again, until the reversal is confirmed; a new attempt gets a new key.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

Body = Mapping[str, Any]

PATHS: Mapping[str, str] = {
    "withdrawal": "/v1/withdrawals",
    "cash_remittance": "/v1/cash-remittances",
    "transfer": "/v1/transfers",
    "bill_payment": "/v1/bill-payments",
    "balance_inquiry": "/v1/balance-inquiries",
    "reversal": "/v1/reversals",
}
CONFIRMED = frozenset({"00", "25", "12"})
"""Answers after which a reversal is done."""
TROUBLES: Mapping[str, str] = {
    "busy": "busy",
    "storage-full": "busy",
    "outcome-unknown": "unknown",
    "not-ready": "unknown",
}
"""What a problem of the bank counts as; nothing was done, or nobody knows."""
FIRST_WAIT_S, LONGEST_WAIT_S = 0.2, 2.0


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back on the wire."""

    status: int
    content: bytes
    is_replay: bool = False
    retry_after_s: float = 1.0

    def json(self) -> dict[str, Any]:
        """Return the content; an empty object if it isn't one."""
        try:
            content = json.loads(self.content)
        except ValueError:
            return {}
        return content if isinstance(content, dict) else {}


class NoAnswer(Exception):
    """Nothing came back; whether anything was done is not known."""


class TimedOut(NoAnswer):
    """The bank did not answer in time."""


class Unresolved(Exception):
    """The bank stayed away longer than a terminal can wait; ``key`` is what nobody decided."""

    def __init__(self, message: str, key: str) -> None:
        super().__init__(message)
        self.key = key


class Wire(Protocol):
    """What carries a request to the bank and an answer back."""

    def post(self, path: str, content: bytes) -> Reply:
        """Send and receive; raise NoAnswer or TimedOut."""


@dataclass(slots=True)
class Troubles:
    """What a terminal met beside answers; counts."""

    busy: int = 0
    unknown: int = 0
    timed_out: int = 0
    undone: int = 0
    internal: int = 0
    """HTTP 500: never in order, whatever comes after it."""

    def take(self) -> dict[str, int]:
        """Return the counts since the last call, and begin anew."""
        counts = {name: getattr(self, name) for name in self.__slots__}
        for name in counts:
            setattr(self, name, 0)
        return {name: count for name, count in counts.items() if count}


@dataclass(frozen=True, slots=True)
class Sent:
    """A request with its final reply; None: it was reversed because no answer came."""

    body: Body
    reply: Reply | None


@dataclass(slots=True)
class Pos:
    """The good terminal. ``patience_s`` is how long it tries before it calls for help."""

    wire: Wire
    now: Callable[[], float]
    sleep: Callable[[float], None]
    patience_s: float = 60.0
    troubles: Troubles = field(default_factory=Troubles)

    def perform(self, business: str, body: Body, next_key: Callable[[], Mapping[str, str]]) -> Sent:
        """Send a request until it is decided or undone. Raises Unresolved."""
        try:
            return Sent(body, self.persist(PATHS[business], body, gives_up_on_silence=True))
        except TimedOut:
            self.undo(body, next_key)
            return Sent(body, None)

    def ask(self, path: str, question: Body) -> Reply | None:
        """Ask what moves nothing, once; None: no answer."""
        try:
            return self.wire.post(path, json.dumps(question).encode())
        except NoAnswer:
            return None

    def undo(self, body: Body, next_key: Callable[[], Mapping[str, str]]) -> None:
        """Reverse a request until the bank confirms. Raises Unresolved."""
        reversal = reversal_of(body, next_key())
        reply = self.persist(PATHS["reversal"], reversal, gives_up_on_silence=False)
        if reply.json().get("response_code") not in CONFIRMED:
            text = f"reversal {key_text(reversal)} not confirmed: {reply.status}"
            raise Unresolved(text, key_text(body))
        self.troubles.undone += 1

    def persist(self, path: str, body: Body, *, gives_up_on_silence: bool) -> Reply:
        """Send the same bytes until they are decided, or refused as wrong."""
        content, until, wait = json.dumps(body).encode(), self.now() + self.patience_s, FIRST_WAIT_S
        while True:
            try:
                reply = self.wire.post(path, content)
            except TimedOut:
                self.troubles.timed_out += 1
                if gives_up_on_silence:
                    raise
            except NoAnswer:
                self.troubles.unknown += 1
            else:
                if reply.status < 500:
                    return reply
                kind = TROUBLES.get(reply.json().get("type", ""), "internal")
                setattr(self.troubles, kind, getattr(self.troubles, kind) + 1)
                wait = reply.retry_after_s if kind == "busy" else wait
            if self.now() + wait > until:
                text = f"{path} {key_text(body)}: no decision in {self.patience_s:.0f} s"
                raise Unresolved(text, key_text(body))
            self.sleep(wait)
            wait = min(max(wait, FIRST_WAIT_S) * 2, LONGEST_WAIT_S)


def reversal_of(original: Body, key: Mapping[str, str], reason: str = "timeout") -> dict[str, Any]:
    """Return the body of a reversal of the original."""
    named = {"batch_no": original["batch_no"], "trace_no": original["trace_no"]}
    return {**key, "original": named, "reason": reason}


def key_text(body: Body) -> str:
    """Return a key as people say it.

    >>> key_text({"terminal_id": "52010001", "batch_no": "000001", "trace_no": "000042"})
    '52010001/000001/000042'
    """
    return "/".join(body[name] for name in ("terminal_id", "batch_no", "trace_no"))
