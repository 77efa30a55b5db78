"""The worker's side of a run: takes its lease, works with it, and tells the master."""

from __future__ import annotations

from typing import Any

import gevent
from gevent.event import Event

from loadtests.bank import ApiKeys
from loadtests.counter import Ledger
from loadtests.options import Options, api_keys
from loadtests.village import Village, village_of

TELLS_EVERY_S = 1.0
LEASE_WITHIN_S = 60


class Worker:
    """One process of users. The users of a process share its village and its ledger."""

    def __init__(self, environment: Any) -> None:
        self.environment = environment
        self.keys: ApiKeys = api_keys()
        self.ledger = Ledger()
        self.village: Village | None = None
        self.lease: dict[str, Any] = {}
        self.has_lease = Event()
        self.telling: Any = None
        environment.load_worker = self
        environment.runner.register_message("lease", self.take_lease)
        environment.runner.register_message("frozen", self.hear_of_freezes)
        environment.events.test_stop.add_listener(self.stop)

    @classmethod
    def of(cls, environment: Any) -> Worker:
        """Return the worker of an environment."""
        worker = environment.load_worker
        assert isinstance(worker, cls)
        return worker

    @property
    def options(self) -> Options:
        return Options.of(self.environment)

    def take_lease(self, environment: Any, msg: Any, **_more: Any) -> None:
        """Begin a run with what the master hands out."""
        self.ledger, self.village, self.lease = Ledger(), None, msg.data
        self.has_lease.set()
        if self.telling is not None:
            self.telling.kill()
        self.telling = gevent.spawn(self.tell_again_and_again)

    def wait_for_village(self) -> Village:
        """Return the village of this worker, as soon as the master has handed it out."""
        if not self.has_lease.wait(LEASE_WITHIN_S):
            raise RuntimeError("the master has handed out nothing")
        if self.village is None:
            self.village = village_of(self.lease, self.options.profile.crowd_points_permille)
        return self.village

    def hear_of_freezes(self, environment: Any, msg: Any, **_more: Any) -> None:
        """From now on these points, and no others, must refuse."""
        if self.village is not None:
            for place in self.village.places:
                place.is_frozen = place.service_point_id in msg.data

    def tell_again_and_again(self) -> None:
        while True:
            gevent.sleep(TELLS_EVERY_S)
            self.tell()

    def tell(self) -> None:
        """Tell the master what is new."""
        self.environment.runner.send_message("news", self.ledger.take())

    def stop(self, environment: Any, **_more: Any) -> None:
        """Tell the rest, and what everybody must have now."""
        if self.telling is None:
            return
        self.telling.kill()
        self.telling = None
        self.tell()
        self.environment.runner.send_message("closing", self.ledger.balances())
        self.has_lease.clear()
