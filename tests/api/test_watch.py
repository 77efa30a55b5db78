"""The watch is on as its setting says, and follows the versions of rules while it runs."""

from __future__ import annotations

import pytest

from api.composition import open_sandbox
from api.settings import Settings
from pos_sim.engine.monitor import AllowAll
from risk.monitor import RiskMonitor
from tests.api.village import OTHER_POS
from tests.api.watched import Watched


@pytest.mark.parametrize(("watch", "monitor"), [(True, RiskMonitor), (False, AllowAll)])
def test_a_sandbox_is_watched_when_its_settings_say_so(
    database_url: str, watch: bool, monitor: type
) -> None:
    sandbox = open_sandbox(Settings(database_url=database_url, watch=watch))
    assert isinstance(sandbox.monitor, monitor)
    sandbox.database.close_now()


def test_the_running_watch_follows_an_approved_version_at_once(desk: Watched) -> None:
    params = {"day": {"band": [{"from": 2}]}}
    today = desk.clock.now().date().isoformat()
    body = {"params": params, "mode": "shadow", "effective_from": today, "note": "试行"}
    made = desk.send("/v1/risk/rules/R09/versions", body).json()
    card, _ = desk.someone()
    desk.counter.do("withdrawal", terminal_id=OTHER_POS, **card)
    assert desk.hits(desk.counter.do("balance_inquiry", **card)) == []
    assert desk.approve(made["approval_id"]).status_code == 200
    (hit,) = desk.hits(desk.counter.do("balance_inquiry", **card))
    assert (hit["version"], hit["outcome"], hit["observed"]) == (2, "shadow", 2)
    assert hit["alert_id"] is None
