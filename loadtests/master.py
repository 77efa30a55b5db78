"""The master's side of a run: hands out, listens, audits, and says how it went."""

from __future__ import annotations

import sys
from pathlib import Path
from time import perf_counter
from typing import Any

import gevent
from locust.runners import LocalRunner

from loadtests.auditor import Auditor
from loadtests.bank import BankGone, HttpBank
from loadtests.checks import Broken
from loadtests.freezing import freeze, thaw
from loadtests.knee import Step
from loadtests.leases import BATCHES, batch_of, hand_out
from loadtests.options import Options, api_keys
from loadtests.preparing import new_run_no, set_clock
from loadtests.summary import Run, as_json, as_text
from loadtests.tally import Tally

LOOKS_EVERY_S = 0.25
FREEZES_EVERY_S = 2.0
CARDS_PER_USER = 400
CARDS_MIN = 10_000
NO_VERDICT = 1
NOT_YET = "尚无结论 · No verdict yet: it comes when the run is over and audited.\n"


class Master:
    """Leads a run; in a run on one process, the worker's neighbor.

    ``is_over``: a promise is broken. Only the shape ends a run: whoever stops it beside the shape
    lets Locust quit while visits and the verdict are on their way.
    """

    def __init__(self, environment: Any) -> None:
        self.environment = environment
        environment.load_master = self
        if environment.web_ui is not None:
            environment.web_ui.app.add_url_rule("/verdict", "verdict", self.show_verdict)
        self.leases: list[dict[str, Any]] = []
        self.holders: dict[str, int] = {}
        self.batches = 0
        environment.runner.register_message("news", self.hear)
        environment.runner.register_message("closing", self.hear_closing)
        environment.events.test_start.add_listener(self.start)
        environment.events.test_stop.add_listener(self.stop)
        environment.events.worker_connect.add_listener(self.welcome)
        self.begin()

    def begin(self) -> None:
        """Forget the run before."""
        self.tally = Tally()
        self.balances: list[tuple[str, int]] = []
        self.broken: list[Broken] = []
        self.closed: set[str] = set()
        self.cases: list[str] = []
        self.watching: Any = None
        self.is_over = False
        self.verdict = ""
        self.since = perf_counter()

    @property
    def options(self) -> Options:
        return Options.of(self.environment)

    def start(self, environment: Any, **_more: Any) -> None:
        """Read what works now, and hand it out before the first user begins."""
        self.begin()
        # Until there is a verdict: however this run may end, it has not succeeded.
        self.environment.process_exit_code = NO_VERDICT
        options = self.options
        self.bank = HttpBank(options.host, api_keys())
        self.auditor = Auditor(self.bank)
        if options.profile.seconds_before_cut_off is not None:
            set_clock(self.bank, options.profile.seconds_before_cut_off)
        manifest = self.bank.manifest(max(CARDS_MIN, options.users * CARDS_PER_USER))
        clients = self._clients()
        self.run_no = new_run_no(self.bank, manifest)
        self.leases = hand_out(
            manifest,
            workers=len(clients),
            shared_permille=options.shared_permille,
            run_no=self.run_no,
            now=self.bank.now()[11:16],
            room_fen=options.profile.habits.withdrawal_limit_fen,
            elder_age=options.profile.habits.elder_age,
        )
        self.batches = len(clients)
        self.holders = {}
        for number, client in enumerate(clients):
            self._hand(client, number, self.leases[number])
        self.since = perf_counter()
        self.watching = gevent.spawn(self.watch)

    def _clients(self) -> list[str]:
        runner = self.environment.runner
        if isinstance(runner, LocalRunner):
            return ["local"]
        return [client.id for client in runner.clients.all]

    def _hand(self, client: str, number: int, lease: dict[str, Any]) -> None:
        self.holders[client] = number
        self.environment.runner.send_message("lease", lease, client_id=client)

    def welcome(self, client_id: str, **_more: Any) -> None:
        """Give a worker that comes late the lease of one that is gone, with a batch of its own.

        What the dead one did last nobody knows, so nobody is known to the fen.
        """
        gone = [client for client in self.holders if client not in self._clients()]
        if self.watching is None or not gone or self.batches >= BATCHES:
            return
        number = self.holders[gone[0]]
        del self.holders[gone[0]]
        lease = dict(self.leases[number], batch_no=batch_of(self.run_no, self.batches))
        lease["places"] = [uncertain(place) for place in lease["places"]]
        self.batches += 1
        self.closed.add(gone[0])
        self._hand(client_id, number, lease)

    def hear(self, environment: Any, msg: Any, **_more: Any) -> None:
        """Take a worker's news in; a broken promise ends the run."""
        news = msg.data
        self.tally.add(Tally.of(news["tally"]))
        self.auditor.take(news["notes"])
        self.auditor.unresolved.update(key.replace("/", "") for key in news["unresolved"])
        self.broken += [Broken(*row) for row in news["broken"]]
        if self.broken and self.watching is not None:
            self.watching.kill()
            self.watching = None
            self.is_over = True

    def hear_closing(self, environment: Any, msg: Any, **_more: Any) -> None:
        """A worker has told everything, and what everybody must have."""
        self.closed.add(msg.node_id)
        self.balances += [(card_id, balance) for card_id, balance in msg.data]

    def watch(self) -> None:
        """Audit while the run goes on, at a pace that leaves the bank to its customers."""
        known: list[str] = []
        next_freezes = perf_counter()
        freeze_at = next_freezes + self.options.seconds / 3
        while True:
            gevent.sleep(LOOKS_EVERY_S)
            try:
                self.auditor.look()
                if self.options.freeze and not self.cases and perf_counter() >= freeze_at:
                    self.cases = freeze(self.bank, self._busy_points())
                    next_freezes = 0.0
                if perf_counter() >= next_freezes:
                    next_freezes = perf_counter() + FREEZES_EVERY_S
                    frozen = self.auditor.look_for_freezes()
                    if frozen != known:
                        known = frozen
                        self._tell_of_freezes(frozen)
            except BankGone as error:
                print(f"the auditor waits: {error}", file=sys.stderr)
            if self.auditor.broken:
                self.broken += self.auditor.broken
                self.is_over = True
                return

    def _busy_points(self) -> list[str]:
        """Return the points with the most villagers, as many as shall be frozen."""
        places = {p["service_point_id"]: p for lease in self.leases for p in lease["places"]}
        busy = sorted(places, key=lambda point_id: -len(places[point_id]["villagers"]))
        return busy[: self.options.freeze]

    def _tell_of_freezes(self, frozen: list[str]) -> None:
        for client in self._clients():
            self.environment.runner.send_message("frozen", frozen, client_id=client)

    def stop(self, environment: Any, **_more: Any) -> None:
        """Audit what is left, and say how it went."""
        if self.watching is not None:
            self.watching.kill()
            self.watching = None
        seconds, began = perf_counter() - self.since, perf_counter()
        all_told = self.holders.keys() <= self.closed and not self.tally.events["unresolved"]
        until = began + self.options.audit_s
        if not self.broken:
            try:
                self.auditor.finish(
                    self.balances, lambda: perf_counter() < until, all_told=all_told
                )
            except BankGone as error:
                self.broken.append(Broken("the bank can be audited", str(error), "it is gone"))
            thaw(self.bank, self.cases)
        self.broken += [b for b in self.auditor.broken if b not in self.broken]
        run = Run(
            options=self.options,
            seconds=seconds,
            workers=max(len(self.holders), 1),
            workers_lost=len(self.holders.keys() - self.closed),
            tally=self.tally,
            audited=dict(self.auditor.counts),
            audit_seconds=perf_counter() - began,
            broken=self.broken,
            stats=environment.runner.stats,
            steps=self._steps(),
        )
        environment.process_exit_code = run.exit_code
        self.say(as_text(run))
        if self.options.summary:
            Path(self.options.summary).write_text(as_json(run), "utf-8")

    def say(self, verdict: str) -> None:
        """Print the verdict, and keep it for whoever looks on in a browser."""
        print(verdict, flush=True)
        self.verdict = verdict

    def show_verdict(self) -> tuple[str, dict[str, str]]:
        """Return the page ``/verdict`` beside Locust's own: the last run's, once it is judged."""
        return self.verdict or NOT_YET, {"Content-Type": "text/plain; charset=utf-8"}

    def _steps(self) -> list[Step]:
        shape = self.environment.shape_class
        return list(shape.steps) if shape is not None else []


def uncertain(place: dict[str, Any]) -> dict[str, Any]:
    """Return a place whose people nobody knows to the fen."""
    villagers = [{**villager, "is_exclusive": False} for villager in place["villagers"]]
    return {**place, "villagers": villagers}
