"""A small HTTP load generator: one process, one loop, ready bytes out, a few bytes read in.

Closed: every connection sends its next request when it has its answer. Open (``--rate``): requests
are due at fixed moments, whether or not earlier ones were answered, and their latency counts from
then. ``python -m tests.benchmarks.load --port 8000 --people people.json --connections 64``
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import selectors
import socket
import time
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

People = list[list[tuple[str, str, str]]]
"""By counter: terminal, card number and PIN of the people who come there."""

BEFORE = (
    b"POST /v1/withdrawals HTTP/1.1\r\nHost: bank\r\nAuthorization: Bearer demo-terminal\r\n"
    b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
)
CODE = b'"response_code":"'
WAIT_S = 30.0
MANY = 65_536


class Broken(Exception):
    """The server hung up, or did not answer at all."""


@dataclass(slots=True)
class Caller:
    """One connection; ``due`` is the moment from which its latency counts."""

    socket: socket.socket
    due: float = 0.0
    answer: bytes = b""


@dataclass(slots=True)
class Tally:
    """What came back while it counted; latencies in seconds."""

    latencies: list[float] = field(default_factory=list)
    codes: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    cpu_s: float = 0.0

    def take(self, caller: Caller, now: float) -> None:
        self.latencies.append(now - caller.due)
        self.codes[code_of(caller.answer)] += 1

    def report(self) -> dict[str, Any]:
        """Return rate, percentiles in milliseconds, codes, and what the generator itself used."""
        ordered = sorted(self.latencies)
        count = len(ordered)
        return {
            "count": count,
            "per_second": round(count / self.seconds, 1),
            "p50_ms": round(1e3 * percentile(ordered, 0.50), 2),
            "p99_ms": round(1e3 * percentile(ordered, 0.99), 2),
            "max_ms": round(1e3 * ordered[-1], 2),
            "codes": dict(self.codes.most_common()),
            "approved": round(self.codes["00"] / count, 4),
            "generator_cpu_share": round(self.cpu_s / self.seconds, 3),
            "generator_cpu_us": round(1e6 * self.cpu_s / count, 1),
        }


def main() -> None:
    """Load a server and print what came back, as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--people", type=Path, required=True)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--warm", type=float, default=1.0, help="seconds before it counts")
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--rate", type=float, help="requests a second, due at fixed moments")
    parser.add_argument("--batch", type=int, default=1, help="a batch number not used before")
    asked = parser.parse_args()
    people: People = json.loads(asked.people.read_text("utf-8"))
    requests = withdrawals(people, asked.batch)
    callers = [Caller(connected(asked.host, asked.port)) for _ in range(asked.connections)]
    if asked.rate is None:
        tally = closed(callers, requests, asked.warm, asked.seconds)
    else:
        tally = opened(callers, requests, asked.rate, asked.warm, asked.seconds)
    print(json.dumps(tally.report()))


def withdrawals(people: People, batch: int) -> Iterator[bytes]:
    """Give requests without end: a counter drawn evenly, then one of its people."""
    dice = random.Random(batch)
    number = 0
    while True:
        terminal, card_no, pin = dice.choice(dice.choice(people))
        body = (
            f'{{"terminal_id":"{terminal}","batch_no":"{batch + number // 1_000_000:06d}",'
            f'"trace_no":"{number % 1_000_000:06d}","card_no":"{card_no}","pin":"{pin}",'
            '"amount_fen":10000}'
        ).encode()
        number += 1
        yield BEFORE % (len(body), body)


def connected(host: str, port: int) -> socket.socket:
    """Return a connection that sends at once."""
    caller = socket.create_connection((host, port), WAIT_S)
    caller.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    caller.setblocking(False)
    return caller


def closed(
    callers: list[Caller], requests: Iterator[bytes], warm_s: float, seconds: float
) -> Tally:
    """Keep every connection busy; count the answers that come after the warm-up."""
    tally, poll = Tally(), watched(callers)
    counts_from = time.perf_counter() + warm_s
    ends_at, is_counting, cpu = counts_from + seconds, False, 0.0
    for caller in callers:
        send(caller, next(requests), time.perf_counter())
    while True:
        ready = poll.select(WAIT_S)
        now = time.perf_counter()
        if not is_counting and now >= counts_from:
            is_counting, counts_from, cpu = True, now, cpu_s()
        if now >= ends_at:
            break
        for key, _ in must_be_some(ready):
            caller = key.data
            if has_answer(caller):
                if is_counting:
                    tally.take(caller, now)
                send(caller, next(requests), time.perf_counter())
    tally.seconds, tally.cpu_s = now - counts_from, cpu_s() - cpu
    return tally


def opened(
    callers: list[Caller],
    requests: Iterator[bytes],
    rate: float,
    warm_s: float,
    seconds: float,
) -> Tally:
    """Send at fixed moments over whichever connection is free; count those due after warm-up."""
    tally, poll = Tally(), watched(callers)
    free, started, sent = deque(callers), time.perf_counter(), 0
    cpu, last = cpu_s(), int(rate * (warm_s + seconds))
    while sent < last or len(free) < len(callers):
        now = time.perf_counter()
        while free and sent < last and started + sent / rate <= now:
            send(free.popleft(), next(requests), started + sent / rate)
            sent += 1
        is_next_known = bool(free) and sent < last
        wait = max(started + sent / rate - now, 0.0) if is_next_known else WAIT_S
        ready = poll.select(wait)
        now = time.perf_counter()
        for key, _ in ready if is_next_known else must_be_some(ready):
            caller: Caller = key.data
            if has_answer(caller):
                if caller.due >= started + warm_s:
                    tally.take(caller, now)
                free.append(caller)
    tally.seconds = time.perf_counter() - started - warm_s
    tally.cpu_s = (cpu_s() - cpu) * seconds / (warm_s + seconds)
    return tally


Ready: TypeAlias = list[tuple[selectors.SelectorKey, int]]


def watched(callers: list[Caller]) -> selectors.BaseSelector:
    poll = selectors.DefaultSelector()
    for caller in callers:
        poll.register(caller.socket, selectors.EVENT_READ, caller)
    return poll


def send(caller: Caller, request: bytes, due: float) -> None:
    caller.due, caller.answer = due, b""
    if caller.socket.send(request) < len(request):
        raise Broken("a request did not fit into an empty socket")


def has_answer(caller: Caller) -> bool:
    """Read what there is; say whether the answer is whole."""
    part = caller.socket.recv(MANY)
    if not part:
        raise Broken("the server hung up")
    caller.answer += part
    head, found, body = caller.answer.partition(b"\r\n\r\n")
    return bool(found) and len(body) >= length_of(head)


def length_of(head: bytes) -> int:
    """Return the length that a head names.

    >>> length_of(b"HTTP/1.1 200 OK" + b"\\r\\n" + b"Content-Length: 12")
    12
    """
    return int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])


def code_of(answer: bytes) -> str:
    """Return the response code, or the HTTP status of what is no decided transaction."""
    place = answer.find(CODE)
    return answer[9:12].decode() if place < 0 else answer[place + len(CODE) :][:2].decode()


def must_be_some(ready: Ready) -> Ready:
    if not ready:
        raise Broken(f"no answer in {WAIT_S:.0f} seconds")
    return ready


def percentile(ordered: list[float], share: float) -> float:
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
