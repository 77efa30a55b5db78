"""The good terminal: what it does when the bank is busy, silent, or gone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest

from loadtests.pos import NoAnswer, Pos, Reply, TimedOut, Unresolved

BODY = {"terminal_id": "52010001", "batch_no": "000001", "trace_no": "000042", "amount_fen": 1_000}
BUSY = Reply(503, b'{"type": "busy"}', retry_after_s=3.0)
UNKNOWN = Reply(503, b'{"type": "outcome-unknown"}')
DONE = Reply(200, b'{"response_code": "00"}')


@dataclass
class Script:
    """A wire that gives these replies, one after the other, and a clock that sleeping moves."""

    replies: list[Reply | NoAnswer]
    sent: list[dict[str, Any]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    now: float = 0.0
    slept: list[float] = field(default_factory=list)

    def post(self, path: str, content: bytes) -> Reply:
        self.sent.append(json.loads(content))
        self.paths.append(path)
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if isinstance(reply, NoAnswer):
            raise reply
        return reply

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def pos(script: Script) -> Pos:
    return Pos(script, now=lambda: script.now, sleep=script.sleep, patience_s=30.0)


def keys() -> Any:
    numbers = count(43)
    return lambda: {**BODY, "trace_no": f"{next(numbers):06d}"}


def perform(*replies: Reply | NoAnswer) -> tuple[Script, Pos, Mapping[str, Any] | None]:
    script = Script(list(replies))
    terminal = pos(script)
    sent = terminal.perform("withdrawal", BODY, keys())
    return script, terminal, sent.reply.json() if sent.reply else None


def test_busy_means_the_same_key_again_after_what_the_bank_asks_for() -> None:
    script, terminal, answer = perform(BUSY, BUSY, DONE)
    assert answer == {"response_code": "00"}
    assert script.sent == [BODY] * 3
    assert script.slept == [3.0, 3.0]
    assert terminal.troubles.busy == 2


def test_an_unknown_outcome_or_a_broken_line_means_the_same_key_again() -> None:
    script, terminal, _ = perform(UNKNOWN, NoAnswer(), Reply(500, b""), DONE)
    assert script.sent == [BODY] * 4
    assert (terminal.troubles.unknown, terminal.troubles.internal) == (2, 1)


def test_silence_means_a_reversal_until_it_is_confirmed() -> None:
    script, terminal, answer = perform(TimedOut(), TimedOut(), BUSY, DONE)
    assert answer is None
    assert script.paths == ["/v1/withdrawals"] + ["/v1/reversals"] * 3
    reversals = script.sent[1:]
    assert reversals[0] == reversals[1] == reversals[2]
    assert reversals[0]["original"] == {"batch_no": "000001", "trace_no": "000042"}
    assert reversals[0]["trace_no"] == "000043"
    assert terminal.troubles.undone == 1


@pytest.mark.parametrize("code", ["00", "25", "12"])
def test_a_reversal_is_confirmed_by_these_codes(code: str) -> None:
    confirmed = Reply(200, json.dumps({"response_code": code}).encode())
    _, terminal, _ = perform(TimedOut(), confirmed)
    assert terminal.troubles.undone == 1


def test_a_reversal_that_is_not_confirmed_names_what_is_open() -> None:
    with pytest.raises(Unresolved) as error:
        perform(TimedOut(), Reply(200, b'{"response_code": "96"}'))
    assert error.value.key == "52010001/000001/000042"


def test_a_terminal_calls_for_help_when_its_patience_ends() -> None:
    with pytest.raises(Unresolved, match="52010001/000001/000042"):
        perform(NoAnswer())


def test_what_is_refused_as_wrong_is_not_sent_again() -> None:
    script = Script([Reply(409, b'{"type": "key-reused"}')])
    sent = pos(script).perform("withdrawal", BODY, keys())
    assert sent.reply is not None
    assert (sent.reply.status, len(script.sent)) == (409, 1)
